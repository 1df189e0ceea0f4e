from typing import Any

import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

ORDERS = [(0, 1, 2, 3), (0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 1, 0), (1, 0, 3, 2)]


def both_orders(network: Network, channels: int = 4) -> tuple[int, int]:
    """A picture held NHWC, and one of a convolution, held NCHW."""
    picture = network.input("picture", (1, 3, 5, channels))
    return picture, network.conv(picture, channels)


def test_transpose(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for order in ORDERS:
            shape = [network.shape(x)[axis] for axis in order]
            network.output(network.operator("TRANSPOSE", [x, network.integers(order)], shape))
    judge(network)


def test_transposes_around_a_network_cancel(judge: Convert) -> None:
    """A model that came from NCHW: what its exporter turned, and turned back, is not turned at all."""
    network = Network()
    x = network.input("picture", (1, 3, 6, 6))
    turned = network.operator("TRANSPOSE", [x, network.integers((0, 2, 3, 1))], (1, 6, 6, 3))
    hidden = network.unary("RELU", network.conv(turned, 4))
    network.output(network.operator("TRANSPOSE", [hidden, network.integers((0, 3, 1, 2))], (1, 4, 6, 6)))
    assert "transpose" not in judge(network).kinds()


def test_no_permutation(convert: Convert) -> None:
    network = Network()
    network.output(network.operator("TRANSPOSE", [network.input("x", (2, 3)), network.integers((1, 1))], (3, 3)))
    with pytest.raises(ConversionError, match=r"operator 0 TRANSPOSE .*: the permutation \[1, 1\] of 2 axes"):
        convert(network)


def test_pack(judge: Convert) -> None:
    network = Network()
    x, hidden = both_orders(network)
    for axis in (0, 2, -1):
        shape = list(np.stack([np.empty((1, 3, 5, 4))] * 2, axis).shape)
        network.output(network.operator("PACK", [x, hidden], shape, axis=axis, valuesCount=2))
    row = network.input("row", (3,))
    operands = [row, network.weights(3), row]
    network.output(network.operator("PACK", operands, (3, 3), axis=1, valuesCount=3))
    judge(network)


def test_unpack(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for axis in (1, -1, 0):
            shape = list(np.delete(network.shape(x), axis))
            count = network.shape(x)[axis]
            network.output(*network.operator_of_many("UNPACK", [x], [shape] * count, axis=axis, num=count))
    judge(network)


def test_split(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for axis, count in ((3, 2), (-1, 4), (1, 3), (2, 1)):
            shape = list(network.shape(x))
            shape[axis] //= count
            operands: list[int | None] = [network.integers(axis), x]
            network.output(*network.operator_of_many("SPLIT", operands, [shape] * count, numSplits=count))
        operands = [x, network.integers([1, 3, 1]), network.integers(2)]
        shapes = [(1, 3, width, 4) for width in (1, 3, 1)]
        network.output(*network.operator_of_many("SPLIT_V", operands, shapes, numSplits=3))
    judge(network)


@pytest.mark.parametrize(
    ("kind", "count", "message"),
    [
        ("SPLIT", 3, r"parts of \[2, 2, 2\] along axis 1 of \[2, 4\]"),
        ("UNPACK", 3, r"3 results from axis 1 of \[2, 4\]"),
    ],
)
def test_parts_that_do_not_fit(kind: str, count: int, message: str, convert: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 4))
    operands = [network.integers(1), x] if kind == "SPLIT" else [x]
    shape = (2, 2) if kind == "SPLIT" else (2,)
    options: dict[str, Any] = {"numSplits": count} if kind == "SPLIT" else {"axis": 1, "num": count}
    network.output(*network.operator_of_many(kind, operands, [shape] * count, **options))
    with pytest.raises(ConversionError, match=f"operator 0 {kind} .*: {message}"):
        convert(network)


def test_gather(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for axis, indices in ((3, [2, 0, 0]), (-2, [[4, 1], [0, 3]]), (1, 2)):
            shape = np.take(np.empty(network.shape(x)), indices, axis).shape
            network.output(network.operator("GATHER", [x, network.integers(indices)], shape, axis=axis))
    table, places = network.weights(7, 4), network.input("places", (2, 3), "int32")
    within = network.operator("FLOOR_MOD", [places, network.integers(7)], (2, 3), dtype="int32")
    network.output(network.operator("GATHER", [table, within], (2, 3, 4), axis=0))
    judge(network)


@pytest.mark.parametrize("batches", [1, 2, -1])
@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_gather_in_each_batch(batches: int, held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (2, 3, 5, 4))
    x = network.conv(picture, 4) if held == "NCHW" else picture
    places = np.array([[2, 0, 0], [1, 2, 2]])
    shared = batches % 2 or 2
    for axis in range(shared, 4):
        shape = (*(2, 3, 5, 4)[:axis], *places.shape[shared:], *(2, 3, 5, 4)[axis + 1 :])
        options: dict[str, Any] = {"axis": axis, "batchDims": batches}
        network.output(network.operator("GATHER", [x, network.integers(places)], shape, **options))
    judge(network)


@pytest.mark.parametrize(
    ("index", "options", "message"),
    [
        (4, {"axis": 1}, "indices from 4 to 4 into an axis of 4"),
        (1, {"axis": 2}, r"axis 2 of 'values', which has the shape \[2, 4\]"),
        (1, {"axis": 1, "batchDims": 1}, r"1 batch dimensions of \[2, 4\] and \[1\]"),
        (1, {"axis": 0, "batchDims": 1}, r"1 batch dimensions of \[2, 4\] and \[1\]"),
    ],
)
def test_what_can_not_be_gathered(index: int, options: dict[str, Any], message: str, convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 4)), network.integers([index])]
    network.output(network.operator("GATHER", operands, (2, 1), **options))
    with pytest.raises(ConversionError, match=f"operator 0 GATHER .*: {message}"):
        convert(network)


def test_gather_and_scatter_by_tuples(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (3, 4, 2))
    network.output(
        network.operator("GATHER_ND", [x, network.integers([[0, 1], [2, 3]])], (2, 2)),
        network.operator("GATHER_ND", [x, network.integers([[2], [0]])], (2, 4, 2)),
    )
    updates = network.input("updates", (4, 2))
    operands = [network.integers([[4], [0], [2], [4]]), updates, network.integers([6, 2])]
    network.output(network.operator("SCATTER_ND", operands, (6, 2)))
    judge(network)


def test_slice(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for begin, size in (([0, 1, 2, 0], [1, 2, 3, 4]), ([0, 0, 1, 3], [-1, 3, -1, 1]), ([0] * 4, [-1] * 4)):
            starts = zip(begin, size, network.shape(x), strict=True)
            shape = [whole - start if length == -1 else length for start, length, whole in starts]
            network.output(network.operator("SLICE", [x, network.integers(begin), network.integers(size)], shape))
    judge(network)


def test_a_slice_beyond_the_end(convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 4)), network.integers([0, 2]), network.integers([2, 3])]
    network.output(network.operator("SLICE", operands, (2, 3)))
    with pytest.raises(
        ConversionError, match=r"SLICE .*: begin \[0, 2\], size \[2, 3\] reach beyond the shape \[2, 4\]"
    ):
        convert(network)


def test_reverse(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for axis in (3, 1, -2):
            network.output(network.operator("REVERSE_V2", [x, network.integers([axis])], network.shape(x)))
    judge(network)


def test_tile_and_broadcast(judge: Convert) -> None:
    network = Network()
    for x in both_orders(network):
        for repeats in ((1, 2, 1, 3), (2, 1, 1, 1), (1, 1, 1, 1)):
            shape = np.multiply(network.shape(x), repeats).tolist()
            network.output(network.operator("TILE", [x, network.integers(repeats)], shape))
    row = network.input("row", (3, 1))
    network.output(network.operator("BROADCAST_TO", [row, network.integers((2, 3, 4))], (2, 3, 4)))
    judge(network)


def test_a_shape_that_repeats_nothing(convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 4)), network.integers((2, 6))]
    network.output(network.operator("BROADCAST_TO", operands, (2, 6)))
    with pytest.raises(ConversionError, match=r"BROADCAST_TO .*: \[2, 4\] can't be repeated to \[2, 6\]"):
        convert(network)


def test_computed_shapes_are_known(judge: Convert) -> None:
    """SHAPE → STRIDED_SLICE and GATHER → PACK → RESHAPE, paddings and sizes computed so: nothing of it remains."""
    network = Network()
    x = network.conv(network.input("picture", (1, 4, 6, 3)), 2)
    shape = network.operator("SHAPE", [x], (4,), dtype="int32", outType="INT32")
    bounds = [network.integers([value]) for value in (0, 1, 1)]
    batch = network.operator("STRIDED_SLICE", [shape, *bounds], (), dtype="int32", shrinkAxisMask=1)
    rows = network.operator("GATHER", [shape, network.integers(1)], (), dtype="int32", axis=0)
    doubled = network.operator("MUL", [rows, network.integers(2)], (), dtype="int32")
    target = network.operator("PACK", [batch, doubled, network.integers(6)], (3,), dtype="int32", axis=0, valuesCount=3)
    network.output(network.operator("RESHAPE", [x, target], (1, 8, 6)))
    none = network.integers([0, 0])
    pairs = network.operator("PACK", [none, none, network.integers([1, 2]), none], (4, 2), dtype="int32", valuesCount=4)
    network.output(network.conv(network.operator("PAD", [x, pairs], (1, 4, 9, 2)), 3))
    both = network.operator("PACK", [doubled, doubled], (2,), dtype="int32", valuesCount=2)
    network.output(network.operator("RESIZE_BILINEAR", [x, both], (1, 8, 8, 2)))
    assert not {"gather", "shape", "slice_by_index", "concat", "pad"} & set(judge(network).kinds())
