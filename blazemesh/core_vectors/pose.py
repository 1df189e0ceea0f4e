"""Faces in space."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.core_vectors.actors import canonical
from blazemesh.core_vectors.vectors import Case, Vectors, numbers
from runtime.geometry import Camera, face_geometry

FRAMES = 100
CHOSEN = (0, 4, 33, 152, 263, 467)
WHAT = (
    "Poses and metric vertices (runtime/geometry.py). Each case: frame, width and height in pixels; angles, radians "
    "about x, then y, then z; scale; place, in centimetres; deformation. Its landmarks: the canonical face, vertex i "
    "times 1 + deformation · sin(i), turned, scaled, moved, seen by MediaPipe's camera (63 degrees), rounded to "
    "float32; their z is that of the vertex relative to the place, over the frame's width there. Expected: pose, rows "
    f"of the 4 x 4 matrix; vertices {', '.join(map(str, CHOSEN))}. Tolerance of the matrix and of centimetres"
)


def _inputs() -> Iterator[Case]:
    for t in range(FRAMES):
        turn = 2 * math.pi * t / FRAMES
        yield {
            "name": f"frame {t}",
            "frame": [[640, 480], [720, 1280]][t % 2],
            "angles": [round(a, 6) for a in (0.5 * math.sin(turn), 0.9 * math.sin(2 * turn), math.pi * math.sin(turn))],
            "scale": round(1 + 0.2 * math.sin(3 * turn), 6),
            "place": [round(p, 6) for p in (8 * math.cos(turn), 5 * math.sin(turn), -45 + 15 * math.sin(5 * turn))],
            "deformation": 0.0 if t < 10 else 0.04,
        }


def landmarks(case: Case) -> NDArray[np.float32]:
    """Shape [468, 3]: normalised to the frame, z in x's scale."""
    width, height = case["frame"]
    vertices = canonical() * (1 + case["deformation"] * np.sin(np.arange(len(canonical()))))[:, np.newaxis]
    offset = case["scale"] * vertices @ rotation(case["angles"]).T
    x, y, z = (offset + case["place"]).T
    tall = 2 * math.tan(math.radians(Camera().field_of_view) / 2)
    wide = tall * width / height
    depth = -offset[:, 2] / (-case["place"][2] * wide)
    return np.stack([0.5 + x / (-z * wide), 0.5 - y / (-z * tall), depth], axis=1).astype(np.float32)


def rotation(angles: list[float]) -> NDArray[np.float64]:
    """Shape [3, 3]: turned about x, then y, then z, in radians."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(angles), np.cos(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    turn: NDArray[np.float64] = about_z @ about_y @ about_x
    return turn


def _answer(case: Case) -> Any:
    width, height = case["frame"]
    found = face_geometry(landmarks(case), (width, height))
    return {"pose": numbers(found.pose), "vertices": numbers(found.vertices[list(CHOSEN)])}


VECTORS = Vectors("core_pose", WHAT, 1e-4, _inputs, _answer)
