import hashlib
import time
from collections.abc import Callable
from typing import Any

import ai_edge_litert.schema_py_generated as schema
import numpy as np
import pytest

from converters.coreml import build_program
from converters.errors import ConversionError
from converters.features import check_features, derived_features
from converters.graph import Graph
from converters.tflite_reader import read_tflite
from tests.converters.judging import Source
from tests.converters.network import Network, with_data_behind_the_tables
from tests.converters.tflite_builder import Compressed, Dense, Level, TfliteBuilder
from verification.oracles.litert import LiteRT


def refusal(data: bytes) -> str:
    """What is said of bytes that must be refused: one line that begins with the file's name."""
    with pytest.raises(ConversionError) as caught:
        read_tflite(data, "face.tflite")
    assert str(caught.value).startswith("face.tflite: ")
    assert str(caught.value).isprintable()
    return str(caught.value).removeprefix("face.tflite: ")


def test_tensors() -> None:
    builder = TfliteBuilder()
    x = builder.input("serving_default_input:0", (1, 2, 3))
    weights = builder.constant("model/dense/kernel", [[1, 2, 3], [4, 5, 6]], "float16")
    counts = builder.constant("größe", [7, -8], "int64")
    flags = builder.constant("", [True, False], "bool")
    builder.output(builder.operator("RELU", [x], (1, 2, 3), "StatefulPartitionedCall:0"))
    data = builder.build()
    graph = read_tflite(data, "model.tflite")
    assert graph.file == "model.tflite"
    assert graph.sha256 == hashlib.sha256(data).hexdigest()
    assert [t.index for t in graph.tensors] == [0, 1, 2, 3, 4]
    names = ["serving_default_input:0", "model/dense/kernel", "größe", "tensor_3", "StatefulPartitionedCall:0"]
    assert [t.name for t in graph.tensors] == names
    assert [t.shape for t in graph.tensors] == [(1, 2, 3), (2, 3), (2,), (2,), (1, 2, 3)]
    assert [t.dtype for t in graph.tensors] == ["float32", "float16", "int64", "bool", "float32"]
    assert (graph.inputs, graph.outputs) == ((x,), (4,))
    values = [graph.tensors[j].value for j in (weights, counts, flags)]
    assert [v.tolist() for v in values if v is not None] == [[[1, 2, 3], [4, 5, 6]], [7, -8], [True, False]]
    assert not any(v.flags.writeable for v in values if v is not None)
    assert graph.tensors[x].value is None
    assert not any(t.quantized or t.stored_sparse for t in graph.tensors)


def test_operators() -> None:
    network = Network()
    x = network.input("picture", (1, 8, 8, 3))
    y = network.conv(x, 4, (3, 3), (2, 1), "VALID", (1, 2), fusedActivationFunction="RELU6")
    z = network.operator("RESIZE_BILINEAR", [y, network.integers([8, 8])], (1, 8, 8, 4), halfPixelCenters=True)
    w = network.operator("RESHAPE", [z], (1, 256), newShape=[1, 256])
    custom = network.operator("TransformLandmarks", [w, None], (1, 256), "landmarks")
    network.operators[-1].customOptions = [1, 2, 255]
    network.output(custom)
    graph = read_tflite(network.build(), "built.tflite")
    kinds = ["CONV_2D", "RESIZE_BILINEAR", "RESHAPE", "TransformLandmarks"]
    assert [(o.index, o.kind) for o in graph.operators] == list(enumerate(kinds))
    conv, resize, reshape, transform = graph.operators
    assert {name: conv.options[name] for name in ("padding", "strideH", "strideW")} == {
        "padding": "VALID",
        "strideH": 2,
        "strideW": 1,
    }
    assert (conv.whole("dilationHFactor"), conv.whole("dilationWFactor")) == (1, 2)
    assert conv.option("fusedActivationFunction") == "RELU6"
    assert resize.option("halfPixelCenters") is True
    assert resize.option("alignCorners") is False
    assert reshape.option("newShape") == (1, 256)
    assert transform.inputs == (w, None)
    assert transform.outputs == (custom,)
    assert transform.custom_options == b"\x01\x02\xff"
    assert dict(transform.options) == {}


def test_builtin_codes_beyond_a_byte() -> None:
    network = Network()
    x = network.input("values", (2, 3))
    network.output(network.operator("BROADCAST_TO", [x, network.integers([2, 3])], (2, 3)))
    assert schema.BuiltinOperator.BROADCAST_TO > 127
    assert read_tflite(network.build(), "built.tflite").operators[0].kind == "BROADCAST_TO"


def test_quantised_tensors() -> None:
    network = Network()
    scale = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[3])
    x = network.tensor("bytes", (2, 3), "uint8", quantization=scale)
    empty = network.tensor("floats", (2, 3), quantization=schema.QuantizationParametersT())
    network.inputs += [x, empty]
    network.output(x, empty)
    assert [t.quantized for t in read_tflite(network.build(), "built.tflite").tensors] == [True, False]


def test_data_behind_the_tables() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    data = with_data_behind_the_tables(values)
    found = read_tflite(data, "built.tflite").tensors[1].value
    assert np.array_equal(np.asarray(found), values)
    x = {"values": np.zeros((2, 3), np.float32)}
    assert np.array_equal(LiteRT(data, "built.tflite").run(x)["sum"], values)
    assert refusal(data[:-1]).startswith("broken or truncated .tflite")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"\x1c\0\0\0", "4 bytes without the identifier TFL3 at byte 4"),
        (b"\x1c\0\0\0TFL2" + bytes(100), "108 bytes without the identifier TFL3 at byte 4"),
        (b"PK\x03\x04" + bytes(100), "a zip archive (unpack it and pass the .tflite inside)"),
        (b"\n<!DOCTYPE html><html>", "a web page (a download that was answered by one: fetch the file itself)"),
        (b"<html><head>404</head></html>", "a web page (a download that was answered by one: fetch the file itself)"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 676746\n",
            "a Git LFS pointer (the model itself was not pulled: run `git lfs pull`)",
        ),
    ],
)
def test_other_files(data: bytes, found: str) -> None:
    assert refusal(data) == f"expected a .tflite model, found {found}"


def test_no_subgraph() -> None:
    import flatbuffers  # type: ignore[import-untyped]

    builder = flatbuffers.Builder()
    builder.Finish(schema.ModelT(version=3).Pack(builder), file_identifier=b"TFL3")
    assert refusal(bytes(builder.Output())) == "the model has no subgraph"


def break_tensor(**fields: Any) -> Callable[[Network], None]:
    return lambda network: vars(network.tensors[1]).update(fields)


def break_operator(**fields: Any) -> Callable[[Network], None]:
    return lambda network: vars(network.operators[0]).update(fields)


BROKEN: dict[str, tuple[Callable[[Network], None], str]] = {
    "text": (
        break_tensor(type=schema.TensorType.STRING),
        "operator 0 ADD: tensor 'weights_1' is of type STRING; Core ML's tensors hold numbers: take what reads",
    ),
    "complex numbers": (
        break_tensor(type=schema.TensorType.COMPLEX64),
        "operator 0 ADD: tensor 'weights_1' is of type COMPLEX64; Core ML knows no complex numbers: export the real",
    ),
    "a variable's handle": (
        break_tensor(type=schema.TensorType.RESOURCE),
        "operator 0 ADD: tensor 'weights_1' is of type RESOURCE; it names a variable, which lives from one run to",
    ),
    "another value": (
        break_tensor(type=schema.TensorType.INT4),
        "operator 0 ADD: tensor 'weights_1' is of type INT4; float models hold FLOAT32, ",
    ),
    "a type that nobody knows": (break_tensor(type=99), "operator 0 ADD: tensor 'weights_1' is of type 99; "),
    "a negative size": (
        break_tensor(shape=[2, -1]),
        "tensor 'weights_1' has the shape [2, -1], expected sizes of 0 or more, in reason",
    ),
    "a size beyond reason": (break_tensor(shape=[2**20, 2**20]), "tensor 'weights_1' has the shape [1048576, 1048576]"),
    "a shape of another size": (break_tensor(shape=[7]), "tensor 'weights_1' of shape [7] holds 6 values"),
    "a type of another size": (
        break_tensor(type=schema.TensorType.FLOAT64),
        "tensor 'weights_1' of shape [2, 3] holds 3 values",
    ),
    "bytes that are no values": (
        lambda network: vars(network._buffers[1]).update(data=bytes(23)),
        "tensor 'weights_1' holds 23 bytes, which are no whole number of float32",
    ),
    "a buffer that is not there": (break_tensor(buffer=9), "tensor 'weights_1' names buffer 9 of 2"),
    "a code that is not there": (break_operator(opcodeIndex=5), "operator 0 names code 5 of 1"),
    "an operand that is not there": (break_operator(inputs=[0, 7]), "operator 0 ADD names a tensor outside 0…3"),
    "an operand of no number": (break_operator(inputs=[-2, 0]), "operator 0 ADD names a tensor outside 0…3"),
    "a result left out": (break_operator(outputs=[-1]), "operator 0 ADD names a tensor outside 0…3"),
    "an operand that nobody makes": (
        break_operator(inputs=[0, 3]),
        "operator 0 ADD (tensor 'add_0') reads 'nobody' before it is made",
    ),
    "an operator that reads its own result": (
        break_operator(inputs=[0, 2]),
        "operator 0 ADD (tensor 'add_0') reads 'add_0' before it is made",
    ),
    "an input made once more": (
        break_operator(outputs=[0]),
        "operator 0 ADD (tensor 'values') makes a tensor that exists already",
    ),
    "an input that is not there": (
        lambda network: network.inputs.append(-1),
        "a graph input or output is tensor -1 of",
    ),
    "an output that is not there": (lambda network: network.output(4), "a graph input or output is tensor 4 of 4"),
    "an output that nobody makes": (lambda network: network.output(3), "no operator makes the graph's output 'nobody'"),
}


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_tables(change: Callable[[Network], None], message: str) -> None:
    network = Network()
    network.output(network.binary("ADD", network.input("values", (2, 3)), network.weights(2, 3)))
    network.tensor("nobody", (2, 3))
    assert len(read_tflite(network.build(), "face.tflite").operators) == 1
    change(network)
    assert refusal(network.build()).startswith(message)


def test_names_that_would_break_the_line() -> None:
    network = Network()
    network.output(network.tensor("two\nlines \x1b[31m", (2, 3)))
    assert refusal(network.build()) == "no operator makes the graph's output 'two lines  [31m'"


def test_tables_that_share_one_long_vector() -> None:
    """200 KB must not keep a machine busy: 200 tensors with the same shape of 50,000 sizes."""

    class Shared(schema.TensorT):  # type: ignore[misc]
        offset = 0

        def Pack(self, builder: Any) -> Any:  # noqa: N802 — the schema's name
            self.offset = self.offset or super().Pack(builder)
            return self.offset

    builder = TfliteBuilder()
    builder.tensors = [Shared(name="shared", shape=[1] * 50_000)] * 200
    data = builder.build()
    started = time.perf_counter()
    assert "50000 dimensions, too many for a file of" in refusal(data)
    assert time.perf_counter() - started < 5  # without the limit it takes half a minute


def test_tensors_that_are_too_large_together() -> None:
    """A file of a kilobyte could claim memory and time without end, each tensor by itself in reason."""
    network = Network()
    x = network.input("values", (2**12, 2**12))
    for _ in range(8):
        x = network.unary("RELU", x)
    network.output(x)
    assert refusal(network.build()) == f"its tensors hold {9 * 2**24} values, expected at most {2**27} in all"


def everything() -> bytes:
    """A model with every kind of table that the reader looks at."""
    network = Network()
    x = network.input("picture", (1, 8, 8, 3))
    operands = [x, network.half("filters", network.random(4, 3, 3, 3)), network.half("bias", network.random(4))]
    y = network.operator(
        "CONV_2D", operands, (1, 8, 8, 4), padding="SAME", strideH=1, strideW=1, fusedActivationFunction="RELU"
    )
    levels: list[Level] = [Dense(4), Dense(1), Dense(1), Compressed([0, 1, 2, 3, 4], [0, 1, 2, 3], ("uint8", "uint16"))]
    sparse = network.sparse("sparse_filters", network.random(4), (4, 1, 1, 4), levels)
    y = network.operator("CONV_2D", [y, sparse, network.weights(4)], (1, 8, 8, 4), padding="SAME", strideH=1, strideW=1)
    y = network.operator("PRELU", [y, network.weights(1, 1, 4)], (1, 8, 8, 4))
    deep = network.depthwise(network.pad(y, [(0, 0), (1, 1), (1, 1), (0, 0)]), 2, padding="VALID")
    pooled = network.max_pool(deep, (2, 2), (2, 2), "SAME")
    large = network.operator("RESIZE_BILINEAR", [pooled, network.integers([8, 8])], (1, 8, 8, 8), halfPixelCenters=True)
    pixels = network.operator("DEPTH_TO_SPACE", [pooled], (1, 8, 8, 2), blockSize=2)
    joined = network.operator("CONCATENATION", [network.binary("MUL", large, deep), pixels], (1, 8, 8, 10), axis=3)
    bounds = [network.integers(values) for values in ([0, 1, 0, 0], [1, 5, 8, 10], [1, 2, 1, 1])]
    cut = network.operator("STRIDED_SLICE", [joined, *bounds], (1, 2, 8, 10))
    network.output(network.reshape(cut, (160,)), network.unary("TANH", joined))
    return network.build()


def why_refused(data: bytes) -> str | None:
    """What is said of the bytes, or None where they become a MIL program; any other exception gets out."""
    import coremltools as ct

    try:
        graph: Graph = read_tflite(data, "face.tflite")
        features = derived_features(graph, 0, 1, tensor_input=False)
        check_features(graph, features)
        build_program(graph, features, ct.target.iOS16, expand_prelu=False)
    except ConversionError as error:
        return str(error)
    return None


def test_truncated_at_every_place() -> None:
    data = everything()
    assert why_refused(data) is None
    refusals = [why_refused(data[:length]) for length in range(0, len(data), 7)]
    assert all(refused is not None and refused.isprintable() for refused in refusals)


MUTATIONS = 300


def test_random_mutations() -> None:
    data, generator = everything(), np.random.default_rng(0)
    refusals = []
    for number in range(MUTATIONS):
        mutated = bytearray(data)
        for _ in range(generator.integers(1, 4)):
            place = int(generator.integers(8, len(data)))
            if number % 3 == 0:
                mutated[place] = int(generator.integers(256))
            elif number % 3 == 1:
                mutated[place] ^= 1 << int(generator.integers(8))
            else:
                mutated[place : place + 4] = generator.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"])
        refusals.append(why_refused(bytes(mutated)))
    assert 0 < refusals.count(None) < MUTATIONS
    assert all(refused.isprintable() for refused in refusals if refused is not None)


@pytest.mark.parametrize("name", ["BlazeFaceShortRange", "BlazeFaceFullRange"])
def test_truncated_models(name: str, source: Callable[[str], Source]) -> None:
    data = source(name).data
    # Behind the model lies an archive of 22 bytes, which holds no file and which nobody reads.
    for length in np.linspace(8, len(data) - 32, 40, dtype=int):
        refusal(data[:length])


def test_bytes_behind_the_tables_are_not_read() -> None:
    """MediaPipe's files end in an archive that is no part of the network: without it, or with half of it, they are read
    as before. Such a file has another SHA-256 and is no pinned model any more."""
    data = everything()
    whole = read_tflite(data + b"PK\5\6" + bytes(18), "face.tflite")
    for tail in (b"PK\5\6" + bytes(7), b""):
        cut = read_tflite(data + tail, "face.tflite")
        assert cut.sha256 != whole.sha256
        assert [(o.kind, o.inputs, o.outputs) for o in cut.operators] == [
            (o.kind, o.inputs, o.outputs) for o in whole.operators
        ]
        assert [t.name for t in cut.tensors] == [t.name for t in whole.tensors]
        for one, other in zip(cut.tensors, whole.tensors, strict=True):
            assert np.array_equal(np.asarray(one.value), np.asarray(other.value))
