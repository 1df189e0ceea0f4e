"""Whole models in ONNX: their bytes, metadata, layouts and names."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest

from blazemesh.catalog import load_catalog
from blazemesh.homes import judge_home, loaded, written_home
from converters.errors import ConversionError
from converters.features import derived_features
from converters.onnx.model import LAYOUTS, to_onnx
from converters.provenance import SOURCE_KEY
from converters.tflite_reader import read_tflite
from tests.converters.judging import Source
from tests.converters.network import Network

MODELS = [model.name for model in load_catalog().models]
Read = Callable[[str], Source]


def written(source: Source, layout: str = "nhwc") -> bytes:
    return written_home(source.graph, source.features, "any", "onnx", layout)


@pytest.mark.parametrize("name", MODELS)
def test_a_face_model_agrees_with_its_original(name: str, source: Read) -> None:
    model = source(name)
    subject = load_catalog().model(name).subject
    made = written_home(model.graph, model.features, subject, "onnx", "nchw")
    verdict = judge_home(made, model.data, model.graph, model.features, subject, "onnx", f"{name}.onnx")
    assert verdict.passed, verdict.failures
    assert {row.output for row in verdict.rows} == {output.name for output in load_catalog().model(name).outputs}
    assert all(row.limit == pytest.approx(1e-4 * (row.range or 0)) and row.faces == 12 for row in verdict.rows)


def test_a_changed_weight_is_found(source: Read) -> None:
    model = source("FaceMesh")
    proto = onnx.load_from_string(written(model))
    weight = next(stored for stored in proto.graph.initializer if stored.name == "backbone/stem/conv/weight")
    values = onnx.numpy_helper.to_array(weight).copy()
    values[0] *= 1.01
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    changed = proto.SerializeToString()
    verdict = judge_home(changed, model.data, model.graph, model.features, "face", "onnx", "FaceMesh.onnx")
    assert not verdict.passed
    assert all("is off by" in failure for failure in verdict.failures)


def test_the_same_model_gives_the_same_bytes(source: Read) -> None:
    for layout in LAYOUTS:
        assert written(source("FaceMeshAttention"), layout) == written(source("FaceMeshAttention"), layout)


def test_what_a_model_says_of_itself(source: Read) -> None:
    model = source("FaceMesh")
    proto = onnx.load_from_string(written(model, "nchw"))
    about = {item.key: item.value for item in proto.metadata_props}
    assert about["source_sha256"] == model.graph.sha256
    assert about["layout"] == "nchw"
    assert model.graph.sha256 in about[SOURCE_KEY]
    assert [opset.version for opset in proto.opset_import] == [17]
    (picture,) = proto.graph.input
    assert [size.dim_value for size in picture.type.tensor_type.shape.dim] == [1, 3, 192, 192]
    assert "192×192" in picture.doc_string


def test_nodes_are_named_after_what_they_are(source: Read) -> None:
    names = [node.name for node in onnx.load_from_string(written(source("FaceMesh"))).graph.node]
    assert len(names) == len(set(names))
    assert {"backbone/stem/conv", "backbone/block3/depthwise", "landmarks/tail/conv", "presence/tail/conv"} <= {*names}


def test_a_picture_is_transposed_once(source: Read) -> None:
    counts = {
        layout: sum(
            node.op_type == "Transpose"
            for node in onnx.load_from_string(written(source("FaceMesh"), layout)).graph.node
        )
        for layout in LAYOUTS
    }
    assert counts == {"nhwc": 3, "nchw": 0}  # the picture, and both outputs


def test_weights_are_float32_whatever_the_source_stores(source: Read) -> None:
    for name in ("FaceMesh", "BlazeFaceFullRange"):  # float16, and float16 that is sparse
        kinds = {stored.data_type for stored in onnx.load_from_string(written(source(name))).graph.initializer}
        assert kinds <= {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64, onnx.TensorProto.INT32}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda n: n.operator("BUCKETIZE", [n.input("x", (1, 4))], (1, 4)),
            r"operator 0 BUCKETIZE .* is not supported$",
        ),
        (
            lambda n: n.operator("ABS", [n.input("x", (2, 3))], (7,)),
            r"operator 0 ABS .*: came out as \[2, 3\], the source says \[7\]",
        ),
        (
            lambda n: n.operator("ADD", [n.input("x", (2, 3)), n.input("y", (4,))], (2, 3)),
            r"operator 0 ADD .*: ONNX does not take it: shape mismatch",
        ),
        (
            lambda n: n.operator("RESHAPE", [n.input("x", (2, 3), "uint16")], (6,), dtype="uint16"),
            r"input 'x' is uint16, expected float16, float32",
        ),
    ],
)
def test_what_has_no_home_is_one_line(build: Callable[[Network], int], message: str) -> None:
    network = Network()
    network.output(build(network))
    graph = read_tflite(network.build(), "built.tflite")
    with pytest.raises(ConversionError, match=rf"^built.tflite: {message}") as caught:
        to_onnx(graph, derived_features(graph, 0, 1, True), "nhwc", {})
    assert "\n" not in str(caught.value)


def test_a_model_that_onnx_checker_refuses_is_refused(source: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise onnx.checker.ValidationError("node 3\nis wrong")

    monkeypatch.setattr(onnx.checker, "check_model", broken)
    with pytest.raises(ConversionError, match=r"onnx's checker refuses the model: node 3 is wrong$"):
        written(source("IrisLandmarks"))


def test_two_pictures_at_once(source: Read) -> None:
    """A batch that the caller chose."""
    from converters.open_shapes import with_batch

    model = source("FaceMesh")
    graph = with_batch(model.graph, model.data, 2)
    run = loaded(
        written_home(graph, model.features, "any", "onnx", "nhwc"), graph, model.features, "any", "onnx", "x"
    ).run
    alone = loaded(written(model), model.graph, model.features, "any", "onnx", "x").run
    pictures = np.random.default_rng(0).uniform(0, 1, (2, 192, 192, 3)).astype(np.float32)
    both = run({"image": pictures})["landmarks"]
    each = np.concatenate([alone({"image": picture[None]})["landmarks"] for picture in pictures])
    np.testing.assert_allclose(both, each, atol=1e-3)  # of 192 pixels; sums in another order
