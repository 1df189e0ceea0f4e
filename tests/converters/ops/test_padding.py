from collections.abc import Sequence

import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network, Pair

PADDINGS: list[list[Pair]] = [
    [(0, 0), (0, 0), (0, 0), (0, 3)],
    [(0, 0), (1, 2), (3, 0), (0, 0)],
    [(1, 1), (0, 0), (0, 0), (0, 0)],
    [(0, 1), (1, 0), (0, 2), (2, 0)],
    [(0, 0), (0, 0), (0, 0), (0, 0)],
]


@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_pad(held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 2))
    x = network.conv(picture, 2) if held == "NCHW" else picture
    network.output(*(network.pad(x, pairs) for pairs in PADDINGS))
    judge(network)


@pytest.mark.parametrize("pairs", [[(1, 2)], [(0, 2), (0, 0)], [(0, 0), (1, 2), (0, 1)]])
def test_pad_of_other_ranks(pairs: list[Pair], judge: Convert) -> None:
    network = Network()
    network.output(network.pad(network.input("values", (2, 3, 4)[: len(pairs)]), pairs))
    judge(network)


def test_channels_added_to_a_shortcut(judge: Convert) -> None:
    """BlazeFace's block: the shortcut is pooled and widened by channels of zeros, then added."""
    network = Network()
    x = network.conv(network.input("picture", (1, 8, 8, 3)), 4)
    pooled = network.max_pool(x, (2, 2), (2, 2), "SAME")
    shortcut = network.pad(pooled, [(0, 0), (0, 0), (0, 0), (0, 2)])
    main = network.conv(network.depthwise(x, stride=(2, 2)), 6, (1, 1))
    network.output(network.conv(network.binary("ADD", main, shortcut, fusedActivationFunction="RELU"), 2))
    kinds = judge(network).kinds()
    assert (kinds["transpose"], kinds["pad"]) == (2, 1)


@pytest.mark.parametrize(
    ("pairs", "shape", "message"),
    [
        ([(0, 0), (1, -1)], (2, 3), r"paddings \[\[0, 0\], \[1, -1\]\] for the shape \[2, 3\]"),
        ([(0, 0)], (2, 3), r"paddings \[\[0, 0\]\] for the shape \[2, 3\]"),
        ([(0, 0), (1, 0)], (2, 5), r"\[2, 3\] padded by \[\(0, 0\), \(1, 0\)\] is not \[2, 5\]"),
    ],
)
def test_what_no_padding_is(pairs: Sequence[Pair], shape: tuple[int, ...], message: str, convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 3)), network.integers(pairs)]
    network.output(network.operator("PAD", operands, shape))
    with pytest.raises(ConversionError, match=f"operator 0 PAD .*: {message}"):
        convert(network)


@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_pad_by_a_value(held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 2))
    x = network.conv(picture, 2) if held == "NCHW" else picture
    for pairs in PADDINGS:
        operands = [x, network.integers(pairs), network.constant(f"value_{len(network.tensors)}", np.float32(-2.5))]
        network.output(network.operator("PADV2", operands, padded(network, x, pairs)))
    judge(network)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_pad_of_whole_numbers(dtype: str, judge: Convert) -> None:
    network = Network()
    x = network.input("counts", (2, 3), dtype)
    for pairs in ([(1, 0), (0, 2)], [(0, 0), (2, 1)], [(0, 0), (0, 0)]):
        operands, shape = [x, network.integers(pairs)], padded(network, x, pairs)
        network.output(network.operator("PAD", operands, shape, dtype=dtype))
        value = network.constant(f"value_{len(network.tensors)}", -7, dtype)
        network.output(network.operator("PADV2", [*operands, value], shape, dtype=dtype))
    picture = network.input("picture", (1, 2, 3, 2), dtype)
    pairs = [(0, 0), (1, 0), (0, 2), (0, 0)]
    shape = padded(network, picture, pairs)
    network.output(network.operator("PAD", [picture, network.integers(pairs)], shape, dtype=dtype))
    judge(network)


def test_what_is_no_single_value(convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 3)), network.integers([(1, 0), (0, 2)]), network.constant("two", [1, 2])]
    network.output(network.operator("PADV2", operands, (3, 5)))
    with pytest.raises(ConversionError, match=r"operator 0 PADV2 .*: pads with \[1.0, 2.0\], expected a single value"):
        convert(network)


@pytest.mark.parametrize("mode", ["REFLECT", "SYMMETRIC"])
@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_mirrors(mode: str, held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 4, 5, 3))
    x = network.conv(picture, 3) if held == "NCHW" else picture
    for pairs in ([(0, 0), (2, 1), (3, 4), (0, 0)], [(0, 0), (1, 0), (0, 2), (2, 1)], [(0, 0), (0, 0), (2, 0), (0, 0)]):
        network.output(
            network.operator("MIRROR_PAD", [x, network.integers(pairs)], padded(network, x, pairs), mode=mode)
        )
    row = network.input("row", (5,))
    network.output(network.operator("MIRROR_PAD", [row, network.integers([(2, 3)])], (10,), mode=mode))
    judge(network)


@pytest.mark.parametrize(("mode", "cells"), [("REFLECT", 3), ("SYMMETRIC", 4)])
def test_more_than_there_is_to_mirror(mode: str, cells: int, convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (2, 3)), network.integers([(0, 0), (0, cells)])]
    network.output(network.operator("MIRROR_PAD", operands, (2, 3 + cells), mode=mode))
    with pytest.raises(ConversionError, match=rf"MIRROR_PAD .*: mirrors \(0, {cells}\) cells of an axis of 3"):
        convert(network)


def padded(network: Network, x: int, pairs: Sequence[Pair]) -> tuple[int, ...]:
    """The shape with the cells before and after each axis."""
    return tuple(before + size + after for size, (before, after) in zip(network.shape(x), pairs, strict=True))
