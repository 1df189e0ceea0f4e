"""Regions of interest, and crops of them."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from blazemesh.core_vectors.actors import Actor
from blazemesh.core_vectors.vectors import Case, Vectors, numbers
from runtime.rects import Rect, from_whole_frame
from runtime.regions import Region, around_eye

WHAT = (
    "Regions of interest (runtime/rects.py, runtime/regions.py) of faces that stand in frames (frame: width, height in "
    "pixels) as actor says: x, y in pixels, pixels a centimetre of the canonical face, radians clockwise. detection, "
    "8 points normalised to the square around the whole frame; expected: detection, the same normalised to the frame; "
    "around_detection and around_landmarks, regions: centre x, y, size x, y normalised to the frame, rotation; "
    "eyes, those of the person's right eye and, mirrored, of the left one, each and where its crop has (0, 0); crop, "
    "where a crop of the second region has its corners upper left, upper right, lower left; point, where it has (0.25, "
    "0.75, 0.5) (x, y normalised to the frame, z in x's scale); overlap of both regions. Tolerance in shares of the "
    "frame, radians"
)
EYES = ((33, 133), (362, 263))
"""Corners of the person's right and left eye, the picture's left one first."""


def _inputs() -> Iterator[Case]:
    random = np.random.default_rng(11)
    for i, frame in enumerate([(640, 480), (480, 640), (1920, 1080), (333, 512), (128, 128)] * 4):
        x, y = random.uniform(-0.1, 1.1, 2) * frame
        actor = [x, y, random.uniform(0.5, 30), random.uniform(-math.pi, math.pi), 1.0]
        detection = numbers(Actor(*actor).detection(frame))
        yield {"name": f"face {i}", "frame": list(frame), "actor": actor, "detection": detection}


def _answer(case: Case) -> Any:
    width, height = case["frame"]
    size = (width, height)
    landmarks = (Actor(*case["actor"]).landmarks() / [width, height, width]).astype(np.float32)
    detection = from_whole_frame(np.array(case["detection"], np.float32), size)
    first, second = Rect.around_detection(detection, size), Rect.around_landmarks(landmarks, size)
    pixels = landmarks.astype(np.float64) * [width, height, width]
    eyes = [around_eye(pixels[start], pixels[end]) for start, end in EYES]
    region = second.region()
    corners = region.to_frame(np.array([[0, 0], [1, 0], [0, 1]])) / size
    projected = second.to_frame(np.array([[0.25, 0.75, 0.5]], np.float32))
    return {
        "detection": numbers(detection),
        "around_detection": _numbers_of(first),
        "around_landmarks": _numbers_of(second),
        "eyes": [_shares(eyes[0], size), _shares(eyes[1].mirrored(), size)],
        "crop": numbers(corners),
        "point": numbers(projected[0]),
        "overlap": numbers(first.overlap(second)),
    }


def _numbers_of(rect: Rect) -> Any:
    return numbers([*rect.center, *rect.size, rect.rotation])


def _shares(region: Region, size: tuple[int, int]) -> Any:
    """A region in shares of the frame, and where its crop's upper left corner lies."""
    corner = region.to_frame(np.array([0.0, 0.0])) / size
    return numbers([*np.divide(region.center, size), *np.abs(np.divide(region.size, size)), region.rotation, *corner])


VECTORS = Vectors("core_regions", WHAT, 1e-4, _inputs, _answer)
