from typing import Any

import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

MODES = [{"halfPixelCenters": True}, {"alignCorners": True}, {}]
SIZES = [(10, 12), (5, 6), (7, 11), (3, 4), (2, 13), (1, 1), (1, 6)]


@pytest.mark.parametrize("mode", MODES, ids=["half pixel centres", "aligned corners", "neither"])
def test_bilinear(mode: dict[str, Any], judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    for size in SIZES:
        network.output(network.operator("RESIZE_BILINEAR", [x, network.integers(size)], (1, *size, 4), **mode))
    judge(network)


@pytest.mark.parametrize("mode", MODES, ids=["half pixel centres", "aligned corners", "neither"])
def test_bilinear_from_a_single_pixel(mode: dict[str, Any], judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 1, 6, 2))
    network.output(network.operator("RESIZE_BILINEAR", [x, network.integers((4, 6))], (1, 4, 6, 2), **mode))
    judge(network)


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        ([4], {}, r"input \[1, 5, 6, 2\] to the size \[4\], expected rank 4 and two sizes"),
        ([0, 4], {}, r"to the size \[0, 4\]"),
        ([4, 4], {"alignCorners": True, "halfPixelCenters": True}, "both align_corners and half_pixel_centers are set"),
    ],
)
def test_what_no_resizing_is(size: list[int], options: dict[str, Any], message: str, convert: Convert) -> None:
    network = Network()
    operands = [network.input("picture", (1, 5, 6, 2)), network.integers(size)]
    network.output(network.operator("RESIZE_BILINEAR", operands, (1, 4, 4, 2), **options))
    with pytest.raises(ConversionError, match=rf"operator 0 RESIZE_BILINEAR .*: .*{message}"):
        convert(network)


def test_depth_to_space(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 3, 4, 3))
    for block, channels in ((2, 4), (2, 12), (3, 18)):
        x = network.conv(picture, channels)
        shape = (1, 3 * block, 4 * block, channels // block**2)
        network.output(network.operator("DEPTH_TO_SPACE", [x], shape, blockSize=block))
    judge(network)


def test_depth_to_space_without_a_block(convert: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 3, 4, 4))
    network.output(network.operator("DEPTH_TO_SPACE", [x], (1, 3, 4, 4), blockSize=0))
    with pytest.raises(ConversionError, match=r"operator 0 DEPTH_TO_SPACE .*: input \[1, 3, 4, 4\], block 0, expected"):
        convert(network)


@pytest.mark.parametrize("mode", MODES, ids=["half pixel centres", "aligned corners", "neither"])
def test_nearest_neighbour(mode: dict[str, Any], judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    for size in [*SIZES, (15, 6)]:
        operands = [x, network.integers(size)]
        network.output(network.operator("RESIZE_NEAREST_NEIGHBOR", operands, (1, *size, 4), **mode))
    kinds = judge(network).kinds()
    assert kinds.get("upsample_nearest_neighbor", 0) == (0 if "alignCorners" in mode else 2)


def test_nearest_neighbour_of_another_rank(convert: Convert) -> None:
    network = Network()
    operands = [network.input("values", (5, 6)), network.integers((4, 4))]
    network.output(network.operator("RESIZE_NEAREST_NEIGHBOR", operands, (4, 4)))
    with pytest.raises(
        ConversionError, match=r"RESIZE_NEAREST_NEIGHBOR .*: input \[5, 6\] to \[4, 4\], expected rank 4"
    ):
        convert(network)
