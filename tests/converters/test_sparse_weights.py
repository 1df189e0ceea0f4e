from typing import Any

import numpy as np
import pytest

from converters.graph import Array
from converters.sparse_weights import LEAST_ELEMENTS, mostly_zeros, sparse_form
from tests.converters.judging import Convert
from tests.converters.network import Network

SPARSE = "constexpr_sparse_to_dense"


def weights(share: float, size: int) -> Array:
    """`size` values, of which `share` are zeros."""
    generator = np.random.default_rng(0)
    values = generator.standard_normal(size).astype(np.float32)
    values[generator.permutation(size)[: round(share * size)]] = 0
    return values


@pytest.mark.parametrize(
    ("share", "size", "expected"),
    [
        (0.5, 200, True),
        (0.495, 200, False),
        (0.9, LEAST_ELEMENTS - 1, False),
        (0.9, LEAST_ELEMENTS, True),
        (1, 200, False),
    ],
)
def test_what_is_worth_it(share: float, size: int, expected: bool, judge: Convert) -> None:
    filters = weights(share, size)
    assert mostly_zeros(filters) is expected
    network = Network()
    x = network.input("picture", (1, 3, 3, 1))
    operands = [x, network.constant("filters", filters.reshape(size, 1, 1, 1)), network.weights(size)]
    network.output(network.operator("CONV_2D", operands, (1, 3, 3, size), padding="SAME", strideH=1, strideW=1))
    assert judge(network).kinds().get(SPARSE, 0) == expected


def test_bits_are_counted_from_the_lowest() -> None:
    nonzero, mask = sparse_form(np.array([[0, 5, 0], [7, 0, 0], [0, 0, 9]], np.float32))
    assert nonzero.tolist() == [5, 7, 9]
    assert mask.tolist() == [0b00001010, 0b1]


def test_filters_that_several_convolutions_share(judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 6, 6, 8))
    filters = network.constant("filters", weights(0.8, 8 * 3 * 3 * 8).reshape(8, 3, 3, 8))
    options: dict[str, Any] = {"padding": "SAME", "strideH": 1, "strideW": 1}
    for _ in range(2):
        x = network.operator("CONV_2D", [x, filters, network.weights(8)], (1, 6, 6, 8), **options)
    network.output(x)
    assert judge(network).kinds()[SPARSE] >= 1


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_a_sparse_package_is_smaller(precision: str, convert: Convert) -> None:
    def network(share: float) -> Network:
        network = Network()
        x = network.input("picture", (1, 6, 6, 32))
        filters = network.constant("filters", weights(share, 32 * 3 * 3 * 32).reshape(32, 3, 3, 32))
        operands = [x, filters, network.weights(32)]
        network.output(network.operator("CONV_2D", operands, (1, 6, 6, 32), padding="SAME", strideH=1, strideW=1))
        return network

    def stored(share: float) -> int:
        path = convert(network(share), precision=precision).path
        return (path / "Data/com.apple.CoreML/weights/weight.bin").stat().st_size

    item = {"float32": 4, "float16": 2}[precision]
    dense = 32 * 3 * 3 * 32
    assert stored(0) > dense * item
    assert stored(0.75) < 0.25 * dense * item + dense / 8 + 1024  # the values, a bit each, headers and the bias
