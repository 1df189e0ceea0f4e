import re

import pytest

from converters.identifiers import CORE_ML_WORDS, SWIFT_KEYWORDS, identifier, lower_camel_case, operation_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conv2d_3", "conv2d_3"),
        ("StatefulPartitionedCall:0", "StatefulPartitionedCall_0"),
        ("model/block 1/add", "model_block_1_add"),
        ("2d", "_2d"),
        ("_hidden_", "hidden"),
        ("größe", "gr_e"),
        ("---", "value"),
        ("", "value"),
    ],
)
def test_identifier(name: str, expected: str) -> None:
    assert identifier(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("StatefulPartitionedCall:1", "statefulPartitionedCall1"),
        ("output_eyes_contours_and_brows", "outputEyesContoursAndBrows"),
        ("input", "input"),
        ("INPUT_1", "input1"),
        ("RGBImage", "rGBImage"),
        ("3d/points", "value3dPoints"),
        ("class", "classValue"),
        ("self", "selfValue"),
        ("Tensor", "tensorValue"),
        ("fp16", "fp16Value"),
        ("état", "tat"),
        ("顔", "value"),
        ("", "value"),
    ],
)
def test_lower_camel_case(name: str, expected: str) -> None:
    assert lower_camel_case(name) == expected


@pytest.mark.parametrize("name", [*sorted(SWIFT_KEYWORDS | CORE_ML_WORDS), "x.y", "0", "a__b", "-", "Identity_1"])
def test_a_feature_can_be_called_what_comes_out(name: str) -> None:
    camel = lower_camel_case(name)
    assert re.fullmatch("[a-z][A-Za-z0-9]*", camel)
    assert identifier(camel) == camel
    assert camel not in SWIFT_KEYWORDS | CORE_ML_WORDS


def test_the_words_that_coremltools_renames() -> None:
    from coremltools.converters.mil.mil.passes.defs.preprocess import NameSanitizer

    for word in (*CORE_ML_WORDS, "input", "output", "image", "value", "x1"):
        assert (NameSanitizer().sanitize_name(word) != word) == (word in CORE_ML_WORDS)


@pytest.mark.parametrize(
    ("tensor", "expected"),
    [
        ("conv2d_3", "conv2d_3_t7"),
        ("model/act/Relu;model/bn/FusedBatchNorm;model/conv/Conv2D", "Relu_t7"),
        ("a/b/", "value_t7"),
        ("7", "_7_t7"),
    ],
)
def test_operation_name(tensor: str, expected: str) -> None:
    assert operation_name(tensor, 7) == expected
