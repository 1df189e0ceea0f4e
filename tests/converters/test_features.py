from dataclasses import replace

import pytest

from converters.errors import ConversionError
from converters.features import Features, InputFeature, OutputFeature, check_features, derived_features
from converters.graph import Graph
from converters.tflite_reader import read_tflite
from tests.converters.network import Network


def graph(*inputs: tuple[str, tuple[int, ...]], outputs: tuple[str, ...] = ("Identity",)) -> Graph:
    """Inputs by name and shape; each output is the first input's ReLU."""
    network = Network()
    first, *_ = [network.input(name, shape) for name, shape in inputs]
    network.output(*(network.operator("RELU", [first], network.shape(first), name) for name in outputs))
    return read_tflite(network.build(), "net.tflite")


@pytest.mark.parametrize(("shape", "what"), [((1, 96, 128, 3), "RGB"), ((1, 96, 128, 1), "grey")])
def test_a_picture_is_an_image(shape: tuple[int, ...], what: str) -> None:
    features = derived_features(graph(("serving_default_x:0", shape)), -1, 1, tensor_input=False)
    (image,) = features.inputs
    assert (image.tensor, image.name, image.kind, image.low, image.high) == (0, "image", "image", -1, 1)
    assert image.meaning == f"picture of 128 × 96 pixels, {what}, its 0 to 255 becoming -1 to 1"
    (output,) = features.outputs
    assert (output.tensor, output.name, output.shape, output.unit) == (1, "identity", shape, "value")
    assert output.meaning == "'Identity', as the source makes it"
    assert features.description == "Converted from net.tflite"


@pytest.mark.parametrize("shape", [(1, 96, 128, 4), (2, 96, 128, 3), (1, 1, 128, 3), (1, 128, 3), (1, 96, 128, 3, 1)])
def test_other_shapes_stay_tensors(shape: tuple[int, ...]) -> None:
    (tensor,) = derived_features(graph(("x", shape)), 0, 1, tensor_input=False).inputs
    assert (tensor.name, tensor.kind, tensor.meaning) == ("x", "tensor", f"'x', {list(shape)}")


def test_a_picture_as_a_tensor() -> None:
    (tensor,) = derived_features(graph(("image", (1, 8, 8, 3))), 0, 1, tensor_input=True).inputs
    assert (tensor.name, tensor.kind) == ("image", "tensor")


def test_two_pictures_keep_their_names() -> None:
    features = derived_features(graph(("left", (1, 8, 8, 3)), ("right", (1, 8, 8, 3))), 0, 1, tensor_input=False)
    assert [(i.name, i.kind) for i in features.inputs] == [("left", "image"), ("right", "image")]


def test_names_that_come_out_equal_are_numbered() -> None:
    network = graph(("x", (1, 2)), ("X", (1, 2)), outputs=("x:", "x2", "tensor"))
    features = derived_features(network, 0, 1, tensor_input=False)
    names = [i.name for i in features.inputs] + [o.name for o in features.outputs]
    assert names == ["x", "x2", "x3", "x22", "tensorValue"]
    check_features(network, features)


def test_an_output_listed_twice_is_one() -> None:
    network = graph(("x", (1, 2)), outputs=("y", "z"))
    network = replace(network, outputs=(*network.outputs, network.outputs[0]))
    features = derived_features(network, 0, 1, tensor_input=False)
    assert [o.name for o in features.outputs] == ["y", "z"]
    check_features(network, features)


@pytest.mark.parametrize(("low", "high", "scale"), [(0, 1, 1 / 255), (-1, 1, 2 / 255), (0, 255, 1)])
def test_scale_and_bias(low: float, high: float, scale: float) -> None:
    image = InputFeature(0, "image", "image", low, high)
    assert image.scale == pytest.approx(scale)
    assert image.bias == low
    assert image.scale * 255 + image.bias == pytest.approx(high)


PICTURE = InputFeature(0, "image", "image")
RESULT = OutputFeature(1, "result", (16, 12))

REFUSED = {
    "no input": (Features((), (RESULT,)), "the inputs are not the ones described"),
    "another tensor": (Features((replace(PICTURE, tensor=1),), (RESULT,)), "the inputs are not the ones described"),
    "an output twice": (Features((PICTURE,), (RESULT, RESULT)), "the outputs are not the ones described"),
    "another size": (
        Features((PICTURE,), (replace(RESULT, shape=(16, 13)),)),
        r"output result is described as \[16, 13\], its tensor is \[1, 8, 8, 3\]",
    ),
    "no identifier": (Features((replace(PICTURE, name="an image"),), (RESULT,)), "'an image' is no name for a Core ML"),
    "a digit first": (Features((PICTURE,), (replace(RESULT, name="2d"),)), "'2d' is no name for a Core ML feature"),
    "a word of Core ML": (Features((PICTURE,), (replace(RESULT, name="tensor"),)), "'tensor' is no name for a Core ML"),
    "the same name": (
        Features((PICTURE,), (replace(RESULT, name="image"),)),
        "two inputs or outputs are called 'image'",
    ),
}


@pytest.mark.parametrize(("features", "message"), REFUSED.values(), ids=REFUSED)
def test_features_that_do_not_fit(features: Features, message: str) -> None:
    network = graph(("x", (1, 8, 8, 3)))
    check_features(network, Features((PICTURE,), (RESULT,)))
    with pytest.raises(ConversionError, match=f"^{message}"):
        check_features(network, features)


def test_an_image_that_is_no_picture() -> None:
    with pytest.raises(ConversionError, match=r"input image of shape \[1, 192\] is no picture of 1 or 3 channels: use"):
        check_features(graph(("x", (1, 192))), Features((PICTURE,), (RESULT,)))


def test_a_model_without_inputs_or_outputs() -> None:
    network = graph(("x", (1, 2)))
    for bare, what in ((replace(network, inputs=()), "inputs"), (replace(network, outputs=()), "outputs")):
        with pytest.raises(ConversionError, match=f"the model has no {what}, expected one at least"):
            check_features(bare, derived_features(bare, 0, 1, tensor_input=False))
