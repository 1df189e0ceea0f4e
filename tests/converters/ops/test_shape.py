from typing import Any

import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

SHAPES: list[tuple[int, ...]] = [(120,), (5, 24), (1, 30, 4), (6, 5, 4), (1, 6, 5, 4), (1, 5, 6, 4), (1, 5, 3, 2, 4)]


def test_reshape_reads_the_sources_order(judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    network.output(*(network.reshape(hidden, shape) for shape in SHAPES))
    judge(network)


def test_reshape_and_back_into_a_convolution(judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("picture", (1, 4, 6, 3)), 4)
    for shape in ((1, 24, 4), (96,), (1, 6, 4, 4)):
        picture = network.reshape(network.unary("RELU", network.reshape(hidden, shape)), (1, 6, 8, 2))
        network.output(network.conv(picture, 3))
    judge(network)


def test_a_single_pixel_is_reshaped_without_a_transpose(judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("grey", (1, 5, 6, 1)), 8, (5, 6), padding="VALID")
    network.output(network.reshape(hidden, (1, 8)), network.conv(network.reshape(hidden, (1, 1, 1, 8)), 2, (1, 1)))
    assert "transpose" not in judge(network).kinds()


def test_reshape_to_another_size(convert: Convert) -> None:
    network = Network()
    network.output(network.reshape(network.input("values", (2, 3)), (7,)))
    with pytest.raises(ConversionError, match=r"operator 0 RESHAPE .*: \[2, 3\] can't become \[7\]"):
        convert(network)


@pytest.mark.parametrize("held", ["NCHW", "NHWC", "both"])
def test_concatenation_along_every_axis(held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 2))
    hidden = network.conv(picture, 2)
    left, right = {"NCHW": (hidden, hidden), "NHWC": (picture, picture), "both": (picture, hidden)}[held]
    for axis in range(-4, 4):
        shape = [size * (2 if j == axis % 4 else 1) for j, size in enumerate((1, 3, 4, 2))]
        network.output(network.operator("CONCATENATION", [left, right], shape, axis=axis))
    judge(network)


def test_concatenation_of_constants_and_of_one_operand(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3))
    weights = network.weights(2, 2)
    network.output(
        network.operator("CONCATENATION", [weights, x, weights], (2, 7), axis=1),
        network.operator("CONCATENATION", [x], (2, 3), axis=0),
        network.operator("CONCATENATION", [network.unary("RELU", x), network.weights(1, 3)], (3, 3), axis=-2),
    )
    judge(network)


def test_detector_heads(judge: Convert) -> None:
    """BlazeFace's end: two grids of anchors, each reshaped, one behind the other."""
    network = Network()
    fine = network.conv(network.input("picture", (1, 8, 8, 3)), 4, stride=(2, 2))
    coarse = network.conv(fine, 6, stride=(2, 2))
    rows = [network.reshape(fine, (1, 16, 4)), network.reshape(coarse, (1, 6, 4))]
    network.output(network.operator("CONCATENATION", rows, (1, 22, 4), axis=1))
    assert judge(network).kinds()["transpose"] == 3  # the input and the two heads, nothing between the convolutions


@pytest.mark.parametrize("axis", [2, -3])
def test_concatenation_along_no_axis(axis: int, convert: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3))
    network.output(network.operator("CONCATENATION", [x, x], (4, 3), axis=axis))
    with pytest.raises(ConversionError, match=rf"CONCATENATION .*: operands of ranks \[2, 2\] along axis {axis}"):
        convert(network)


# begin, end, stride, and the masks by axis: the picture is [1, 5, 6, 4].
SLICES: list[tuple[list[int], list[int], list[int], dict[str, int]]] = [
    ([0, 1, 2, 0], [1, 4, 5, 4], [1, 1, 1, 1], {}),
    ([0, 0, 1, 0], [1, 5, 6, 4], [1, 2, 3, 1], {}),
    ([0, -4, -3, -2], [1, -1, 6, 4], [1, 1, 1, 1], {}),
    ([0, 3, 5, 3], [1, 0, 1, 1], [1, -1, -2, -1], {}),
    ([0, -1, -1, 0], [1, -6, -7, 4], [1, -1, -3, 1], {}),
    ([0, 9, -99, 0], [1, -99, 99, 99], [1, -1, 1, 1], {}),
    ([0, 7, 7, 7], [0, 7, 7, 7], [1, 1, 1, 1], {"beginMask": 15, "endMask": 15}),
    ([0, 4, 2, 0], [1, 1, 1, 1], [1, -2, 1, 1], {"endMask": 14}),
    ([0, 3, 3, 2], [1, 2, 5, 4], [1, -1, 1, 1], {"beginMask": 6}),
    ([0, 2, 0, 0], [1, 3, 6, 4], [1, 1, 1, 1], {"shrinkAxisMask": 2}),
    ([0, -2, 3, -1], [0, 0, 0, 0], [1, 1, 1, 1], {"shrinkAxisMask": 11, "endMask": 4}),
    ([0, 3, 0, 1], [1, 4, 6, 2], [1, 1, 1, 1], {"shrinkAxisMask": 8, "beginMask": 8}),
]


@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_strided_slice(held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 4))
    x = network.conv(picture, 4) if held == "NCHW" else picture
    for begin, end, stride, masks in SLICES:
        network.output(strided_slice(network, x, begin, end, stride, **masks))
    judge(network)


def test_a_slice_of_the_first_axes(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (4, 5, 6))
    network.output(
        strided_slice(network, x, [1], [3], [1]),
        strided_slice(network, x, [1, 4], [2, 0], [1, -2], shrinkAxisMask=1),
    )
    judge(network)


@pytest.mark.parametrize("held", ["NCHW", "NHWC"])
def test_slices_with_ellipses_and_new_axes(held: str, judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 5, 6, 4))
    x = network.conv(picture, 4) if held == "NCHW" else picture
    network.output(
        strided_slice(network, x, [0, 1], [0, 3], [1, 1], ellipsisMask=1),
        strided_slice(network, x, [0, 0, 3], [1, 0, 0], [1, 1, -1], ellipsisMask=2),
        strided_slice(network, x, [0, 0, -1], [0, 0, 0], [1, 1, 1], ellipsisMask=2, shrinkAxisMask=5),
        strided_slice(network, x, [0, 0, 1], [0, 0, 4], [1, 1, 2], newAxisMask=1, shrinkAxisMask=2),
        strided_slice(network, x, [0, 2, 0, 0], [1, 3, 0, 0], [1, 1, 1, 1], ellipsisMask=4, newAxisMask=8),
        strided_slice(network, x, [0, 0], [0, 0], [1, 1], ellipsisMask=2, shrinkAxisMask=1),
    )
    judge(network)


def test_slices_whose_ends_count_from_their_beginnings(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (4, 5, 6))
    lengths: list[tuple[list[int], list[int], list[int], dict[str, Any], tuple[int, ...]]] = [
        ([1, 2, 0], [2, 1, 6], [1, 1, 2], {}, (2, 1, 3)),
        ([-3, 0, 4], [2, 5, -4], [1, 1, -1], {}, (2, 5, 4)),
        ([2, 1, 1], [2, 3, 9], [1, 1, 1], {"beginMask": 1, "shrinkAxisMask": 4}, (2, 3)),
    ]
    for begin, length, stride, masks, shape in lengths:
        operands = [x, *(network.integers(values) for values in (begin, length, stride))]
        network.output(network.operator("STRIDED_SLICE", operands, shape, offset=True, **masks))
    judge(network)


def test_a_slice_of_channels_needs_no_transpose(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    cut = strided_slice(network, x, [0, 0, 0, 1], [1, 5, 6, 3], [1, 1, 1, 1])
    network.output(network.conv(cut, 2))
    assert judge(network).kinds()["transpose"] == 2


def strided_slice(network: Network, x: int, begin: list[int], end: list[int], stride: list[int], **masks: Any) -> int:
    """STRIDED_SLICE with the shape that numpy gives the same indices."""

    def named(mask: str, place: int) -> bool:
        return bool(masks.get(mask, 0) >> place & 1)

    indices: list[Any] = []
    for j, (first, last, step) in enumerate(zip(begin, end, stride, strict=True)):
        start = None if named("beginMask", j) else first
        if named("ellipsisMask", j):
            indices.append(...)
        elif named("newAxisMask", j):
            indices.append(None)
        elif named("shrinkAxisMask", j):
            indices.append(start or 0)
        else:
            indices.append(slice(start, None if named("endMask", j) else last, step))
    shape = np.empty(network.shape(x))[tuple(indices)].shape
    operands = [x, *(network.integers(values) for values in (begin, end, stride))]
    return network.operator("STRIDED_SLICE", operands, shape, **masks)


def test_axes_of_one_come_and_go(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 1)), 3, (5, 1), padding="VALID")
    network.output(
        network.operator("SQUEEZE", [x], (6, 3), squeezeDims=[0, 1]),
        network.operator("EXPAND_DIMS", [x, network.integers([1])], (1, 1, 1, 6, 3)),
    )
    judge(network)


@pytest.mark.parametrize(
    ("bounds", "options", "message"),
    [
        (([0, 0], [1, 1], [1, 0]), {}, r"begin \[0, 0\], end \[1, 1\], strides \[1, 0\] for the shape \[2, 3\]"),
        (([0] * 3, [1] * 3, [1] * 3), {}, "bounds for 3 axes and 0 ellipses, the source has 2 axes"),
        (([0] * 2, [1] * 2, [1] * 2), {"ellipsisMask": 3}, "bounds for 0 axes and 2 ellipses, the source has 2 axes"),
        (([0], [1], [1]), {"offset": True, "endMask": 1}, r"ends counted from the beginnings \(offset\) and left open"),
        (([5], [6], [1]), {"shrinkAxisMask": 1}, "element 5 of an axis of 2"),
    ],
)
def test_what_no_slice_is(
    bounds: tuple[list[int], list[int], list[int]], options: dict[str, Any], message: str, convert: Convert
) -> None:
    network = Network()
    operands = [network.input("values", (2, 3)), *(network.integers(values) for values in bounds)]
    network.output(network.operator("STRIDED_SLICE", operands, (1, 1), **options))
    with pytest.raises(ConversionError, match=f"operator 0 STRIDED_SLICE .*: {message}"):
        convert(network)
