"""A head's axes, as they are drawn."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from blazemesh.core_vectors.pose import rotation
from blazemesh.core_vectors.vectors import Case, Vectors, numbers
from runtime.geometry import Camera
from runtime.overlay import axis_ends

WHAT = (
    "Where a head's axes are drawn (runtime/overlay.py). Each case: frame, width and height in pixels; field_of_view "
    "of the camera, degrees from top to bottom; pose, 4 x 4, in centimetres; expected: the origin and the ends of the "
    "x, y and z axes, x and y each, normalised to the frame, or null where one of them is not before the camera. "
    "Tolerance in shares of the frame"
)


def _inputs() -> Iterator[Case]:
    random = np.random.default_rng(17)
    for i, frame in enumerate([(720, 1280), (1280, 720), (640, 480), (512, 512)] * 10):
        turn = rotation(random.uniform(-1.2, 1.2, 3).tolist())
        depth = 6.0 if i % 5 == 4 else random.uniform(25, 90)
        pose = np.eye(4)
        pose[:3, :3] = random.uniform(0.8, 1.2) * turn
        pose[:3, 3] = [*random.uniform(-12, 12, 2), -depth]
        view = [63.0, 50.0][i % 3 == 2]
        yield {"name": f"head {i}", "frame": list(frame), "field_of_view": view, "pose": numbers(pose)}


def _answer(case: Case) -> Any:
    width, height = case["frame"]
    ends = axis_ends(np.array(case["pose"]), (width, height), Camera(case["field_of_view"]))
    return None if ends is None else numbers(ends / [width, height])


VECTORS = Vectors("core_axes", WHAT, 1e-4, _inputs, _answer)
