"""Pictures with known faces, and what a network is shown of them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

MOST_SAMPLES = 1 << 22
"""How many samples of a picture are taken at a time: a face that fills a photograph needs some 100 millions."""


@dataclass(frozen=True)
class Spot:
    """A face in a picture, in its pixels: middle and longer side of its box, the eyes (the person's right, left)."""

    center: tuple[float, float]
    size: float
    eyes: tuple[tuple[float, float], tuple[float, float]]

    @property
    def rotation(self) -> float:
        """Angle of the line between the eyes, in radians, clockwise on the screen."""
        (right_x, right_y), (left_x, left_y) = self.eyes
        return math.atan2(left_y - right_y, left_x - right_x)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture [height, width, 3] of 8-bit RGB and the faces in it."""

    name: str
    pixels: Pixels
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class View:
    """A part of a picture: middle and width in its pixels, rotation in radians clockwise, mirrored or not."""

    center: tuple[float, float]
    width: float
    rotation: float = 0.0
    mirrored: bool = False


def render(picture: Picture, view: View, width: int, height: int) -> Pixels:
    """The view as [height, width, 3], each pixel the mean of what it covers; the picture's border goes on outside."""
    factor = max(1, round(view.width / width))
    together = max(1, MOST_SAMPLES // (width * factor**2))
    strips = [
        _render_rows(picture, view, width, height, factor, top, min(top + together, height))
        for top in range(0, height, together)
    ]
    return np.concatenate(strips)


def _render_rows(picture: Picture, view: View, width: int, height: int, factor: int, top: int, bottom: int) -> Pixels:
    """The view's rows from `top` to `bottom`, each pixel the mean of factor × factor samples."""
    columns, rows = width * factor, height * factor
    step = view.width / columns
    cos, sin = step * math.cos(view.rotation), step * math.sin(view.rotation)
    flip = -1 if view.mirrored else 1
    down = np.arange(top * factor, bottom * factor)
    x, y = np.meshgrid(flip * (np.arange(columns) + 0.5 - columns / 2), down + 0.5 - rows / 2)
    sampled = sample_bilinear(picture.pixels, view.center[0] + cos * x - sin * y, view.center[1] + sin * x + cos * y)
    averaged = sampled.reshape(bottom - top, factor, width, factor, 3).mean(axis=(1, 3))
    rounded: Pixels = np.clip(np.rint(averaged), 0, 255).astype(np.uint8)
    return rounded


def sample_bilinear(pixels: Pixels, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float32]:
    """The picture at the positions (x, y), where pixel i covers i…i+1; beyond the border its last pixel is repeated."""
    rows, columns = pixels.shape[:2]
    x, y = np.clip(x - 0.5, 0, columns - 1), np.clip(y - 0.5, 0, rows - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    across, down = (x - left)[..., None].astype(np.float32), (y - top)[..., None].astype(np.float32)
    upper = pixels[top, left] * (1 - across) + pixels[top, right] * across
    lower = pixels[bottom, left] * (1 - across) + pixels[bottom, right] * across
    blended: NDArray[np.float32] = upper * (1 - down) + lower * down
    return blended


def to_grey(pixels: Pixels) -> Pixels:
    """[height, width] of ITU-R 601 luma."""
    return np.asarray(Image.fromarray(pixels).convert("L"))


def whole(picture: Picture) -> View:
    """The square in the picture's middle that holds its shorter side."""
    rows, columns = picture.pixels.shape[:2]
    return View((columns / 2, rows / 2), float(min(rows, columns)))
