"""Regions of interest: which part of a frame a network looks at, and where its points are in the frame."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.errors import FrameError

EYE_SCALE = 2.3
"""The iris model's square is this much larger than the eye is wide."""


@dataclass(frozen=True)
class Region:
    """A rotated rectangle of a frame, in pixels (x to the right, y down, the frame's origin in its top left corner).

    `center` is (x, y), `size` (width, height), `rotation` in radians, clockwise as seen in the picture. A negative
    width mirrors: the network then sees the rectangle's right side on its left. FrameError unless all are finite and
    neither side is 0.
    """

    center: tuple[float, float]
    size: tuple[float, float]
    rotation: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.center, *self.size, self.rotation))) or 0 in self.size:
            raise FrameError(
                f"region with centre {self.center}, size {self.size}, rotation {self.rotation}; "
                "expected finite numbers and sides other than 0"
            )

    def mirrored(self) -> "Region":
        """The same rectangle, seen left to right."""
        return Region(self.center, (-self.size[0], self.size[1]), self.rotation)

    @property
    def corners(self) -> NDArray[np.float64]:
        """In pixels of the frame, [4, 2], around the rectangle: the crop's upper left first, then its upper right."""
        return self.to_frame(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))

    def to_frame(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points of the crop, [..., 2] or [..., 3] normalised to it, → pixels of the frame, same shape.

        With width a, height b, rotation t and centre (cx, cy), (u, v) goes to
        (cx + a(u − ½)cos t − b(v − ½)sin t, cy + a(u − ½)sin t + b(v − ½)cos t); z is scaled as x is, by |a|.
        Source: google-ai-edge/mediapipe, mediapipe/calculators/util/landmark_projection_calculator.cc.
        """
        a, b = self.size
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        u, v = points[..., 0] - 0.5, points[..., 1] - 0.5
        x = self.center[0] + a * u * cos - b * v * sin
        y = self.center[1] + a * u * sin + b * v * cos
        depth = [points[..., 2] * abs(a)] if points.shape[-1] == 3 else []
        return np.stack([x, y, *depth], axis=-1).astype(np.float64)

    def from_frame(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Pixels of the frame, [..., 2], → points normalised to the crop: the inverse of `to_frame`."""
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        dx, dy = points[..., 0] - self.center[0], points[..., 1] - self.center[1]
        u, v = (dx * cos + dy * sin) / self.size[0], (dy * cos - dx * sin) / self.size[1]
        return np.stack([u, v], axis=-1).astype(np.float64) + 0.5


def whole_frame(width: int, height: int) -> Region:
    """The frame of `width` x `height` pixels, letterboxed: its short side grown until it is a square.

    What a detector looks at; outside of the frame it sees zeros. FrameError for a frame without pixels.
    """
    if width < 1 or height < 1:
        raise FrameError(f"frame of {width} x {height} pixels; expected at least 1 x 1")
    return Region((width / 2, height / 2), (max(width, height), max(width, height)))


def around_eye(left: NDArray[np.floating], right: NDArray[np.floating]) -> Region:
    """The iris model's region for an eye: its corners [2 or 3] in pixels of the frame, the picture's `left` one first.

    They are landmarks 33 and 133, or 362 and 263. Square on the longer side of their bounding box, times 2.3, level
    with them. The model knows the eye that holds landmark 33; show it the other one through Region.mirrored().
    FrameError for corners that coincide or are not finite. Source: google-ai-edge/mediapipe,
    mediapipe/modules/iris_landmark/iris_landmark_landmarks_to_roi.pbtxt.
    """
    start, end = left[:2].astype(np.float64), right[:2].astype(np.float64)
    if not np.isfinite([start, end]).all() or (start == end).all():
        raise FrameError(f"an eye from {start.tolist()} to {end.tolist()}; expected two points apart, finite numbers")
    (dx, dy), (x, y) = (end - start).tolist(), ((start + end) / 2).tolist()
    side = max(abs(dx), abs(dy)) * EYE_SCALE
    return Region((x, y), (side, side), normalised_angle(-math.atan2(-dy, dx)))


def normalised_angle(angle: float) -> float:
    """`angle` in radians, brought into [−π, π) by whole turns."""
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
