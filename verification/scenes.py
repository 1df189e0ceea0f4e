"""Recipes of frames for golden vectors of the whole pipeline: stills, and videos in which faces move.

As in verification/crowds.py all show one photograph's face, and the numbers are rounded so that a recipe reads back as
it was written.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from verification.compositions import Composition, Paste, compose
from verification.crowds import BACKDROPS, HEAD
from verification.pictures import Pixels, Spot

FRAMES = 100
"""Of each video."""
VIDEO_SIZE = (320, 240)
SIZES = ((320, 240), (240, 320), (384, 216), (250, 333), (256, 256), (515, 307))
"""Width and height of stills in turn."""


@dataclass(frozen=True)
class Scene:
    """A frame of `width` × `height`: the upper left part of a composition, which is square."""

    composition: Composition
    width: int
    height: int

    @classmethod
    def from_json(cls, recipe: dict[str, Any]) -> "Scene":
        """What `to_json` gave."""
        return cls(Composition.from_json(recipe["composition"]), recipe["width"], recipe["height"])

    def to_json(self) -> dict[str, Any]:
        """The recipe, of lists, numbers and text."""
        return {"composition": self.composition.to_json(), "width": self.width, "height": self.height}

    def draw(self, photograph: Pixels) -> Pixels:
        """The frame, [height, width, 3]."""
        return compose(self.composition, photograph)[: self.height, : self.width].copy()


Named = tuple[str, Scene]


def stills(spot: Spot, seed: str) -> Iterator[Named]:
    """One face of several sizes and rotations, crowds, faces partly outside, and frames without any."""
    random = Random(seed)
    sizes = iter(SIZES * 10)
    for part, degrees in product((0.2, 0.4, 0.7), (-60, -35, 0, 20, 60)):
        (width, height), backdrop = next(sizes), random.choice(BACKDROPS)
        at = (width * random.uniform(0.4, 0.6), height * random.uniform(0.4, 0.6))
        face = _face(spot, at, part * min(width, height), degrees + random.uniform(-5, 5), random.random() < 0.5)
        yield f"{part} of the frame, about {degrees} degrees", _scene(width, height, backdrop, face)
    for columns, rows in ((2, 1), (3, 1), (2, 2), (3, 2), (3, 3)):
        width, height = next(sizes)
        faces = _grid(random, spot, (width, height), columns, rows)
        yield f"{columns} x {rows} faces", _scene(width, height, "grey", *faces)
    for name, x, y in (("left", 0.15, 0.5), ("right", 0.85, 0.5), ("top", 0.5, 0.2), ("bottom", 0.5, 0.95)):
        width, height = next(sizes)
        face = _face(spot, (x * width, y * height), 0.5 * min(width, height), random.uniform(-15, 15))
        yield f"cut off at the {name}", _scene(width, height, "white", face)
    for name in ("black", "noise h"):
        yield name, _scene(*next(sizes), name)


Way = tuple[tuple[float, float, float, float], ...]
"""Where a face is at even times: x and y as parts of the frame, its size as part of the height, its degrees."""

THERE_AND_BACK: Way = (
    (0.62, 0.50, 0.36, 0),
    (0.68, 0.45, 0.38, 12),
    (0.65, 0.55, 0.34, -15),
    (0.72, 0.50, 0.36, 30),
    (0.66, 0.45, 0.33, 0),
    (0.70, 0.50, 0.36, -35),
    (0.75, 0.50, 0.36, -5),
    (1.70, 0.50, 0.36, 0),
    (1.70, 0.50, 0.36, 0),
    (1.70, 0.50, 0.36, 0),
    (0.70, 0.50, 0.36, 5),
    (0.64, 0.55, 0.40, 25),
    (0.70, 0.45, 0.35, -20),
    (0.64, 0.50, 0.36, 0),
)
"""It leaves and comes back within a few frames each: half a face is found or lost by the last digit of any machine."""
UPPER: Way = ((0.17, 0.27, 0.26, -8), (0.21, 0.3, 0.28, 8), (0.17, 0.27, 0.26, -8))
LOWER: Way = ((0.18, 0.76, 0.26, 0), (0.21, 0.74, 0.28, 15), (0.18, 0.76, 0.26, -15))

WAYS: dict[str, tuple[Way, ...]] = {"one face": (THERE_AND_BACK,), "three faces": (THERE_AND_BACK, UPPER, LOWER)}


RESTING = {
    1: ((0.5, 0.5, 0.36, 0.0),),
    4: ((0.25, 0.27, 0.24, 0.0), (0.75, 0.27, 0.24, 1.5), (0.25, 0.75, 0.24, 3.0), (0.75, 0.75, 0.24, 4.5)),
}
"""Where so many faces sway about: x and y as parts of the frame, the size as part of the height, the phase."""


def video(name: str, spot: Spot) -> Iterator[Scene]:
    """The frames of the video `name` of WAYS: the first face leaves at the right and comes back."""
    width, height = VIDEO_SIZE
    for frame in range(FRAMES):
        faces = []
        for way in WAYS[name]:
            x, y, size, degrees = _between(way, frame / (FRAMES - 1))
            faces.append(_face(spot, (x * width, y * height), size * height, degrees))
        yield _scene(width, height, "grey", *faces)


def swaying(spot: Spot, faces: int, width: int, height: int, frames: int) -> Iterator[Scene]:
    """A video's `frames` in which up to four faces sway, turn and stay; the last one leads to the first."""
    for frame in range(frames):
        pastes = []
        for x, y, size, phase in RESTING[faces]:
            turn = 2 * math.pi * frame / frames + phase
            at = ((x + 0.03 * math.sin(turn)) * width, (y + 0.03 * math.sin(2 * turn)) * height)
            pastes.append(_face(spot, at, size * height, 12 * math.cos(turn)))
        yield _scene(width, height, "grey", *pastes)


def _between(way: Way, time: float) -> list[float]:
    """The way at `time` from 0 to 1, straight from stop to stop."""
    at = time * (len(way) - 1)
    stop = min(math.floor(at), len(way) - 2)
    part = at - stop
    return [a + part * (b - a) for a, b in zip(way[stop], way[stop + 1], strict=True)]


def _grid(random: Random, spot: Spot, size: tuple[int, int], columns: int, rows: int) -> list[Paste]:
    cell = min(size[0] / columns, size[1] / rows)
    faces = []
    for row, column in product(range(rows), range(columns)):
        at = ((column + 0.5) * size[0] / columns, (row + 0.5) * size[1] / rows)
        faces.append(_face(spot, at, random.uniform(0.5, 0.65) * cell, random.uniform(-25, 25), random.random() < 0.5))
    return faces


def _face(spot: Spot, at: tuple[float, float], size: float, degrees: float, mirrored: bool = False) -> Paste:
    """The photograph's head, its face's box `size` pixels wide around `at`."""
    (x, y), scale = spot.center, size / spot.size
    figures = (x, y, *at, HEAD * spot.size, scale, degrees)
    x, y, target_x, target_y, reach, scale, degrees = (round(figure, 4) for figure in figures)
    return Paste((x, y), (target_x, target_y), reach, scale, degrees, mirrored)


def _scene(width: int, height: int, backdrop: str, *faces: Paste) -> Scene:
    return Scene(Composition(max(width, height), backdrop, faces), width, height)
