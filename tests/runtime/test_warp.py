import hashlib
import math
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from runtime.errors import FrameError
from runtime.regions import Region, whole_frame
from runtime.warp import LONGEST_SIDE, Border, warp
from verification.compositions import Composition, compose
from verification.pictures import Pixels

CASES = [
    ((250, 300), None, 128, "zero", "cb948ec327cbdd10"),
    ((307, 205), None, 128, "zero", "8f3dfe29b1eaa9eb"),
    ((320, 240), Region((160.5, 100.25), (143.0, 143.0), 0.3), 192, "replicate", "38bbc2f165d07b51"),
    ((320, 240), Region((300.0, 20.0), (200.0, 200.0), -1.1), 192, "replicate", "62502f06a4339f14"),
    ((320, 240), Region((10.0, 230.0), (90.5, 90.5), 2.9), 64, "zero", "d709155f3c7fc387"),
    ((1, 200), None, 128, "zero", "77cbdd1e706609a5"),
]
"""Size of the frame, region (None: all of it), side, border, and how the SHA-256 of OpenCV's own answer begins.

Made with opencv-python-headless 4.11.0: boxPoints, getPerspectiveTransform, warpPerspective with INTER_LINEAR.
"""


@pytest.fixture(scope="module")
def noise() -> Pixels:
    return compose(Composition(320, "noise w"), np.zeros((1, 1, 3), np.uint8))


@pytest.mark.parametrize(("size", "region", "side", "border", "expected"), CASES)
def test_every_pixel_is_opencvs(
    noise: Pixels, size: tuple[int, int], region: Region | None, side: int, border: Border, expected: str
) -> None:
    found = warp(noise[: size[1], : size[0]], region or whole_frame(*size), side, border)
    assert found.shape == (side, side, 3)
    assert hashlib.sha256(found.tobytes()).hexdigest().startswith(expected)


def homography(region: Region, side: int) -> NDArray[np.float64]:
    """Crop pixels → frame pixels, solved from the four corners that the crop's corners must come from."""
    (x, y), (a, b), t = region.center, region.size, region.rotation
    across = np.array([math.cos(t), math.sin(t)]) * a / 2
    down = np.array([-math.sin(t), math.cos(t)]) * b / 2
    center = np.array([x, y])
    source = [center - across + down, center - across - down, center + across - down, center + across + down]
    target = [(0, side), (0, 0), (side, 0), (side, side)]
    rows, values = [], []
    for (u, v), (sx, sy) in zip(target, source, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * sx, -v * sx], [0, 0, 0, u, v, 1, -u * sy, -v * sy]]
        values += [sx, sy]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values)), 1).reshape(3, 3)


def slow_warp(frame: NDArray[np.uint8], region: Region, side: int, border: Border) -> NDArray[np.float64]:
    """Pixel by pixel through the homography, each tap looked up on its own."""
    height, width, _ = frame.shape
    matrix = homography(region, side)

    def tap(x: int, y: int) -> NDArray[np.float64]:
        if border == "zero" and not (0 <= x < width and 0 <= y < height):
            return np.zeros(3)
        pixel: NDArray[np.float64] = frame[min(max(y, 0), height - 1), min(max(x, 0), width - 1)].astype(float)
        return pixel

    out = np.zeros((side, side, 3))
    for row in range(side):
        for column in range(side):
            x, y, w = matrix @ (column, row, 1)
            x, y = x / w, y / w
            for dx in (0, 1):
                for dy in (0, 1):
                    px, py = math.floor(x) + dx, math.floor(y) + dy
                    out[row, column] += (1 - abs(x - px)) * (1 - abs(y - py)) * tap(px, py)
    return out


@pytest.mark.parametrize("border", ["zero", "replicate"])
@pytest.mark.parametrize(
    "region",
    [
        Region((30, 20), (25.5, 25.5), 0.7),
        Region((2.0, 38.0), (60.0, 44.0), -2.5),
        Region((30.0, 20.0), (60.0, 60.0)),
        Region((-40.0, 90.0), (9.0, 7.0), 3.0),
    ],
)
def test_crops_are_the_definition_rounded(region: Region, border: Border) -> None:
    y, x = np.mgrid[0:40, 0:60]
    frame = np.stack([3 * x, 5 * y, x + y], axis=-1).astype(np.uint8)
    found, exact = warp(frame, region, 33, border).astype(float), slow_warp(frame, region, 33, border)
    # Half a step of 1/32 in x and y, where a pixel's neighbours differ by 5 levels, and half a level. At a border of
    # zeros neighbours differ by up to 195.
    steep = 195 if border == "zero" else 5
    assert np.abs(found - exact).max() <= 2 * steep / 64 + 0.5
    assert np.abs(found - exact).mean() < 0.3


def test_the_whole_frame_at_its_own_size_is_the_frame(noise: Pixels) -> None:
    np.testing.assert_array_equal(warp(noise, whole_frame(320, 320), 320, "zero"), noise)


def test_a_quarter_turn_turns_the_frame(noise: Pixels) -> None:
    # Around pixel (4, 4), over ± 4 pixels, the last row and column left out as in every crop.
    turned = warp(noise[:9, :9], Region((4, 4), (8, 8), math.pi / 2), 8, "replicate")
    np.testing.assert_array_equal(turned, np.rot90(noise[:9, :9])[:-1, :-1])


def test_views_and_frames_that_cannot_be_written_are_frames(noise: Pixels) -> None:
    region, frame = Region((80.0, 60.0), (70.0, 70.0), 0.3), noise.copy()
    frame.flags.writeable = False
    for view in (frame[::-1], frame[:, ::-1], frame[..., ::-1], frame[::2, ::2], np.asfortranarray(frame)):
        expected = warp(np.ascontiguousarray(view), region, 64, "replicate")
        np.testing.assert_array_equal(warp(view, region, 64, "replicate"), expected)


def test_opencvs_threads_stay_the_users_and_several_may_warp(noise: Pixels) -> None:
    region, threads = Region((100.0, 90.0), (70.0, 70.0), 0.2), cv2.getNumThreads()
    alone = warp(noise, region, 192, "replicate")
    with ThreadPoolExecutor(2) as pool:
        for together in pool.map(lambda _: warp(noise, region, 192, "replicate"), range(20)):
            np.testing.assert_array_equal(together, alone)
    assert cv2.getNumThreads() == threads


def test_a_mirrored_region_reverses_the_columns(noise: Pixels) -> None:
    region = Region((100.0, 90.0), (70.0, 70.0), 0.2)
    np.testing.assert_array_equal(
        warp(noise, region.mirrored(), 16, "replicate"), warp(noise, region, 16, "replicate")[:, ::-1]
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (2, 3)])
@pytest.mark.parametrize("border", ["zero", "replicate"])
def test_the_smallest_frames_are_no_exception(size: tuple[int, int], border: Border) -> None:
    frame = np.full((size[1], size[0], 3), 77, np.uint8)
    found = warp(frame, whole_frame(*size), 32, border)
    if border == "replicate":
        np.testing.assert_array_equal(found, 77)
    else:  # a pixel in the middle of two samples is half in each
        assert found.max() in (39, 77)


def test_a_region_far_away_shows_the_border_alone(noise: Pixels) -> None:
    far = Region((5e5, 5e5), (50.0, 50.0), 0.5)
    assert not warp(noise, far, 8, "zero").any()
    assert (warp(noise, far, 8, "replicate") == noise[-1, -1]).all()
    with pytest.raises(FrameError, match="span no area"):  # its corners are one point in float32
        warp(noise, Region((-1e30, 0.0), (1.0, 1.0), 0.5), 8, "zero")


@pytest.mark.parametrize("shape", [(4, 4), (0, 4, 3), (4, 0, 3), (4, 4, 4), (1, 4, 4, 3)])
def test_what_is_no_frame_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(FrameError, match=r"expected \[height, width, 3\] of uint8"):
        warp(np.zeros(shape, np.uint8), Region((1, 1), (2, 2)), 4, "zero")
    with pytest.raises(FrameError, match="float64"):
        warp(np.zeros((4, 4, 3)), Region((1, 1), (2, 2)), 4, "zero")  # type: ignore[arg-type]


def test_a_frame_that_is_too_long_for_opencv_is_refused() -> None:
    longest = np.full((2, LONGEST_SIDE, 3), 9, np.uint8)
    assert (warp(longest, Region((32000.0, 1.0), (2.0, 2.0)), 4, "replicate") == 9).all()
    with pytest.raises(FrameError, match=r"frame of 32767 x 1 pixels; expected at most 32766 on a side"):
        warp(np.zeros((1, LONGEST_SIDE + 1, 3), np.uint8), Region((1, 1), (2, 2)), 4, "zero")


def test_a_region_without_area_is_refused(noise: Pixels) -> None:
    with pytest.raises(FrameError, match="span no area"):
        warp(noise, Region((100.0, 100.0), (1e-9, 1e-9)), 8, "replicate")
    with pytest.raises(FrameError, match="span no area"):
        warp(noise, Region((100.0, 100.0), (50.0, 1e-9), 0.3), 8, "replicate")
