import numpy as np
import pytest

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
