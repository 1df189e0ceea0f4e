from pathlib import Path
from typing import Any

import ai_edge_litert.schema_py_generated as schema
import numpy as np
import pytest
from PIL import Image

from converters.coreml import PRECISIONS, TARGETS, ConversionOptions, to_coreml
from converters.errors import ConversionError
from converters.features import Features, InputFeature, OutputFeature, derived_features
from converters.package import write_package
from converters.tflite_reader import read_tflite
from tests.converters.judging import Convert, assert_agree
from tests.converters.network import Network
from verification.executor.package import load_program
from verification.executor.reference import ReferenceModel
from verification.oracles.litert import LiteRT


def small(channels: int = 3) -> Network:
    network = Network()
    x = network.conv(network.input("picture", (1, 6, 8, channels)), 4, fusedActivationFunction="RELU")
    network.output(network.reshape(network.conv(x, 2), (48, 2)))
    return network


@pytest.mark.parametrize(("channels", "mode", "color"), [(3, "RGB", "RGB"), (1, "L", "GRAYSCALE")])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 1.0), (0.0, 255.0)])
def test_pictures(channels: int, mode: str, color: str, low: float, high: float, tmp_path: Path) -> None:
    data = small(channels).build()
    graph = read_tflite(data, "built.tflite")
    features = derived_features(graph, low, high, tensor_input=False)
    write_package(to_coreml(graph, features, ConversionOptions("float32")), features, {}, tmp_path / "p.mlpackage")
    model = ReferenceModel(tmp_path / "p.mlpackage")
    assert [(f.name, f.color) for f in model.program.inputs] == [("image", color)]
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, channels), np.uint8)
    found = model.predict({"image": Image.fromarray(pixels.squeeze(), mode)})["reshape2"]
    scaled = (pixels / 255 * (high - low) + low).astype(np.float32)
    expected = LiteRT(data, "built.tflite").run({"picture": scaled[np.newaxis]})
    assert_agree(found, expected["reshape_2"], "reshape2")


@pytest.mark.parametrize(("target", "opset", "specification"), [("iOS16", 6, 7), ("iOS17", 7, 8), ("iOS18", 8, 9)])
def test_targets(target: str, opset: int, specification: int, judge: Convert) -> None:
    program = load_program(judge(small(), target=target).path)
    assert target in TARGETS
    assert (program.opset, program.specification_version) == (f"CoreML{opset}", specification)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_precision_is_that_of_the_arithmetic(precision: str, convert: Convert) -> None:
    program = load_program(convert(small(), precision=precision).path)
    assert [f.dtype for f in (*program.inputs, *program.outputs)] == ["float32", "float32"]
    convolutions = [operation.outputs[0].type.dtype for operation in program.operations if operation.kind == "conv"]
    assert convolutions == [precision, precision]


def test_the_callers_names_and_shapes(tmp_path: Path) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 4, 4, 3)), 6)
    network.output(x, network.reshape(x, (96,)))
    graph = read_tflite(network.build(), "built.tflite")
    features = Features(
        (InputFeature(0, "frame", "tensor"),),
        (OutputFeature(graph.outputs[1], "flat", (32, 3)), OutputFeature(graph.outputs[0], "grid", (4, 4, 6))),
    )
    model = to_coreml(graph, features, ConversionOptions("float32"))
    write_package(model, features, {}, tmp_path / "p.mlpackage")
    frame = np.random.default_rng(0).standard_normal((1, 4, 4, 3)).astype(np.float32)
    found = ReferenceModel(tmp_path / "p.mlpackage").predict({"frame": frame})
    assert {name: value.shape for name, value in found.items()} == {"flat": (32, 3), "grid": (4, 4, 6)}
    assert np.array_equal(found["flat"].ravel(), found["grid"].ravel())


def test_inputs_and_constants_that_are_put_out(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3))
    network.output(network.unary("RELU", x), x, network.half("anchors", network.random(4, 2)))
    judge(network)


def test_several_inputs_and_an_output_listed_twice(judge: Convert) -> None:
    network = Network()
    total = network.binary("ADD", network.input("left", (2, 3)), network.input("right", (3,)))
    network.output(total, network.unary("TANH", total), total)
    judge(network)


@pytest.mark.parametrize("name", ["tensor", "state", "class", "1x", "Identity:0", "größe", "x;y"])
def test_names_that_core_ml_does_not_take(name: str, judge: Convert) -> None:
    network = Network()
    x = network.input(name, (2, 3))
    network.output(
        network.operator("RELU", [x], (2, 3), f"{name}/out"), network.operator("TANH", [x], (2, 3), name * 2)
    )
    judge(network)


def test_inputs_and_outputs_of_one_name(judge: Convert) -> None:
    network = Network()
    x, y = network.input("x", (2, 3)), network.input("x", (2, 3))
    network.output(network.operator("SUB", [x, y], (2, 3), "y"), network.operator("MUL", [x, x], (2, 3), "y"), y)
    converted = judge(network)
    assert [f.name for f in converted.features.inputs] == ["tensor0", "tensor1"]
    assert [f.name for f in converted.features.outputs] == ["tensor2", "tensor3", "tensor12"]


def test_truth_values_in_are_zeros_and_ones(judge: Convert) -> None:
    network = Network()
    mask = network.input("mask", (2, 5), "bool")
    network.output(
        network.operator("LOGICAL_NOT", [mask], (2, 5), dtype="bool"),
        network.operator("SELECT_V2", [mask, network.input("values", (2, 5)), network.weights(5)], (2, 5)),
        mask,
    )
    program = load_program(judge(network).path)
    assert [f.dtype for f in program.inputs] == ["int32", "float32"]


def test_bytes_in_and_out(judge: Convert) -> None:
    network = Network()
    pixels = network.input("pixels", (1, 4, 6, 3), "uint8")
    values = network.operator("CAST", [pixels], (1, 4, 6, 3))
    turned = network.operator("TRANSPOSE", [pixels, network.integers((0, 2, 1, 3))], (1, 6, 4, 3), dtype="uint8")
    brightest = network.operator("ARG_MAX", [values, network.integers(3)], (1, 4, 6), dtype="int32", outputType="INT32")
    wrapped = network.operator("MUL", [brightest, network.integers(-130)], (1, 4, 6), dtype="int32")
    network.output(
        network.conv(network.binary("MUL", values, network.constant("scale", 1 / 255)), 2),
        network.operator("CAST", [brightest], (1, 4, 6), dtype="uint8"),
        network.operator("CAST", [wrapped], (1, 4, 6), dtype="uint8"),
        network.operator("CAST", [turned], (1, 6, 4, 3), dtype="int32"),
        turned,
    )
    program = load_program(judge(network).path)
    assert [f.dtype for f in program.inputs] == ["int32"]


@pytest.mark.parametrize("cast_only", [True, False])
def test_a_picture_of_bytes_is_an_image(cast_only: bool, tmp_path: Path) -> None:
    """An image comes as 0 to 255, which is what such a source takes, whatever range floats would be scaled to."""
    network = Network()
    pixels = network.input("pixels", (1, 4, 6, 3), "uint8")
    network.output(network.operator("CAST", [pixels], (1, 4, 6, 3)))
    if not cast_only:
        shrunk = network.operator(
            "STRIDED_SLICE", [pixels, *map(network.integers, ([0], [1], [1]))], (1, 4, 6, 3), dtype="uint8"
        )
        network.output(network.operator("CAST", [shrunk], (1, 4, 6, 3)))
    graph = read_tflite(network.build(), "built.tflite")
    features = derived_features(graph, -1, 1, tensor_input=False)
    write_package(to_coreml(graph, features, ConversionOptions("float32")), features, {}, tmp_path / "X.mlpackage")
    program = load_program(tmp_path / "X.mlpackage")
    assert program.inputs[0].kind == "image"
    assert ("cast" in program.histogram()) is not cast_only
    image = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    found = ReferenceModel(tmp_path / "X.mlpackage").predict({"image": Image.fromarray(image)})
    assert all(np.array_equal(value, image[None]) for value in found.values())
    assert len(found) == 1 + (not cast_only)


def test_tensors_without_names(judge: Convert) -> None:
    """LiteRT gives them empty names, the converter their indices."""
    network = Network()
    x, y = network.input("", (2, 3)), network.input("", (2, 3))
    network.output(network.binary("SUB", x, y))
    network.tensors[-1].name = ""
    network.output(network.operator("RESHAPE", [x, network.integers([6])], (6,)))
    converted = judge(network)
    assert [f.name for f in converted.features.inputs] == ["tensor0", "tensor1"]
    assert converted.features.outputs[0].name == "tensor2"


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_whole_numbers_stay_whole(dtype: str, judge: Convert) -> None:
    network = Network()
    operands = [network.input("counts", (2, 3), dtype), network.integers([6])]
    network.output(network.operator("RESHAPE", operands, (6,), dtype=dtype))
    program = load_program(judge(network).path)
    assert [f.dtype for f in (*program.inputs, *program.outputs)] == ["int32", "int32"]


def unknown(network: Network) -> None:
    x = network.unary("RELU", network.input("picture", (1, 4)))
    network.output(network.operator("CUMSUM", [x], (1, 4), "model/scores"))


def custom(network: Network) -> None:
    network.output(network.operator("TransformTensor", [network.input("picture", (1, 4))], (1, 4), "lips"))


SCALE = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[0])


def quantised_weights(network: Network) -> None:
    x = network.input("picture", (1, 4, 4, 3))
    filters = network.tensor("model/filters", (2, 3, 3, 3), "int8", bytes(54), quantization=SCALE)
    operands = [x, filters, network.weights(2)]
    network.output(network.operator("CONV_2D", operands, (1, 4, 4, 2), padding="SAME", strideH=1, strideW=1))


def quantised_input(network: Network) -> None:
    network.inputs.append(network.tensor("pixels", (1, 4), "uint8", quantization=SCALE))
    network.output(network.operator("DEQUANTIZE", network.inputs, (1, 4)))


def bytes_in(network: Network) -> None:
    network.output(network.operator("RELU", [network.input("pixels", (1, 4), "int8")], (1, 4), dtype="int8"))


def sum_of_bytes(network: Network) -> None:
    x = network.input("pixels", (1, 4), "uint8")
    network.output(network.operator("ADD", [x, x], (1, 4), dtype="uint8"))


def scalar_in(network: Network) -> None:
    network.output(network.unary("RELU", network.input("threshold", ())))


def rank_6(network: Network) -> None:
    network.output(network.unary("RELU", network.input("values", (1, 2, 1, 2, 1, 2))))


def rank_6_inside(network: Network) -> None:
    x = network.reshape(network.input("values", (8,)), (1, 2, 1, 2, 1, 2))
    network.output(network.reshape(network.unary("TANH", x), (8,)))


def nothing_out(network: Network) -> None:
    network.input("values", (8,))


REFUSED: list[tuple[Any, str]] = [
    (unknown, "operator 1 CUMSUM (tensor 'model/scores') is not supported"),
    (custom, "operator 0 TransformTensor (tensor 'lips') is not supported: a custom operator, which only"),
    (
        quantised_weights,
        "operator 0 CONV_2D (tensor 'conv_2d_0'): tensor 'model/filters' is quantised (int8); export",
    ),
    (quantised_input, "operator 0 DEQUANTIZE (tensor 'dequantize_0'): tensor 'pixels' is quantised (uint8); export"),
    (bytes_in, "input 'pixels' is int8, expected float32, float16, int32, int64, uint8, bool"),
    (sum_of_bytes, "operator 0 ADD (tensor 'add_0'): computes in uint8, which begins at 0 again beyond 255; cast to"),
    (scalar_in, "input 'threshold' has the shape [], expected 1 to 5 axes of 1 or more"),
    (rank_6, "input 'values' has the shape [1, 2, 1, 2, 1, 2], expected 1 to 5 axes of 1 or more"),
    (
        rank_6_inside,
        "operator 0 RESHAPE (tensor 'reshape_0'): makes [1, 2, 1, 2, 1, 2], Core ML's tensors have at most 5 axes",
    ),
    (nothing_out, "the model has no outputs, expected one at least"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[build.__name__ for build, _ in REFUSED])
def test_refuses_in_one_line(build: Any, message: str, convert: Convert) -> None:
    network = Network()
    build(network)
    with pytest.raises(ConversionError) as caught:
        convert(network)
    assert str(caught.value).startswith(f"built.tflite: {message}")
    assert str(caught.value).isprintable()
