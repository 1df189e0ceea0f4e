from typing import Any

import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network, Pair

WINDOWS: list[tuple[Pair, Pair]] = [
    ((2, 2), (2, 2)),
    ((3, 3), (1, 1)),
    ((3, 2), (2, 3)),
    ((2, 2), (3, 3)),
    ((1, 1), (2, 2)),
]


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_max_pool_of_negative_values(padding: str, judge: Convert) -> None:
    # Padding with zeros would win everywhere at the border.
    network = Network()
    for rows, columns in ((7, 8), (8, 7)):
        x = network.input(f"picture_{rows}", (1, rows, columns, 3))
        below = network.binary("ADD", x, network.constant(f"offset_{rows}", np.float32(-10)))
        network.output(*(network.max_pool(below, window, stride, padding) for window, stride in WINDOWS))
    kinds = judge(network).kinds()
    assert kinds["max_pool"] == 10
    assert "pad" not in kinds


def test_zeros_in_front_of_a_max_pool_take_part_in_it(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 6, 7, 3)), 4)
    below = network.binary("ADD", x, network.constant("offset", np.float32(-100)))
    padded = network.pad(below, [(0, 0), (1, 0), (2, 1), (0, 0)])
    network.output(network.max_pool(padded, (2, 2), (2, 2), "VALID"), network.max_pool(padded, (3, 3), (2, 2), "SAME"))
    assert judge(network).kinds()["pad"] == 1


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_average_pool_leaves_the_padding_out(padding: str, judge: Convert) -> None:
    network = Network()
    for rows, columns in ((7, 8), (8, 7)):
        x = network.input(f"picture_{rows}", (1, rows, columns, 3))
        network.output(*(network.average_pool(x, window, stride, padding) for window, stride in WINDOWS))
    x = network.conv(network.input("picture", (1, 6, 6, 3)), 4)
    network.output(network.average_pool(x, (6, 6), (6, 6), padding, fusedActivationFunction="RELU"))
    assert judge(network).kinds()["avg_pool"] > 7


@pytest.mark.parametrize("activation", ["RELU", "RELU6", "RELU_N1_TO_1"])
def test_fused_activations(activation: str, judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 6, 6, 3))
    scaled = network.binary("MUL", x, network.constant("scale", np.float32(5)))
    network.output(network.max_pool(scaled, (2, 2), (2, 2), "VALID", fusedActivationFunction=activation))
    judge(network)


@pytest.mark.parametrize("kind", ["MAX_POOL_2D", "AVERAGE_POOL_2D"])
@pytest.mark.parametrize(("window", "stride"), [((0, 2), (2, 2)), ((2, 2), (2, -1))])
def test_what_no_pooling_is(kind: str, window: Pair, stride: Pair, convert: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 6, 6, 3))
    options: dict[str, Any] = {
        "filterHeight": window[0],
        "filterWidth": window[1],
        "strideH": stride[0],
        "strideW": stride[1],
    }
    network.output(network.operator(kind, [x], (1, 3, 3, 3), padding="SAME", **options))
    with pytest.raises(ConversionError, match=rf"operator 0 {kind} .*: input \[1, 6, 6, 3\], window \("):
        convert(network)
