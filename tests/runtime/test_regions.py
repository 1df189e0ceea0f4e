import cmath
import math

import numpy as np
import pytest

from runtime.errors import FrameError
from runtime.regions import Region, around_eye, normalised_angle, whole_frame


def test_back_projection_turns_clockwise_on_the_screen() -> None:
    region = Region((100, 50), (40, 20), math.pi / 2)
    # The crop's right edge lies below the centre, its bottom edge to the left.
    np.testing.assert_allclose(
        region.to_frame(np.array([[0.5, 0.5], [1, 0.5], [0.5, 1]])), [[100, 50], [100, 70], [90, 50]]
    )


def test_corners_go_around_the_rectangle() -> None:
    np.testing.assert_allclose(Region((100, 50), (40, 20)).corners, [[80, 40], [120, 40], [120, 60], [80, 60]])


@pytest.mark.parametrize("seed", range(10))
def test_back_projection_is_a_rotation_in_the_complex_plane(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y, a, b = random.uniform(1, 500, 4)
    angle = random.uniform(-math.pi, math.pi)
    region = Region((x, y), (a, b), angle)
    points = random.uniform(-1, 2, (7, 3))
    found = region.to_frame(points)
    for (u, v, depth), point in zip(points, found, strict=True):
        expected = complex(x, y) + cmath.exp(1j * angle) * complex(a * (u - 0.5), b * (v - 0.5))
        assert point == pytest.approx((expected.real, expected.imag, depth * a))
    np.testing.assert_allclose(region.from_frame(found), points[:, :2], atol=1e-9)


def test_a_mirrored_region_sees_its_right_side_on_the_left() -> None:
    region = Region((10, 10), (4, 4), 0.3)
    left, right = np.array([0.0, 0.2, 0.1]), np.array([1.0, 0.2, 0.1])
    np.testing.assert_allclose(region.mirrored().to_frame(left), region.to_frame(right))
    np.testing.assert_allclose(region.mirrored().from_frame(region.to_frame(left)), [1.0, 0.2])
    assert region.mirrored().mirrored() == region


@pytest.mark.parametrize(("frame", "side"), [((640, 480), 640), ((480, 640), 640), ((300, 300), 300)])
def test_the_whole_frame_grows_on_its_short_side(frame: tuple[int, int], side: int) -> None:
    assert whole_frame(*frame) == Region((frame[0] / 2, frame[1] / 2), (side, side))


def test_letterboxed_points_go_back_to_the_frame() -> None:
    # A frame of 200 x 100 fills the middle half of the square: rows ¼ to ¾.
    points = whole_frame(200, 100).to_frame(np.array([[0, 0.25], [1, 0.75], [0.5, 0.5]]))
    np.testing.assert_allclose(points, [[0, 0], [200, 100], [100, 50]])


def test_an_eyes_region_lies_level_with_its_corners() -> None:
    region = around_eye(np.array([10.0, 20.0, 5.0]), np.array([20.0, 24.0, -5.0]))
    assert (*region.center, *region.size) == pytest.approx((15, 22, 23, 23))
    assert region.rotation == pytest.approx(math.atan2(4, 10))


@pytest.mark.parametrize(
    ("angle", "expected"),
    [(0, 0), (math.pi, -math.pi), (-math.pi, -math.pi), (3 * math.pi / 2, -math.pi / 2), (7, 7 - 2 * math.pi)],
)
def test_angles_are_brought_into_one_turn(angle: float, expected: float) -> None:
    assert normalised_angle(angle) == pytest.approx(expected)


def test_what_is_no_region_is_refused() -> None:
    for corner in (1.0, math.nan, math.inf):
        with pytest.raises(FrameError, match="expected two points apart, finite numbers"):
            around_eye(np.ones(3), np.full(3, corner))
    with pytest.raises(FrameError, match="0 x 5"):
        whole_frame(0, 5)
    for size in ((0, 3), (3, 0), (3, math.inf)):
        with pytest.raises(FrameError, match="expected finite numbers and sides other than 0"):
            Region((1, 1), size)
