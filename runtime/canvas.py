"""A layer over a picture, or over a part of it, on which lines, discs and words are drawn with smooth edges."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, each 0-255."""
Area = tuple[int, int, int, int]
"""Left, top, right and bottom, in whole pixels; the last two lie outside."""

SUPERSAMPLING = 4
"""Drawn this many times larger, then averaged down: Pillow itself draws without anti-aliasing."""
LARGEST_LAYER = 25_000_000
"""Pixels; where the layer would be larger than this, which is 100 MB, it is drawn less finely."""


class Canvas:
    """A layer over `area` of a picture, all of it unless given.

    Coordinates and widths are in the picture's pixels and need not be whole. What is outside of the area is not drawn.
    """

    def __init__(self, picture: Image.Image, area: Area | None = None) -> None:
        self._picture = picture.convert("RGB")
        self._area = area or (0, 0, *picture.size)
        self._corner = np.array(self._area[:2])
        width, height = self._area[2] - self._area[0], self._area[3] - self._area[1]
        self._times = max(1, min(SUPERSAMPLING, math.isqrt(LARGEST_LAYER // max(1, width * height))))
        # CMYK is Pillow's way to four plain channels, here colours times opacity, and opacity: averages of such numbers
        # are right as they are, where those of RGBA take Pillow two conversions of the whole layer.
        self._layer = Image.new("CMYK", (width * self._times, height * self._times))
        self._draw = ImageDraw.Draw(self._layer)

    def polyline(self, points: NDArray[np.floating], colour: Colour, width: float, closed: bool = False) -> None:
        """A line through `points` [P, 2] with rounded joints and ends."""
        self.edges(points, [*pairwise(range(len(points))), *([(len(points) - 1, 0)] if closed else [])], colour, width)

    def edges(self, points: NDArray[np.floating], pairs: Sequence[Sequence[int]], colour: Colour, width: float) -> None:
        """A line for each pair of indices into `points` [P, 2 or 3], with rounded ends."""
        ends = points[np.asarray(pairs, np.intp).reshape(-1, 2), :2]
        ink, across = _ink(colour), self._whole(width)
        for line in ((ends - self._corner) * self._times).reshape(-1, 4).tolist():
            self._draw.line(line, fill=ink, width=across)
        if width > 1:
            for joint in np.unique(ends.reshape(-1, 2), axis=0):
                self.dot(joint, width / 2, colour)

    def polygon(self, points: NDArray[np.floating], colour: Colour) -> None:
        """A filled polygon with the corners `points` [P, 2]."""
        self._draw.polygon([self._at(point) for point in points], fill=_ink(colour))

    def dot(self, center: NDArray[np.floating], radius: float, colour: Colour) -> None:
        """A filled disc around `center` [2]."""
        self._draw.ellipse(self._bounds(center, radius), fill=_ink(colour))

    def ring(self, center: NDArray[np.floating], radius: float, colour: Colour, width: float) -> None:
        """A circle around `center` [2], drawn inwards from `radius`."""
        self._draw.ellipse(self._bounds(center, radius), outline=_ink(colour), width=self._whole(width))

    def words(self, words: str, corner: Sequence[float], size: float, colour: Colour, ground: Colour) -> None:
        """Words `size` pixels high, the lower left corner of their ground at `corner` [2]."""
        font = ImageFont.load_default(max(1.0, size * self._times))
        x, y = self._at(corner)
        left, top, right, bottom = self._draw.textbbox((x, y), words, font, anchor="ls")
        margin = 0.3 * size * self._times
        shift = (margin - (left - x), -margin - (bottom - y))
        box = (x, y - (bottom - top) - 2 * margin, x + (right - left) + 2 * margin, y)
        self._draw.rounded_rectangle(box, margin, fill=_ink(ground))
        self._draw.text((x + shift[0], y + shift[1]), words, _ink(colour), font, anchor="ls")

    def picture(self) -> Image.Image:
        """The picture with everything drawn so far, as RGB."""
        layer = np.asarray(self._layer.reduce(self._times), np.uint16)
        below = np.asarray(self._picture.crop(self._area), np.uint16)
        through = (below * (255 - layer[..., 3:]) + 127) // 255
        drawn = self._picture.copy()
        drawn.paste(Image.fromarray((layer[..., :3] + through).clip(0, 255).astype(np.uint8)), self._area[:2])
        return drawn

    def _at(self, point: Sequence[float] | NDArray[np.floating]) -> tuple[float, float]:
        """Where a point of the picture is on the layer."""
        return (float(point[0]) - self._area[0]) * self._times, (float(point[1]) - self._area[1]) * self._times

    def _whole(self, width: float) -> int:
        return max(1, round(width * self._times))

    def _bounds(self, center: NDArray[np.floating], radius: float) -> tuple[float, float, float, float]:
        (x, y), r = self._at(center), radius * self._times
        return (x - r, y - r, x + r, y + r)


def _ink(colour: Colour) -> Colour:
    """The colour times its opacity."""
    red, green, blue, opacity = colour
    return (red * opacity // 255, green * opacity // 255, blue * opacity // 255, opacity)
