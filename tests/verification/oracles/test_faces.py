from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from verification.oracles.faces import FaceFinder
from verification.pictures import Picture, Pixels, Spot


@pytest.fixture(scope="module")
def finder(models: dict[str, Path]) -> FaceFinder:
    return FaceFinder(models["BlazeFaceShortRange"].read_bytes())


def cut(picture: Picture, left: int, top: int, width: int, height: int) -> Pixels:
    return picture.pixels[top : top + height, left : left + width]


def assert_same(found: Spot, expected: Spot, tolerance: float, shift: tuple[int, int] = (0, 0), scale: int = 1) -> None:
    """That two faces agree, `found` being in a picture that starts at `shift` and is `scale` times as large."""
    points = np.array([found.center, *found.eyes]) / scale + shift
    np.testing.assert_allclose(points, [expected.center, *expected.eyes], atol=tolerance)
    assert found.size / scale == pytest.approx(expected.size, abs=tolerance)


def test_the_astronaut_is_found(finder: FaceFinder, astronaut: Picture) -> None:
    """Her face is 95 pixels wide, 24 of the detector's: a tenth of it is what another resampling of it moves."""
    (found,) = finder.find(astronaut.pixels)
    assert_same(found, astronaut.spots[0], 10)


@pytest.mark.parametrize(
    ("left", "top", "width", "height"), [(100, 0, 300, 200), (150, 0, 150, 260), (60, 10, 400, 240)]
)
def test_a_picture_that_is_not_square_is_found_in_its_own_pixels(
    finder: FaceFinder, astronaut: Picture, left: int, top: int, width: int, height: int
) -> None:
    """Its bars are 50 to 110 pixels wide; 6 are two of the detector's."""
    ((found,), (expected,)) = (
        finder.find(cut(astronaut, left, top, width, height)),
        finder.find(astronaut.pixels[:300, 75:375]),
    )
    assert_same(found, expected, 6, (left - 75, top))


def test_a_larger_picture_is_found_in_its_own_pixels(finder: FaceFinder, astronaut: Picture) -> None:
    square = cut(astronaut, 75, 0, 300, 300)
    larger = np.asarray(Image.fromarray(square).resize((1200, 1200)))
    ((found,), (expected,)) = finder.find(larger), finder.find(square)
    assert_same(found, expected, 3, scale=4)


def test_several_faces_are_found(finder: FaceFinder, astronaut: Picture) -> None:
    half = cut(astronaut, 150, 40, 150, 190)
    found = finder.find(np.concatenate([half, half[:, ::-1]], axis=1))
    assert sorted(spot.center[0] // 150 for spot in found) == [0, 1]
    left, right = sorted(found, key=lambda spot: spot.center[0])
    assert left.center[0] == pytest.approx(300 - right.center[0], abs=6)


@pytest.mark.parametrize("shape", [(1, 1), (200, 300), (1, 50_000), (50_000, 1)])
def test_where_no_face_is_none_is_found(finder: FaceFinder, shape: tuple[int, int]) -> None:
    noise: Pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert finder.find(noise) == ()
