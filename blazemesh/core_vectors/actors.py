"""Faces that move as they are told: the canonical face put somewhere in a frame."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import facts

Points = NDArray[np.float64]

KEYPOINTS = (159, 386, 4, 13, 234, 454)
"""Landmarks next to a detection's keypoints."""


@dataclass(frozen=True)
class Actor:
    """A face around (`x`, `y`) in pixels, `scale` pixels a centimetre, turned by `angle` radians clockwise."""

    x: float
    y: float
    scale: float
    angle: float
    presence: float

    def landmarks(self) -> Points:
        """Shape [468, 3]: in pixels of the frame."""
        vertices = canonical()
        x, y = vertices[:, 0] * self.scale, -vertices[:, 1] * self.scale
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        columns = [self.x + cos * x - sin * y, self.y + sin * x + cos * y, -vertices[:, 2] * self.scale]
        return np.stack(columns, axis=1)

    def detection(self, frame_size: tuple[int, int]) -> Points:
        """Shape [8, 2]: box and keypoints normalised to the square around the whole frame."""
        points = self.landmarks()[:, :2]
        rows = np.stack([points.min(axis=0), points.max(axis=0), *points[list(KEYPOINTS)]])
        side = max(frame_size)
        return (rows + (side - np.array(frame_size)) / 2) / side


@cache
def canonical() -> Points:
    """Shape [468, 3]: the canonical face's vertices in centimetres."""
    return np.array(facts.load("canonical_face")["vertices"])
