"""A table of every kind that has a function: what it is converted from, and what of it is refused."""

import struct
from collections.abc import Callable
from typing import Any

import ai_edge_litert.schema_py_generated as schema
import numpy as np
import pytest

from converters.coreml import TARGETS
from converters.errors import ConversionError
from converters.lower import refuse_unsupported
from converters.ops.registry import handlers
from converters.tflite_reader import read_tflite
from tests.converters.judging import Convert
from tests.converters.network import Network
from verification.lint.linter import lint

SHAPE = (1, 4, 6, 4)
CUSTOM = "Convolution2DTransposeBias"
CUSTOMS = {CUSTOM, "Landmarks2TransformMatrix", "TransformLandmarks", "TransformTensorBilinear"}
"""MediaPipe's operators, which LiteRT's own kernels lack: tests of their own hold them to their twins."""


class Sampler(Network):
    """A network with a picture, a value held NCHW that is computed from it, and what several kinds start from."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = self.input("picture", SHAPE)
        self.hidden = self.conv(self.picture, 4)

    def same(self, kind: str, *operands: int, dtype: str = "float32", **options: Any) -> int:
        """An operator whose result has the picture's shape."""
        return self.operator(kind, operands, SHAPE, dtype=dtype, **options)

    def positive(self) -> int:
        """Values from 0.1 on."""
        return self.binary("ADD", self.unary("ABS", self.hidden), self.constant(f"least_{len(self.tensors)}", 0.1))

    def truth(self) -> int:
        """Where the picture is above 0."""
        return self.same("GREATER", self.picture, self.constant(f"zero_{len(self.tensors)}", 0.0), dtype="bool")

    def numbers(self, truth: int) -> int:
        """Truth values as floats, which can be an output whatever the system."""
        return self.operator("CAST", [truth], self.shape(truth))


Build = Callable[[Sampler], int]


def unary(kind: str, jumps: bool = False, **options: Any) -> Build:
    """One operand; a kind that jumps reads the picture itself, which is the same on either side."""
    return lambda n: n.same(kind, n.picture if jumps else n.hidden, **options)


def positive(kind: str) -> Build:
    return lambda n: n.same(kind, n.positive())


def binary(kind: str, jumps: bool = False) -> Build:
    return lambda n: n.same(kind, n.picture if jumps else n.hidden, n.constant(f"row_{kind}", [0.5, -1.5, 2.25, 1]))


def comparison(kind: str) -> Build:
    return lambda n: n.numbers(
        n.same(kind, n.unary("SIGN", n.picture), n.constant(f"row_{kind}", [0, 1, -1, 1]), dtype="bool")
    )


def logical(kind: str) -> Build:
    def build(n: Sampler) -> int:
        below = n.same("LESS", n.picture, n.constant(f"half_{kind}", 0.5), dtype="bool")
        operands = [below] if kind == "LOGICAL_NOT" else [below, n.truth()]
        return n.numbers(n.same(kind, *operands, dtype="bool"))

    return build


def folded(kind: str) -> Build:
    axes = (1,) if kind == "REDUCE_PROD" else (1, 2)  # a product of many sums has no digits left in common
    shape = np.empty(SHAPE).sum(axis=axes).shape
    return lambda n: n.operator(kind, [n.hidden, n.integers(axes)], shape, keepDims=False)


def truths(kind: str) -> Build:
    """Of rows that are all true, all false, or both."""

    def build(n: Sampler) -> int:
        limits = n.constant(f"limits_{kind}", [-9.0, 9.0, 0.0, 0.5])
        truth = n.same("GREATER", n.picture, limits, dtype="bool")
        return n.numbers(n.operator(kind, [truth, n.integers(2)], (1, 4, 4), dtype="bool", keepDims=False))

    return build


def extreme(kind: str) -> Build:
    return lambda n: n.operator(kind, [n.picture, n.integers(3)], SHAPE[:3], dtype="int32", outputType="INT32")


def reshaped(kind: str, shape: tuple[int, ...], *constants: Any, **options: Any) -> Build:
    """The hidden value and constants of whole numbers, to a shape."""
    return lambda n: n.operator(kind, [n.hidden, *(n.integers(value) for value in constants)], shape, **options)


def chosen(kind: str) -> Build:
    return lambda n: n.same(kind, n.truth(), n.hidden, n.picture)


def parts(kind: str) -> Build:
    def build(n: Sampler) -> int:
        if kind == "UNPACK":
            return n.operator_of_many(kind, [n.hidden], [(1, 4, 4)] * 6, axis=2, num=6)[4]
        sizes = n.integers([1, 3]) if kind == "SPLIT_V" else None
        axis = n.integers(3)
        operands = [axis, n.hidden] if sizes is None else [n.hidden, sizes, axis]
        widths = (2, 2) if sizes is None else (1, 3)
        return n.operator_of_many(kind, operands, [(1, 4, 6, w) for w in widths], numSplits=2)[1]

    return build


def windowed(kind: str) -> Build:
    return lambda n: n.pool(kind, n.hidden, (3, 2), (2, 2), "SAME")


def enlarged(kind: str) -> Build:
    return reshaped(kind, (1, 9, 8, 4), (9, 8), halfPixelCenters=True)


def transposed(n: Sampler) -> int:
    operands = [n.integers((1, 8, 12, 3)), n.weights(3, 3, 3, 4), n.hidden]
    return n.operator("TRANSPOSE_CONV", operands, (1, 8, 12, 3), padding="SAME", strideH=2, strideW=2)


def scattered(n: Sampler) -> int:
    updates = n.operator("RESHAPE", [n.hidden, n.integers((4, 24))], (4, 24))
    return n.operator("SCATTER_ND", [n.integers([[4], [0], [2], [4]]), updates, n.integers([6, 24])], (6, 24))


def shaped(n: Sampler) -> int:
    sizes = n.operator("SHAPE", [n.hidden], (4,), dtype="int32", outType="INT32")
    return n.operator("MUL", [sizes, n.integers([1, 2, 3, 4])], (4,), dtype="int32")


def recurrent(n: Sampler, activation: str = "TANH") -> int:
    rows = n.operator("RESHAPE", [n.hidden, n.integers((1, 24, 4))], (1, 24, 4))
    operands: list[int | None] = [rows, *(n.weights(3, 4) for _ in range(4)), *(n.weights(3, 3) for _ in range(4))]
    operands += [None] * 3 + [n.weights(3) for _ in range(4)] + [None] * 2
    operands += [n.tensor(f"state_{j}", (1, 3), isVariable=True) for j in range(2)]
    kind = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    return n.operator(kind, [*operands, *([None] * 4)], (1, 24, 3), fusedActivationFunction=activation)


def ranked(n: Sampler, count: int = 3) -> int:
    values, places = n.operator_of_many("TOPK_V2", [n.hidden, n.integers(count)], [(1, 4, 6, count)] * 2)
    n.tensors[places].type = schema.TensorType.INT32
    return values


def marked(n: Sampler) -> int:
    best = n.operator("ARG_MAX", [n.picture, n.integers(3)], (1, 4, 6), dtype="int32", outputType="INT32")
    constants = [n.integers(4), n.constant("marked_on", 2.0), n.constant("marked_off", -1.0)]
    return n.same("ONE_HOT", best, *constants, axis=-1)


def dequantized(n: Sampler) -> int:
    return n.operator("DEQUANTIZE", [n.input("half", (2, 3), "float16")], (2, 3))


CASES: dict[str, Build] = {
    **{kind: unary(kind) for kind in ("ABS", "COS", "ELU", "EXP", "GELU", "HARD_SWISH", "LOGISTIC", "NEG", "RELU")},
    **{kind: unary(kind) for kind in ("RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "SIN", "SQUARE", "TANH", "LOG_SOFTMAX")},
    **{kind: unary(kind, jumps=True) for kind in ("CEIL", "FLOOR", "ROUND", "SIGN")},
    **{kind: positive(kind) for kind in ("LOG", "RSQRT", "SQRT")},
    **{kind: binary(kind) for kind in ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE")},
    **{kind: binary(kind, jumps=True) for kind in ("FLOOR_DIV", "FLOOR_MOD")},
    **{kind: comparison(kind) for kind in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")},
    **{kind: logical(kind) for kind in ("LOGICAL_AND", "LOGICAL_NOT", "LOGICAL_OR")},
    **{kind: folded(kind) for kind in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD")},
    **{kind: extreme(kind) for kind in ("ARG_MAX", "ARG_MIN")},
    **{kind: chosen(kind) for kind in ("SELECT", "SELECT_V2")},
    **{kind: parts(kind) for kind in ("SPLIT", "SPLIT_V", "UNPACK")},
    **{kind: windowed(kind) for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")},
    **{kind: enlarged(kind) for kind in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")},
    **{kind: truths(kind) for kind in ("REDUCE_ANY", "REDUCE_ALL")},
    "ADD_N": lambda n: n.same("ADD_N", n.hidden, n.picture, n.hidden),
    "FILL": lambda n: n.same("ADD", n.hidden, n.same("FILL", n.integers(SHAPE), n.constant("filling", 2.5))),
    "ZEROS_LIKE": lambda n: n.same("MAXIMUM", n.hidden, n.same("ZEROS_LIKE", n.picture)),
    "BATCH_MATMUL": lambda n: n.operator("BATCH_MATMUL", [n.hidden, n.weights(1, 4, 4, 5)], (1, 4, 6, 5)),
    "BATCH_TO_SPACE_ND": lambda n: n.operator(
        "BATCH_TO_SPACE_ND", [n.input("batch", (4, 2, 3, 2)), n.integers((2, 2)), n.integers([(0, 1), (1, 0)])],
        (1, 3, 5, 2),
    ),
    "BROADCAST_TO": reshaped("BROADCAST_TO", (3, 4, 6, 4), (3, 4, 6, 4)),
    "CAST": lambda n: n.operator("CAST", [n.picture], SHAPE, dtype="int32"),
    "CONCATENATION": lambda n: n.operator("CONCATENATION", [n.hidden, n.picture], (1, 4, 6, 8), axis=-1),
    "CONV_2D": lambda n: n.conv(n.hidden, 3, dilation=(2, 1)),
    "DEPTHWISE_CONV_2D": lambda n: n.depthwise(n.hidden, 2, stride=(2, 2)),
    "DEPTH_TO_SPACE": reshaped("DEPTH_TO_SPACE", (1, 8, 12, 1), blockSize=2),
    "DEQUANTIZE": dequantized,
    "EXPAND_DIMS": reshaped("EXPAND_DIMS", (1, 4, 1, 6, 4), 2),
    "FULLY_CONNECTED": lambda n: n.operator(
        "FULLY_CONNECTED", [n.hidden, n.weights(5, 4), n.weights(5)], (1, 4, 6, 5), keepNumDims=True
    ),
    "GATHER": reshaped("GATHER", (1, 4, 2, 4), (5, 1), axis=2),
    "GATHER_ND": reshaped("GATHER_ND", (2, 4), [[0, 1, 5], [0, 3, 2]]),
    "L2_NORMALIZATION": unary("L2_NORMALIZATION"),
    "LEAKY_RELU": unary("LEAKY_RELU", alpha=0.2),
    "MIRROR_PAD": reshaped("MIRROR_PAD", (1, 6, 9, 4), [(0, 0), (1, 1), (2, 1), (0, 0)], mode="SYMMETRIC"),
    "ONE_HOT": marked,
    "PACK": lambda n: n.operator("PACK", [n.hidden, n.picture], (1, 4, 2, 6, 4), axis=2, valuesCount=2),
    "PAD": reshaped("PAD", (1, 6, 9, 4), [(0, 0), (1, 1), (2, 1), (0, 0)]),
    "PADV2": lambda n: n.operator(
        "PADV2", [n.hidden, n.integers([(0, 0), (1, 1), (2, 1), (0, 0)]), n.constant("around", 7.0)], (1, 6, 9, 4)
    ),
    "POW": lambda n: n.same("POW", n.positive(), n.constant("power", 1.5)),
    "PRELU": lambda n: n.same("PRELU", n.hidden, n.weights(1, 1, 4)),
    "RESHAPE": reshaped("RESHAPE", (8, 12), (8, 12)),
    "REVERSE_V2": reshaped("REVERSE_V2", SHAPE, [2]),
    "SCATTER_ND": scattered,
    "SHAPE": shaped,
    "SLICE": reshaped("SLICE", (1, 2, 3, 4), (0, 1, 2, 0), (1, 2, 3, 4)),
    "SOFTMAX": unary("SOFTMAX", beta=1.0),
    "SPACE_TO_BATCH_ND": reshaped("SPACE_TO_BATCH_ND", (4, 3, 4, 4), (2, 2), [(1, 1), (0, 2)]),
    "SPACE_TO_DEPTH": reshaped("SPACE_TO_DEPTH", (1, 2, 3, 16), blockSize=2),
    "SQUEEZE": reshaped("SQUEEZE", (4, 6, 4), squeezeDims=[0]),
    "STRIDED_SLICE": reshaped(
        "STRIDED_SLICE", (4, 3, 3), (0, 0, -1, 1), (1, 4, 0, 4), (1, 1, -2, 1), endMask=4, shrinkAxisMask=1
    ),
    "TILE": reshaped("TILE", (1, 8, 6, 12), (1, 2, 1, 3)),
    "TOPK_V2": ranked,
    "TRANSPOSE": reshaped("TRANSPOSE", (1, 6, 4, 4), (0, 2, 3, 1)),
    "TRANSPOSE_CONV": transposed,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": recurrent,
}  # fmt: skip


def test_the_tables_hold_every_kind() -> None:
    assert {*CASES, *CUSTOMS} == set(handlers()) == set(REFUSED)


@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_on_every_system(target: str, judge: Convert) -> None:
    """An operator has another form in a newer set of operators: all of them in one network, each its own output."""
    network = Sampler()
    for build in CASES.values():
        network.output(build(network))
    converted = judge(network, target=target)
    assert {operator.kind for operator in converted.graph.operators} == set(CASES)
    assert len(converted.features.outputs) == len(CASES)


@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_in_float16_passes_the_linter(target: str, convert: Convert) -> None:
    """Core ML's own compiler is not here: the linter knows what each set of operators takes in which type."""
    network = Sampler()
    for build in CASES.values():
        network.output(build(network))
    report = lint(convert(network, target=target, precision="float16").path)
    assert [f"{f.rule}: {f.message} at {f.places}" for f in report.findings if f.severity == "error"] == []
    assert not report.unchecked


def other_shape(kind: str, message: str = r"came out as .*, the source says \[7\]") -> tuple[Build, str]:
    """A result that is declared with a shape which the kind does not make."""

    def build(n: Sampler) -> int:
        made = CASES[kind](n)
        n.tensors[made].shape = [7]
        return made

    return build, message


def other_operands(kind: str, dtype: str = "float32") -> tuple[Build, str]:
    """Operands that can't be broadcast."""
    operand = "bool" if kind.startswith("LOGICAL") else "float32"
    return lambda n: n.operator(
        kind, [n.input("x", (2, 3), operand), n.input("y", (4,), operand)], (2, 3), dtype=dtype
    ), ("Core ML does not take it: .*")


def run_time(kind: str, position: int) -> tuple[Build, str]:
    """An operand that must be constant, but is an input."""

    def build(n: Sampler) -> int:
        made = CASES[kind](n)
        operator = n.operators[-1]
        constant = n.tensors[operator.inputs[position]]
        operator.inputs[position] = n.input("late", constant.shape, "float32" if constant.type == 0 else "int32")
        return made

    return build, rf"operand {position} \('late'\) is computed at run time, expected a constant"


def changed(kind: str, message: str, **options: Any) -> tuple[Build, str]:
    """The case with other options."""

    def build(n: Sampler) -> int:
        made = CASES[kind](n)
        for name, value in options.items():
            setattr(n.operators[-1].builtinOptions, name, value)
        return made

    return build, message


def given(message: str, kind: str, shape: tuple[int, ...], *operands: Any, **options: Any) -> tuple[Build, str]:
    """Operands of one's own: constants of whole numbers, or inputs where a shape in a tuple is given."""

    def build(n: Sampler) -> int:
        indices = [n.input(f"given_{j}", o) if isinstance(o, tuple) else n.integers(o) for j, o in enumerate(operands)]
        return n.operator(kind, indices, shape, **options)

    return build, message


def custom(kind: str) -> tuple[Build, str]:
    """A custom operator on one picture, which is less than it takes."""
    return lambda n: n.operator(kind, [n.hidden], SHAPE, custom_options=b""), "expected|operand 1 is missing"


TANH = schema.ActivationFunctionType.TANH
FUSED = "fused activation TANH is not supported; supported are RELU, RELU6, RELU_N1_TO_1"
NO_AXIS = "axis 9 of '.*', which has the shape"

REFUSED: dict[str, tuple[Build, str]] = {
    **{kind: other_shape(kind) for kind in ("ABS", "COS", "ELU", "EXP", "GELU", "HARD_SWISH", "LOGISTIC", "NEG")},
    **{kind: other_shape(kind) for kind in ("RELU", "RELU6", "RELU_N1_TO_1", "SIN", "SQUARE", "TANH", "LOG_SOFTMAX")},
    **{kind: other_shape(kind) for kind in ("CEIL", "FLOOR", "ROUND", "SIGN", "LOG", "RSQRT", "SQRT", "LEAKY_RELU")},
    **{kind: other_shape(kind) for kind in ("RELU_0_TO_1", "SOFTMAX", "TRANSPOSE")},
    **{kind: other_operands(kind) for kind in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "POW", "FLOOR_DIV")},
    **{kind: other_operands(kind, "bool") for kind in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS")},
    **{kind: other_operands(kind, "bool") for kind in ("LESS_EQUAL", "LOGICAL_AND", "LOGICAL_OR")},
    **{kind: changed(kind, FUSED, fusedActivationFunction=TANH) for kind in ("ADD", "SUB", "MUL", "DIV")},
    **{kind: changed(kind, FUSED, fusedActivationFunction=TANH) for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")},
    **{kind: changed(kind, FUSED, fusedActivationFunction=TANH) for kind in ("CONCATENATION", "FULLY_CONNECTED")},
    **{kind: run_time(kind, 1) for kind in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD")},
    **{kind: run_time(kind, 1) for kind in ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "PAD", "PADV2")},
    **{kind: run_time(kind, 1) for kind in ("MIRROR_PAD", "RESIZE_BILINEAR", "SLICE", "STRIDED_SLICE", "PRELU")},
    **{kind: given(NO_AXIS, kind, (2,), (2, 3), 9) for kind in ("ARG_MAX", "ARG_MIN")},
}  # fmt: skip
REFUSED |= {
    **{
        kind: given("operand 0 is float32 over the axes", kind, (2,), (2, 3), 1)
        for kind in ("REDUCE_ANY", "REDUCE_ALL")
    },
    "ADD_N": other_operands("ADD_N"),
    "FILL": given(r"fills with \[1, 2\] of float32, expected a single number", "FILL", (2, 3), [2, 3], [1, 2]),
    "ZEROS_LIKE": given("of uint16, expected a single number", "ZEROS_LIKE", (2, 3), (2, 3), dtype="uint16"),
    "BATCH_MATMUL": given("expected matrices", "BATCH_MATMUL", (2,), (4,), (4, 2)),
    "BATCH_TO_SPACE_ND": given(r"block \[2\]", "BATCH_TO_SPACE_ND", SHAPE, (4, 2, 3, 4), [2], [[0, 0]]),
    "BROADCAST_TO": given(r"\[2, 4\] can't be repeated to \[2, 6\]", "BROADCAST_TO", (2, 6), (2, 4), [2, 6]),
    "CAST": given("a cast to int8, expected", "CAST", (2, 3), (2, 3), dtype="int8"),
    CUSTOM: (
        lambda n: n.operator(CUSTOM, [n.hidden], SHAPE, custom_options=struct.pack("<i", 1)),
        "options of 4 bytes, expected 12",
    ),
    **{kind: custom(kind) for kind in sorted(CUSTOMS - {CUSTOM})},
    "DEPTH_TO_SPACE": given("expected rank 4 and a block of 1 or more", "DEPTH_TO_SPACE", (1, 2), (1, 2), blockSize=2),
    "DEQUANTIZE": (
        lambda n: n.operator("DEQUANTIZE", [n.integers([1])], (1,)),
        "operand 0 is int32, expected float16",
    ),
    "EXPAND_DIMS": given(r"\[2, 3\] can't become \[7\]", "EXPAND_DIMS", (7,), (2, 3), 0),
    "FLOOR_MOD": other_operands("FLOOR_MOD"),
    "GATHER": given("indices from 0 to 3 into an axis of 3", "GATHER", (2,), (3,), [0, 3], axis=0),
    "GATHER_ND": given("Core ML does not take it", "GATHER_ND", (2,), (3,), [[0, 0, 0]]),
    "L2_NORMALIZATION": changed("L2_NORMALIZATION", FUSED, fusedActivationFunction=TANH),
    "LOGICAL_NOT": (lambda n: n.same("LOGICAL_NOT", n.picture), "Core ML does not take it"),
    "ONE_HOT": given(NO_AXIS, "ONE_HOT", (2, 4), [0, 1], 4, 1, 0, dtype="int32", axis=9),
    "PACK": given(NO_AXIS, "PACK", (2, 2, 3), (2, 3), (2, 3), axis=9, valuesCount=2),
    "RESHAPE": given(r"\[2, 3\] can't become \[7\]", "RESHAPE", (7,), (2, 3), [7]),
    "RESIZE_NEAREST_NEIGHBOR": given("expected rank 4", "RESIZE_NEAREST_NEIGHBOR", (4, 4), (2, 2), [4, 4]),
    "REVERSE_V2": given(NO_AXIS, "REVERSE_V2", (2, 3), (2, 3), [9]),
    "SCATTER_ND": given("Core ML does not take it|came out as", "SCATTER_ND", (6, 2), [[0], [1]], (4, 3), [6, 2]),
    "SELECT": (lambda n: n.same("SELECT", n.hidden, n.hidden, n.hidden), "Core ML does not take it"),
    "SELECT_V2": (lambda n: n.same("SELECT_V2", n.hidden, n.hidden, n.hidden), "Core ML does not take it"),
    "SHAPE": given(r"came out as \[2\], the source says \[3\]", "SHAPE", (3,), (4, 5), dtype="int32"),
    "SPACE_TO_BATCH_ND": given(r"block \[2\]", "SPACE_TO_BATCH_ND", SHAPE, SHAPE, [2], [[0, 0]]),
    "SPACE_TO_DEPTH": given("expected rank 4 and a block of 1 or more", "SPACE_TO_DEPTH", (1, 2), (1, 2), blockSize=2),
    "SPLIT": given(NO_AXIS, "SPLIT", (2,), 9, (2, 3), numSplits=1),
    "SPLIT_V": given(NO_AXIS, "SPLIT_V", (2,), (2, 3), [2], 9, numSplits=1),
    "SQUEEZE": given(r"\[2, 3\] can't become \[7\]", "SQUEEZE", (7,), (2, 3)),
    "TILE": given(r"\[2, 4\] can't be repeated to \[2, 6\]", "TILE", (2, 6), (2, 4), [1, 2]),
    "TOPK_V2": (lambda n: ranked(n, 9), r"9 of \[1, 4, 6, 4\]"),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (lambda n: recurrent(n, "RELU6"), "activation RELU6 is not supported"),
    "UNPACK": given("1 results from axis 0 of", "UNPACK", (3,), (2, 3), axis=0, num=2),
}


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_of_every_kind_is_refused(kind: str, convert: Convert) -> None:
    network = Sampler()
    build, message = REFUSED[kind]
    network.output(build(network))
    with pytest.raises(ConversionError, match=rf"^built.tflite: operator \d+ {kind} \(tensor '.*'\): .*({message})"):
        convert(network)


SCALE = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[0])


@pytest.mark.parametrize("kind", sorted({*CASES, *CUSTOMS}))
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_quantised_operands_of_every_kind(kind: str, dtype: str) -> None:
    network = Sampler()
    quantised = network.tensor("model/bytes", SHAPE, dtype, bytes(96), quantization=SCALE)
    network.output(network.operator(kind, [network.hidden, quantised], SHAPE, "result"))
    place = rf"operator 1 {kind} \(tensor 'result'\): tensor 'model/bytes' is quantised \({dtype}\)"
    with pytest.raises(ConversionError, match=rf"^{place}; export the model in float32 or float16$"):
        refuse_unsupported(read_tflite(network.build(), "built.tflite"))


@pytest.mark.parametrize("kind", sorted(CASES))
def test_a_custom_operator_of_the_same_name_is_refused(kind: str) -> None:
    network = Sampler()
    network.output(network.operator(kind, [network.hidden], SHAPE, "result", custom=True))
    reason = "a custom operator with the name of a built-in one; rename it, or export the built-in"
    with pytest.raises(ConversionError, match=rf"^operator 1 {kind} \(tensor 'result'\) is not supported: {reason}$"):
        refuse_unsupported(read_tflite(network.build(), "built.tflite"))
