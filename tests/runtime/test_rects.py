"""Held to what the formulas say, and to the regions of runtime.regions, which are computed in double precision."""

import math

import numpy as np
import pytest

from runtime.errors import FrameError
from runtime.rects import Rect, from_whole_frame
from runtime.regions import whole_frame

FRAME = (640, 360)
PIXELS = np.array(FRAME, np.float32)


def detection(angle: float) -> np.ndarray:
    """In pixels: a box of 40 x 20 around (100, 60), whose eyes are 10 apart, turned by `angle`."""
    eye = np.array([math.cos(angle), math.sin(angle)]) * 5
    center = np.array([100.0, 60.0])
    return np.array([[80, 50], [120, 70], center - eye, center + eye, *[center] * 4])


def rect(x: float, y: float, width: float, height: float, rotation: float = 0.0) -> Rect:
    numbers = [np.float32(value) for value in (x, y, width, height, rotation)]
    return Rect((numbers[0], numbers[1]), (numbers[2], numbers[3]), numbers[4], FRAME)


@pytest.mark.parametrize("degrees", [-179, -90, -30, 0, 30, 90, 150])
def test_a_detections_rect_is_its_boxs_square_turned_with_the_eyes(degrees: int) -> None:
    points = detection(math.radians(degrees))
    found = Rect.around_detection((points / FRAME).astype(np.float32), FRAME).region()
    np.testing.assert_allclose((*found.center, *found.size), (100, 60, 60, 60), rtol=1e-5)
    assert found.rotation == pytest.approx(math.radians(degrees), abs=1e-5)


def test_landmarks_rect_holds_them_all_and_levels_the_eyes() -> None:
    landmarks = np.full((468, 3), 0.5, np.float32)
    landmarks[0, :2], landmarks[467, :2] = (0.2, 0.4), (0.6, 0.5)
    landmarks[33, :2], landmarks[263, :2] = (0.4, 0.45), (0.5, 0.45 + 0.1 * 640 / 360)
    found = Rect.around_landmarks(landmarks, FRAME).region()
    np.testing.assert_allclose(found.center, (256, (0.4 + 0.45 + 0.1 * 640 / 360) / 2 * 360), rtol=1e-5)
    np.testing.assert_allclose(found.size, (1.5 * 256, 1.5 * 256), rtol=1e-5)
    assert found.rotation == pytest.approx(math.pi / 4, abs=1e-5)


@pytest.mark.parametrize("rotation", [0.0, 0.7, -2.0])
def test_landmarks_go_back_to_the_frame_as_the_region_says(rotation: float) -> None:
    side = 90.0
    region = rect(0.3, 0.6, side / 640, side / 360, rotation)
    points = np.random.default_rng(1).uniform(-0.2, 1.2, (20, 3)).astype(np.float32)
    exact = region.region().to_frame(points) / [640, 360, 640]
    np.testing.assert_allclose(region.to_frame(points), exact, atol=1e-6)


@pytest.mark.parametrize("size", [(640, 360), (250, 333), (1, 4000), (128, 128)])
def test_points_of_the_letterbox_go_back_to_the_frame(size: tuple[int, int]) -> None:
    points = np.random.default_rng(2).uniform(0, 1, (5, 8, 2)).astype(np.float32)
    exact = whole_frame(*size).to_frame(points) / size
    np.testing.assert_allclose(from_whole_frame(points, size), exact, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (rect(0.5, 0.5, 0.2, 0.4), 1.0),
        (rect(0.6, 0.5, 0.2, 0.4), 1 / 3),
        (rect(0.5, 0.5, 0.1, 0.2), 0.25),
        (rect(0.7, 0.5, 0.2, 0.4), 0.0),
        (rect(0.9, 0.9, 0.2, 0.4), 0.0),
        (rect(0.5, 0.5, 0.2, 0.4, 1.0), 1.0),
    ],
)
def test_the_overlap_is_intersection_over_union_without_rotation(other: Rect, expected: float) -> None:
    assert rect(0.5, 0.5, 0.2, 0.4).overlap(other) == pytest.approx(expected, abs=1e-6)
    assert other.overlap(rect(0.5, 0.5, 0.2, 0.4)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("points", [np.zeros((8, 2)), np.full((8, 2), np.nan), detection(0)[[1, 0, *range(2, 8)]]])
def test_what_spans_no_area_is_refused(points: np.ndarray) -> None:
    with np.errstate(invalid="ignore"), pytest.raises(FrameError, match="finite and positive"):
        Rect.around_detection(points.astype(np.float32), FRAME)
