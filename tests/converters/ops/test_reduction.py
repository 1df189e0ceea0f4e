from typing import Any

import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

REDUCTIONS = ["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"]
AXES: list[tuple[int, ...]] = [(1, 2), (2, 1), (3,), (-1,), (0,), (1,), (1, 2, 3), (0, 3), (0, 1, 2, 3)]


def reduced(network: Network, kind: str, x: int, axes: tuple[int, ...], keep: bool, dtype: str = "float32") -> int:
    shape = np.empty(network.shape(x)).sum(axis=axes, keepdims=keep).shape
    return network.operator(kind, [x, network.integers(axes)], shape, dtype=dtype, keepDims=keep)


@pytest.mark.parametrize("kind", REDUCTIONS)
def test_every_axis_in_both_orders(kind: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 3))
    # A product of sixty sums has no digits left in common with that of the same sums in another order.
    chosen = AXES[2:6] if kind == "REDUCE_PROD" else AXES
    for x in (picture, network.conv(picture, 5)):
        network.output(*(reduced(network, kind, x, axes, keep) for axes in chosen for keep in (False, True)))
    judge(network)


def test_reductions_of_whole_numbers_and_of_no_axis(judge: Convert) -> None:
    network = Network()
    x = network.input("counts", (2, 3), "int32")
    network.output(*(reduced(network, kind, x, (1,), False, "int32") for kind in ("SUM", "REDUCE_MAX")))
    values = network.input("values", (2, 3))
    network.output(network.operator("SUM", [values, network.integers(np.zeros(0))], (2, 3), keepDims=True))
    judge(network)


@pytest.mark.parametrize("kind", ["REDUCE_ANY", "REDUCE_ALL"])
def test_any_and_all_in_both_orders(kind: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 3))
    for x, scale in ((picture, 1), (network.conv(picture, 3), 5)):  # a sum of 27 products spreads five times as far
        limits = network.constant(f"limits_{scale}", np.array([-1.5, -1, -0.5]) * scale)
        truth = network.operator("GREATER", [x, limits], (1, 3, 4, 3), dtype="bool")
        for axes, keep in (((1,), False), ((2,), True), ((-1,), False)):
            made = reduced(network, kind, truth, axes, keep, "bool")
            network.output(network.operator("CAST", [made], network.shape(made)))
    judge(network)


def test_a_mean_over_the_picture_needs_no_transpose(judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("picture", (1, 4, 4, 3)), 8)
    pooled = reduced(network, "MEAN", hidden, (1, 2), True)
    network.output(network.conv(network.binary("MUL", hidden, network.conv(pooled, 8, (1, 1))), 2))
    assert judge(network).kinds()["transpose"] == 2  # one into the network, one out of it


@pytest.mark.parametrize("axis", [2, -3])
def test_no_such_axis(axis: int, convert: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3))
    network.output(network.operator("MEAN", [x, network.integers([axis])], (2,)))
    with pytest.raises(ConversionError, match=rf"operator 0 MEAN .*: axis {axis} of 'values', .* shape \[2, 3\]"):
        convert(network)


@pytest.mark.parametrize(("kind", "dtype"), [("ARG_MAX", "int64"), ("ARG_MIN", "int32")])
def test_the_place_of_the_extreme(kind: str, dtype: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 4, 5, 3))
    for x in (picture, network.conv(picture, 6)):
        for axis in (3, -2, 1):
            shape = np.delete(network.shape(x), axis).tolist()
            operands = [x, network.integers([axis])]
            network.output(network.operator(kind, operands, shape, dtype=dtype, outputType=dtype.upper()))
    judge(network)


def test_the_first_of_equal_extremes(judge: Convert) -> None:
    network = Network()
    x = network.unary("SIGN", network.input("values", (3, 40)))
    network.output(network.operator("ARG_MAX", [x, network.integers([1])], (3,), dtype="int32", outputType="INT32"))
    judge(network)


def test_softmax(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 4, 5, 3))
    values: list[tuple[int, dict[str, Any]]] = [
        (picture, {"beta": 1.0}),
        (network.conv(picture, 6), {"beta": 1.0}),
        (network.conv(picture, 4), {"beta": 0.25}),
        (network.input("row", (2, 7)), {"beta": 1.0}),
    ]
    network.output(*(network.operator("SOFTMAX", [x], network.shape(x), **options) for x, options in values))
    network.output(network.unary("LOG_SOFTMAX", picture), network.unary("LOG_SOFTMAX", values[1][0]))
    judge(network)


def test_l2_normalization(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 4, 5, 3))
    # LiteRT's own floor of the norm, 1e-6, is what a row of zeros is divided by.
    zeros = network.binary("MUL", network.input("row", (2, 7)), network.constant("mask", [[0], [1]]))
    network.output(*(network.unary("L2_NORMALIZATION", x) for x in (picture, network.conv(picture, 6), zeros)))
    judge(network)
