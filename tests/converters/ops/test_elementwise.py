import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

KINDS = ["ADD", "MUL"]
CONSTANTS: list[tuple[int, ...]] = [(), (1,), (4,), (1, 4), (6, 4), (6, 1), (1, 1, 1, 4), (1, 5, 6, 1), (1, 5, 6, 4)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_constants_on_either_side(kind: str, held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 4))
    x = network.conv(picture, 4) if held == "NCHW" else picture
    for shape in CONSTANTS:
        constant = network.weights(*shape)
        network.output(network.binary(kind, x, constant), network.binary(kind, constant, x))
    judge(network)


@pytest.mark.parametrize("kind", KINDS)
def test_two_activations(kind: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 3))
    hidden = network.conv(picture, 3)
    wide = network.conv(picture, 1)
    column = network.input("column", (1, 5, 1, 3))
    batch = network.input("batch", (2, 1, 1, 3))
    pairs = [(hidden, hidden), (hidden, picture), (picture, hidden), (wide, hidden), (column, hidden), (batch, hidden)]
    network.output(*(network.binary(kind, left, right) for left, right in pairs))
    judge(network)


@pytest.mark.parametrize("kind", KINDS)
def test_ranks_that_differ(kind: str, judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    row, plane, cube = (network.input(f"rank_{len(s)}", s) for s in ((4,), (6, 4), (5, 6, 1)))
    for small in (row, plane, cube):
        network.output(network.binary(kind, small, hidden), network.binary(kind, hidden, small))
    network.output(network.binary(kind, row, plane), network.binary(kind, plane, cube), network.binary(kind, cube, row))
    judge(network)


def test_a_gate_by_channel(judge: Convert) -> None:
    """Squeeze and excitation's product: [1, 1, 1, C], computed, by a picture."""
    network = Network()
    hidden = network.conv(network.input("picture", (1, 4, 4, 3)), 8)
    gate = network.conv(network.max_pool(hidden, (4, 4), (4, 4), "VALID"), 8, (1, 1))
    network.output(network.conv(network.binary("MUL", hidden, gate), 2))
    assert judge(network).kinds()["transpose"] == 2  # one into the network, one out of it


@pytest.mark.parametrize("activation", ["RELU", "RELU6", "RELU_N1_TO_1"])
def test_fused_activations(activation: str, judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 6, 4))
    scaled = network.binary("MUL", x, network.constant("scale", np.float32(5)), fusedActivationFunction=activation)
    network.output(scaled, network.binary("ADD", scaled, network.weights(4), fusedActivationFunction=activation))
    judge(network)


def test_constants_alone(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (1, 4))
    total = network.binary("ADD", network.weights(4), network.weights(1, 4))
    scalar = network.binary("MUL", network.weights(), network.weights())
    network.output(network.binary("MUL", x, total), network.binary("ADD", x, scalar), total)
    judge(network)


def test_whole_numbers(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3), "int32")
    network.output(network.operator("ADD", [x, network.integers([1, 2, 3])], (2, 3), dtype="int32"))
    judge(network)


@pytest.mark.parametrize("kind", ["SUB", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_MOD", "FLOOR_DIV"])
def test_other_binaries(kind: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 3))
    hidden = network.conv(picture, 3) if kind not in ("FLOOR_MOD", "FLOOR_DIV") else picture  # they jump at whole ones
    divisor = network.constant("divisor", [0.5, -1.5, 2.25])
    column = network.constant("column", np.linspace(0.5, 2, 6).reshape(6, 1))
    network.output(*(network.binary(kind, hidden, y) for y in (divisor, column)))
    network.output(network.binary(kind, network.binary("ADD", picture, divisor), column))
    judge(network)


def test_powers(judge: Convert) -> None:
    network = Network()
    x = network.unary("EXP", network.input("values", (2, 3, 4)))
    network.output(network.binary("POW", x, network.constant("by", [2, 0.5, -1, 3])), network.binary("POW", x, x))
    judge(network)


UNARY = ["ABS", "CEIL", "COS", "EXP", "FLOOR", "NEG", "ROUND", "SIGN", "SIN", "SQUARE"]


def test_unaries(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 3))
    network.output(*(network.unary(kind, picture) for kind in UNARY))
    smooth = [kind for kind in UNARY if kind not in ("CEIL", "FLOOR", "ROUND", "SIGN")]
    hidden = network.conv(picture, 4)
    network.output(*(network.unary(kind, hidden) for kind in smooth if kind != "EXP"))
    positive = network.binary("ADD", network.unary("ABS", hidden), network.constant("least", np.float32(0.1)))
    network.output(*(network.unary(kind, positive) for kind in ("LOG", "SQRT", "RSQRT")))
    judge(network)


def test_unaries_of_whole_numbers(judge: Convert) -> None:
    network = Network()
    x = network.input("counts", (2, 30), "int32")
    network.output(*(network.operator(kind, [x], (2, 30), dtype="int32") for kind in ("ABS", "NEG")))
    judge(network)


@pytest.mark.parametrize("kind", ["SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "FLOOR_MOD", "FLOOR_DIV"])
def test_binaries_of_whole_numbers(kind: str, judge: Convert) -> None:
    network = Network()
    x = network.input("counts", (4, 30), "int32")
    divisors = network.integers([[3], [-4], [7], [-1]])
    network.output(network.operator(kind, [x, divisors], (4, 30), dtype="int32"))
    judge(network)


COMPARISONS = ["GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "EQUAL", "NOT_EQUAL"]


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_comparisons_and_what_is_made_of_them(dtype: str, judge: Convert) -> None:
    network = Network()
    x = network.input("values", (1, 5, 6, 4), dtype)
    x = network.unary("ROUND", x) if dtype == "float32" else x  # else no two are equal
    row = network.constant("row", [0, 1, -1, 2], dtype)
    for kind in COMPARISONS:
        truth = network.operator(kind, [x, row], (1, 5, 6, 4), dtype="bool")
        network.output(network.operator("CAST", [truth], (1, 5, 6, 4)))
    positive = network.operator("GREATER", [x, network.constant("zero", 0, dtype)], (1, 5, 6, 4), dtype="bool")
    small = network.operator("LESS", [x, row], (1, 5, 6, 4), dtype="bool")
    both = network.operator("LOGICAL_AND", [positive, small], (1, 5, 6, 4), dtype="bool")
    either = network.operator("LOGICAL_OR", [positive, small], (1, 5, 6, 4), dtype="bool")
    neither = network.operator("LOGICAL_NOT", [either], (1, 5, 6, 4), dtype="bool")
    chosen = [network.operator("SELECT_V2", [t, x, row], (1, 5, 6, 4), dtype=dtype) for t in (both, either, neither)]
    network.output(*chosen, network.operator("CAST", [both], (1, 5, 6, 4), dtype="int32"))
    judge(network)


def test_selections(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 3))
    hidden = network.conv(picture, 3)
    zero = network.constant("zero", np.float32(0))
    truth = network.operator("GREATER", [picture, zero], (1, 5, 6, 3), dtype="bool")
    network.output(
        network.operator("SELECT", [truth, hidden, picture], (1, 5, 6, 3)),
        network.operator("SELECT_V2", [truth, zero, hidden], (1, 5, 6, 3)),
        network.operator("SELECT_V2", [truth, network.input("column", (1, 5, 1, 3)), hidden], (1, 5, 6, 3)),
    )
    left, right = network.input("left", (6, 4)), network.input("right", (6, 4))
    rows = network.operator("LESS", [network.input("rows", (6,)), zero], (6,), dtype="bool")
    network.output(network.operator("SELECT", [rows, left, right], (6, 4)))
    judge(network)


@pytest.mark.parametrize("shape", [(1,), (1, 5, 6, 3), (2, 3)])
def test_a_selection_of_two_scalars(shape: tuple[int, ...], judge: Convert) -> None:
    network = Network()
    x = network.input("values", shape)
    one, two = network.constant("one", np.float32(1)), network.constant("two", np.float32(2))
    truth = network.operator("GREATER", [x, network.constant("zero", np.float32(0))], shape, dtype="bool")
    network.output(network.operator("SELECT_V2", [truth, one, two], shape))
    judge(network)


def test_casts(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (1, 5, 6, 4))
    scaled = network.binary("MUL", x, network.constant("scale", np.float32(10)))
    whole = network.operator("CAST", [scaled], (1, 5, 6, 4), dtype="int32")
    network.output(whole, network.operator("CAST", [whole], (1, 5, 6, 4)))
    judge(network)


def test_a_cast_to_bytes(convert: Convert) -> None:
    network = Network()
    network.output(network.operator("CAST", [network.input("values", (2, 3))], (2, 3), dtype="int8"))
    with pytest.raises(ConversionError, match=r"operator 0 CAST .*: a cast to int8, expected float32, float16, int32"):
        convert(network)


def test_half_values_on_their_way(judge: Convert) -> None:
    network = Network()
    wide = network.operator("DEQUANTIZE", [network.input("half", (2, 3), "float16")], (2, 3))
    network.output(network.binary("MUL", wide, network.weights(3)))
    judge(network)


def test_what_can_not_be_dequantised(convert: Convert) -> None:
    network = Network()
    network.output(network.operator("DEQUANTIZE", [network.input("counts", (2, 3), "int32")], (2, 3)))
    with pytest.raises(ConversionError, match=r"operator 0 DEQUANTIZE .*: operand 0 is int32, expected float16"):
        convert(network)


def test_truth_values_as_an_output_are_zeros_and_ones(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 30))
    network.output(network.operator("LESS", [x, network.constant("one", 1)], (2, 30), dtype="bool"))
    judge(network)
