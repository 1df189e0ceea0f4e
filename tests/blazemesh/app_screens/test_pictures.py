"""README's picture of the app is what the texts say."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blazemesh.app_screens.__main__ import PICTURE, REDUCED
from blazemesh.app_screens.pictures import PANELS, camera_picture, sheet
from blazemesh.app_screens.text import Drawing
from tests.blazemesh.app_screens.eyes import drawn_eyes
from tests.blazemesh.app_screens.test_screens import BY_NAME, DRAWINGS, FOLDER, MESHED

ROOT = Path(__file__).parents[3]
MEAN, MOST = 0.2, 24
"""Levels of 255. The same Pillow draws the same picture; another one's resampling may round by a level, and put a
line's edge a quarter of a pixel elsewhere, which is a tenth of the range where three by three pixels are one."""
JPEG = 3.0
"""Levels, the mean: what compression leaves."""


def differences(found: Image.Image, told: Image.Image) -> tuple[float, int]:
    """Of two pictures' levels, the mean and the largest."""
    away = abs(np.asarray(found, np.int16) - np.asarray(told.convert("RGB"), np.int16))
    return float(away.mean()), int(away.max())


def against_reference(drawings: dict[str, Drawing]) -> tuple[float, int]:
    with Image.open(FOLDER / "sheet.png") as reference:
        return differences(sheet(drawings).reduce(REDUCED), reference)


def test_the_picture_is_the_reference() -> None:
    mean, most = against_reference(DRAWINGS)
    assert mean <= MEAN
    assert most <= MOST


def moved(drawing: Drawing, by: Callable[[np.ndarray], np.ndarray]) -> Drawing:
    return replace(drawing, commands=tuple(replace(each, points=by(each.points)) for each in drawing.commands))


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("nothing is drawn", lambda drawing: replace(drawing, commands=())),
        ("mirrored", lambda drawing: moved(drawing, lambda points: points * [-1, 1] + [drawing.view[0], 0])),
        ("not cut off", lambda drawing: moved(drawing, lambda points: points + list(drawing.cut[:2]))),
        ("three points away", lambda drawing: moved(drawing, lambda points: points + 3)),
    ],
)
def test_another_drawing_is_not(why: str, change: Callable[[Drawing], Drawing]) -> None:
    mean, most = against_reference({**DRAWINGS, PANELS[0]: change(DRAWINGS[PANELS[0]])})
    assert mean > MEAN, why
    assert most > MOST, why


def test_the_picture_in_the_readme_is_it_too() -> None:
    with Image.open(FOLDER / "sheet.png") as reference, Image.open(ROOT / PICTURE) as picture:
        mean, _ = differences(picture.reduce(REDUCED), reference)
        assert mean <= JPEG
    assert (ROOT / PICTURE).stat().st_size <= 250_000


@pytest.mark.parametrize("name", MESHED)
def test_the_camera_s_picture_has_its_irises_where_they_are_drawn(name: str) -> None:
    """Pillow turned, flipped, cut and scaled pixels; Swift did points."""
    screen = BY_NAME[name]
    picture, eyes = camera_picture(screen, screen.view).convert("L"), drawn_eyes(DRAWINGS[name])
    apart = float(np.linalg.norm(eyes[1] - eyes[0]))
    cheek = min(level(picture, (x, y + 0.4 * apart), apart) for x, y in eyes)
    assert max(level(picture, eye, apart) for eye in eyes) < 0.5 * cheek
    flipped = eyes * [-1, 1] + [screen.view[0], 0]
    assert max(level(picture, eye, apart) for eye in flipped) > 0.6 * cheek, "in a mirror they are elsewhere"


def level(picture: Image.Image, around: Sequence[float], apart: float) -> float:
    """The mean level of a square half an iris wide; eyes are `apart`."""
    reach, (x, y) = max(1, round(apart / 20)), (round(place) for place in around)
    return float(np.asarray(picture.crop((x - reach, y - reach, x + reach + 1, y + reach + 1)), float).mean())
