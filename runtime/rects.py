"""Regions as MediaPipe hands them from step to step: normalised, and rounded to float32 at each.

What is lost in the seventh digit shows: crops are rounded to 1/32 of a pixel, and each frame's region follows from the
landmarks in the last one's. Sources: google-ai-edge/mediapipe, mediapipe/calculators/util/{detections_to_rects,
rect_transformation,landmark_projection,association_norm_rect}_calculator.cc.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines import libm
from runtime.errors import FrameError
from runtime.regions import Region, normalised_angle

Points = NDArray[np.float32]
Point = Points | tuple[np.float32, np.float32]
"""x and y, perhaps z."""
Size = tuple[int, int]

FACE_SCALE = 1.5
"""The mesh model's square is this much larger than the longer side of the box around the face."""
EYE_CORNERS = (33, 263)
"""The landmarks at the eyes' outer corners, which lie level in the mesh model's region."""
EYES = (2, 3)
"""The rows of a detection that do: right eye, left eye."""
HALF = np.float32(0.5)


@dataclass(frozen=True)
class Rect:
    """A region of a frame of `frame_size` (width, height) pixels, `center` and `size` being normalised to it.

    `rotation` is in radians, clockwise in pixels. FrameError unless all are finite and the size is positive.
    """

    center: tuple[np.float32, np.float32]
    size: tuple[np.float32, np.float32]
    rotation: np.float32
    frame_size: Size

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.center, *self.size, self.rotation))) or min(self.size) <= 0:
            raise FrameError(f"region around {self.center} of size {self.size}; expected finite and positive numbers")

    @classmethod
    def around_detection(cls, points: Points, frame_size: Size) -> "Rect":
        """Around a detection's box: `points` [8, 2] normalised to the frame, rows as in pipelines.detections."""
        return cls._around(points[0], points[1], points[EYES[0]], points[EYES[1]], frame_size)

    @classmethod
    def around_landmarks(cls, landmarks: Points, frame_size: Size) -> "Rect":
        """Around all `landmarks` [N, 3] normalised to the frame: where the face is looked for in the next one."""
        x, y = landmarks[:, 0], landmarks[:, 1]
        low, high = (x.min(), y.min()), (x.max(), y.max())
        start, end = EYE_CORNERS
        return cls._around(low, high, landmarks[start], landmarks[end], frame_size)

    @classmethod
    def _around(cls, low: Point, high: Point, start: Point, end: Point, frame_size: Size) -> "Rect":
        """Square on the longer side of the box, times 1.5, level with the line from `start` to `end`."""
        if not all(map(math.isfinite, (*low, *high, *start[:2], *end[:2]))):
            found = f"face from {[*map(float, low)]} to {[*map(float, high)]}"
            raise FrameError(f"{found}; expected finite and positive numbers")
        width, height = (np.float32(pixels) for pixels in frame_size)
        box = (high[0] - low[0], high[1] - low[1])
        center = (low[0] + box[0] / np.float32(2), low[1] + box[1] / np.float32(2))
        dx, dy = end[0] * width - start[0] * width, end[1] * height - start[1] * height
        rotation = np.float32(normalised_angle(-float(libm.atan2(-dy, dx))))
        side = max(box[0] * width, box[1] * height)
        size = (side / width * np.float32(FACE_SCALE), side / height * np.float32(FACE_SCALE))
        return cls(center, size, rotation, frame_size)

    def region(self) -> Region:
        """In pixels."""
        width, height = (np.float32(pixels) for pixels in self.frame_size)
        center = (float(self.center[0] * width), float(self.center[1] * height))
        return Region(center, (float(self.size[0] * width), float(self.size[1] * height)), float(self.rotation))

    def to_frame(self, landmarks: Points) -> Points:
        """`landmarks` [N, 3] normalised to the region → to the frame, z scaled as x is."""
        cos, sin = libm.cos(self.rotation), libm.sin(self.rotation)
        x, y = landmarks[:, 0] - HALF, landmarks[:, 1] - HALF
        placed = np.empty_like(landmarks)
        placed[:, 0] = (cos * x - sin * y) * self.size[0] + self.center[0]
        placed[:, 1] = (sin * x + cos * y) * self.size[1] + self.center[1]
        placed[:, 2] = landmarks[:, 2] * self.size[0]
        return placed

    def overlap(self, other: "Rect") -> float:
        """Intersection over union, 0-1, of both rectangles as if neither were rotated."""
        shared = np.float32(1)
        for axis in (0, 1):
            ends = [(rect.center[axis] - rect.size[axis] / 2, rect.size[axis]) for rect in (self, other)]
            low, high = max(end[0] for end in ends), min(end[0] + end[1] for end in ends)
            shared *= max(high - low, np.float32(0))
        areas = self.size[0] * self.size[1] + other.size[0] * other.size[1]
        return float(shared / (areas - shared))


def from_whole_frame(points: Points, frame_size: Size) -> Points:
    """Points [..., 2] normalised to the letterboxed square around a whole frame → normalised to the frame.

    Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/image_to_tensor_utils.cc.
    """
    side = np.float32(max(frame_size))
    width, height = (np.float32(pixels) for pixels in frame_size)
    scale = np.array([side * (1 / width), side * (1 / height)], np.float32)
    offset = np.array([(HALF * width - HALF * side) * (1 / width), (HALF * height - HALF * side) * (1 / height)])
    return points * scale + offset.astype(np.float32)
