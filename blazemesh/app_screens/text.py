"""The Swift tool's text, read."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from runtime.canvas import Colour

Points = NDArray[np.float64]
COUNTS = {"point": 1, "line": 2, "triangle": 3}
"""How many points a command has; a width or radius follows, but for triangles."""


@dataclass(frozen=True, eq=False)
class Command:
    """What is drawn: `points` [1, 2 or 3, 2] in points of the view; a line's width, a disc's radius, else 0."""

    kind: str
    points: Points
    size: float
    colour: Colour


@dataclass(frozen=True)
class Drawing:
    """A screen's text: `view` in points, what is `cut` off (left, top, right, bottom), and what is drawn over it."""

    view: tuple[float, float]
    cut: tuple[float, float, float, float]
    commands: tuple[Command, ...]

    @property
    def runs(self) -> list[list[Command]]:
        """Commands that follow each other and are of one colour and size: what the app strokes as one path."""
        return [list(run) for _, run in groupby(self.commands, lambda each: (each.kind, each.colour, each.size))]

    def of(self, colour: Colour, kind: str = "line") -> Points:
        """The points [N, 2] of the commands of a colour and kind."""
        found = [each.points for each in self.commands if (each.colour, each.kind) == (colour, kind)]
        return np.concatenate([np.zeros((0, 2)), *found])


def read(text: str) -> Drawing:
    """The drawing that a text tells of; ValueError for what is none."""
    head, rest = text.splitlines()[:2], text.splitlines()[2:]
    (view, width, height), (cut, *sides) = (line.split() for line in head)
    if (view, cut, len(sides)) != ("view", "cut", 4):
        raise ValueError(f"a text that begins with {head}; expected a view and what is cut off")
    left, top, right, bottom = map(float, sides)
    return Drawing((float(width), float(height)), (left, top, right, bottom), tuple(map(_command, rest)))


def _command(line: str) -> Command:
    kind, *numbers, colour = line.split()
    count = COUNTS.get(kind, 0)
    if count == 0 or len(numbers) != 2 * count + (kind != "triangle"):
        raise ValueError(f"a line {line!r}; expected a point, line or triangle")
    values = np.array(numbers, float)
    red, green, blue, opacity = bytes.fromhex(colour)
    points = values[: 2 * count].reshape(count, 2)
    return Command(kind, points, float(values[-1]) if kind != "triangle" else 0.0, (red, green, blue, opacity))
