from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from converters.errors import ConversionError
from converters.merged_axes import merge_axes, with_merged_axes
from converters.tflite_reader import read_tflite
from tests.converters.judging import Convert
from tests.converters.network import Network


def transposed(network: Network, x: int, order: tuple[int, ...]) -> int:
    shape = [network.shape(x)[axis] for axis in order]
    return network.operator("TRANSPOSE", [x, network.integers(order)], shape)


@pytest.mark.parametrize(
    ("shape", "order", "merged"),
    [
        ((1, 8, 4, 8, 4, 16), (0, 1, 3, 2, 4, 5), ((8, 4, 8, 64), (0, 2, 1, 3))),
        ((2, 3, 1, 5), (0, 1, 3, 2), ((30,), (0,))),
        ((1, 1), (1, 0), ((1,), (0,))),
        ((2, 3, 4), (2, 1, 0), ((2, 3, 4), (2, 1, 0))),
        ((2, 3, 4), (2, 0, 1), ((6, 4), (1, 0))),
    ],
)
def test_fewest_axes(
    shape: tuple[int, ...], order: tuple[int, ...], merged: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    assert merge_axes(shape, order) == merged


def test_every_order_of_five_axes_leaves_the_values_where_they_were() -> None:
    shape = (2, 1, 3, 2, 4)
    values = np.arange(48).reshape(shape)
    for order in permutations(range(5)):
        sizes, merged = merge_axes(shape, order)
        assert np.array_equal(values.reshape(sizes).transpose(merged).reshape(-1), values.transpose(order).reshape(-1))


def test_windows_and_back(judge: Convert) -> None:
    """A picture of 8 × 12 in windows of 4 × 4, each through a layer, put together again: six axes on either way."""
    network = Network()
    x = network.conv(network.input("picture", (1, 8, 12, 3)), 5)
    cut = transposed(network, network.reshape(x, (1, 2, 4, 3, 4, 5)), (0, 1, 3, 2, 4, 5))
    windows = network.reshape(cut, (6, 16, 5))
    operands = [windows, network.weights(7, 5), network.weights(7)]
    layer = network.operator("FULLY_CONNECTED", operands, (6, 16, 7), keepNumDims=True)
    joined = transposed(network, network.reshape(layer, (1, 2, 3, 4, 4, 7)), (0, 1, 3, 2, 4, 5))
    network.output(network.reshape(joined, (1, 8, 12, 7)))
    assert judge(network).graph.tensors[cut].shape == (1, 2, 3, 4, 4, 5)


def test_too_many_axes_that_must_be(convert: Convert) -> None:
    network = Network()
    x = network.reshape(network.input("values", (64,)), (2, 2, 2, 2, 2, 2))
    network.output(network.reshape(transposed(network, x, (5, 4, 3, 2, 1, 0)), (64,)))
    with pytest.raises(
        ConversionError, match=r"RESHAPE .*: makes \[2, 2, 2, 2, 2, 2\], Core ML's tensors have at most 5"
    ):
        convert(network)


def read_elsewhere(network: Network, x: int) -> None:
    network.output(network.reshape(transposed(network, x, (0, 1, 3, 2, 4, 5)), (8,)), network.unary("TANH", x))


def put_out(network: Network, x: int) -> None:
    network.output(transposed(network, x, (0, 1, 3, 2, 4, 5)))


def read_by_others(network: Network, x: int) -> None:
    network.output(network.unary("TANH", transposed(network, x, (0, 1, 3, 2, 4, 5))))


def no_permutation(network: Network, x: int) -> None:
    turned = network.operator("TRANSPOSE", [x, network.integers((0, 1, 3, 3, 4, 5))], (1, 2, 1, 2, 1, 2))
    network.output(network.reshape(turned, (8,)))


@pytest.mark.parametrize("build", [read_elsewhere, put_out, read_by_others, no_permutation])
def test_what_is_left_alone(build: Callable[[Network, int], None], convert: Convert) -> None:
    network = Network()
    build(network, network.reshape(network.input("values", (8,)), (1, 2, 1, 2, 1, 2)))
    graph = read_tflite(network.build(), "built.tflite")
    assert [t.shape for t in with_merged_axes(graph).tensors] == [t.shape for t in graph.tensors]
    with pytest.raises(ConversionError, match=r"Core ML's tensors have at most 5 axes"):
        convert(network)
