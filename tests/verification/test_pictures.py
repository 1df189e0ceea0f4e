import math

import numpy as np
import pytest

from verification import pictures as module
from verification.pictures import Picture, Spot, View, render, sample_bilinear, to_grey, whole

GENERATOR = np.random.default_rng(0)
SQUARE = Picture("square", GENERATOR.integers(0, 256, (8, 8, 3), np.uint8), ())
MIDDLE = View((4, 4), 8)


def test_the_whole_picture_at_its_size_is_itself() -> None:
    np.testing.assert_array_equal(render(SQUARE, MIDDLE, 8, 8), SQUARE.pixels)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_rotation_turns_the_view_clockwise(quarters: int) -> None:
    """The view turned clockwise shows the picture turned the other way."""
    view = View((4, 4), 8, quarters * math.pi / 2)
    np.testing.assert_array_equal(render(SQUARE, view, 8, 8), np.rot90(SQUARE.pixels, quarters))


@pytest.mark.parametrize("rotation", [0.0, 0.3])
def test_a_mirrored_view_is_the_view_flipped(rotation: float) -> None:
    view, mirrored = (View((3.5, 4.25), 6, rotation, flag) for flag in (False, True))
    np.testing.assert_array_equal(render(SQUARE, mirrored, 6, 6), render(SQUARE, view, 6, 6)[:, ::-1])


def test_a_smaller_rendering_is_the_mean_of_what_it_covers() -> None:
    means = SQUARE.pixels.reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
    np.testing.assert_array_equal(render(SQUARE, MIDDLE, 4, 4), np.rint(means))


def test_a_part_is_cut_out() -> None:
    np.testing.assert_array_equal(render(SQUARE, View((5, 3), 4), 4, 4), SQUARE.pixels[1:5, 3:7])
    np.testing.assert_array_equal(render(SQUARE, View((4, 4), 8), 8, 4), SQUARE.pixels[2:6])


def test_beyond_the_border_it_goes_on() -> None:
    wide = render(SQUARE, View((4, 4), 16), 16, 16)
    np.testing.assert_array_equal(wide[4:12, 4:12], SQUARE.pixels)
    np.testing.assert_array_equal(wide[:4, :4], np.broadcast_to(SQUARE.pixels[0, 0], (4, 4, 3)))
    np.testing.assert_array_equal(wide[4:12, 12:], np.repeat(SQUARE.pixels[:, -1:], 4, axis=1))


@pytest.mark.parametrize("most", [1, 100, 1000])
def test_strips_make_the_same_picture(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    view = View((4, 4), 30, 0.7)
    at_once = render(SQUARE, view, 7, 5)
    monkeypatch.setattr(module, "MOST_SAMPLES", most)
    np.testing.assert_allclose(render(SQUARE, view, 7, 5).astype(int), at_once, atol=1)  # sums in another order


def test_between_pixels_it_is_linear() -> None:
    pixels = np.array([[[0] * 3, [100] * 3]], np.uint8)
    x = np.array([[-5.0, 0.5, 0.75, 1.0, 1.5, 9.0]])
    assert sample_bilinear(pixels, x, np.full_like(x, 0.5))[0, :, 0].tolist() == [0, 0, 25, 50, 100, 100]


def test_a_picture_of_one_pixel_is_everywhere() -> None:
    dot = Picture("dot", np.full((1, 1, 3), 7, np.uint8), ())
    assert (render(dot, View((0.5, 0.5), 100, 1.0), 3, 3) == 7).all()
    assert (render(dot, View((0.5, 0.5), 0.0), 3, 3) == 7).all()


def test_grey_is_luma() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert to_grey(pixels).tolist() == [[76, 150, 29, 255]]


def test_the_middle_of_a_picture_is_a_square() -> None:
    assert whole(Picture("x", np.zeros((4, 10, 3), np.uint8), ())) == View((5, 2), 4.0)


def test_a_face_is_turned_as_its_eyes_are() -> None:
    assert Spot((0, 0), 1, ((0, 0), (1, 0))).rotation == 0
    assert Spot((0, 0), 1, ((0, 0), (0, 1))).rotation == pytest.approx(math.pi / 2)
    assert Spot((0, 0), 1, ((0, 0), (1, -1))).rotation == pytest.approx(-math.pi / 4)
