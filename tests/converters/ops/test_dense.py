from math import prod
from typing import Any

import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

SHAPES: list[tuple[int, ...]] = [(1, 12), (5, 12), (2, 3, 12), (1, 3, 4, 2), (2, 2, 6, 1)]


def test_fully_connected_reads_rows(judge: Convert) -> None:
    network = Network()
    for shape in SHAPES:
        operands = [network.input(f"rank_{len(shape)}_of_{shape[0]}", shape), network.weights(7, 12)]
        network.output(network.operator("FULLY_CONNECTED", [*operands, network.weights(7)], (prod(shape) // 12, 7)))
    judge(network)


def test_fully_connected_keeps_the_axes(judge: Convert) -> None:
    network = Network()
    x, weights = network.input("values", (2, 3, 12)), network.weights(7, 12)
    kept = network.operator("FULLY_CONNECTED", [x, weights, None], (2, 3, 7), keepNumDims=True)
    fused = network.operator("FULLY_CONNECTED", [x, weights], (6, 7), fusedActivationFunction="RELU6")
    network.output(kept, fused)
    judge(network)


def test_fully_connected_behind_a_convolution(judge: Convert) -> None:
    """The picture is read in its source's order; a single pixel needs no transpose for that."""
    network = Network()
    picture = network.conv(network.input("picture", (1, 4, 5, 3)), 2)
    pixel = network.conv(network.input("grey", (1, 3, 3, 1)), 6, padding="VALID")
    for x, width in ((picture, 40), (picture, 2), (pixel, 6)):
        operands = [x, network.weights(3, width), network.weights(3)]
        network.output(network.operator("FULLY_CONNECTED", operands, (prod(network.shape(x)) // width, 3)))
    judge(network)


def test_fully_connected_by_computed_weights(judge: Convert) -> None:
    network = Network()
    x, weights = network.input("values", (4, 6)), network.input("weights", (5, 6))
    network.output(network.operator("FULLY_CONNECTED", [x, weights, network.weights(5)], (4, 5)))
    network.output(network.operator("FULLY_CONNECTED", [x, weights, None], (4, 5), fusedActivationFunction="RELU"))
    judge(network)


@pytest.mark.parametrize(
    ("width", "options", "message"),
    [
        (5, {}, r"weights \[3, 5\] for the input \[2, 6\]"),
        (6, {"weightsFormat": 1}, r"weights in a shuffled format, expected \[outputs, inputs\]"),
    ],
)
def test_what_is_not_fully_connected(width: int, options: dict[str, Any], message: str, convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 6)), network.weights(3, width)]
    network.output(network.operator("FULLY_CONNECTED", operands, (2, 3), **options))
    with pytest.raises(ConversionError, match=f"operator 0 FULLY_CONNECTED .*: {message}"):
        convert(network)


def test_batch_matmul(judge: Convert) -> None:
    network = Network()
    x, y = network.input("left", (2, 3, 4)), network.input("right", (2, 4, 5))
    network.output(
        network.operator("BATCH_MATMUL", [x, y], (2, 3, 5)),
        network.operator("BATCH_MATMUL", [x, network.weights(2, 6, 4)], (2, 3, 6), adjY=True),
        network.operator("BATCH_MATMUL", [y, x], (2, 5, 3), adjX=True, adjY=True),
        network.operator("BATCH_MATMUL", [x, network.input("shared", (1, 4, 2))], (2, 3, 2)),
    )
    judge(network)


def test_batch_matmul_of_vectors(convert: Convert) -> None:
    network = Network()
    network.output(network.operator("BATCH_MATMUL", [network.input("row", (4,)), network.weights(4, 2)], (2,)))
    with pytest.raises(ConversionError, match=r"operator 0 BATCH_MATMUL .*: operands \[4\] and \[4, 2\], expected mat"):
        convert(network)
