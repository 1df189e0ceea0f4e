"""What the networks find, drawn: boxes, keypoints, meshes, eyes, irises and the axes of a head."""

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

import facts
from runtime.canvas import Canvas, Colour
from runtime.errors import FrameError

WHITE: Colour = (255, 255, 255, 255)
AMBER: Colour = (252, 196, 80, 255)
ROSE: Colour = (255, 107, 129, 255)
TEAL: Colour = (56, 217, 190, 255)
SKY: Colour = (96, 178, 255, 255)
GREEN: Colour = (110, 220, 100, 255)
VEIL: Colour = (214, 236, 255, 150)

CONTOUR_COLOURS: Mapping[str, Colour] = MappingProxyType(
    {
        "faceOval": WHITE,
        "lips": ROSE,
        "rightEye": TEAL,
        "rightEyebrow": TEAL,
        "leftEye": SKY,
        "leftEyebrow": SKY,
    }
)
"""The contours of facts/face_mesh_topology.json that every mesh has; left and right are the person's own."""

AXIS_COLOURS = (ROSE, GREEN, SKY)
"""Of the axes x, y and z."""

Points = NDArray[np.floating]
Edges = tuple[tuple[int, int], ...]


def draw_detection(canvas: Canvas, points: Points, scale: float = 1.0) -> None:
    """A detection's box and keypoints: `points` [8, 2] in the picture's pixels, rows as in pipelines.detections.

    Here and below, lines and dots are `scale` times as wide as usual.
    """
    _require(points, 8, "detection")
    (x0, y0), (x1, y1) = points[0], points[1]
    box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    canvas.polyline(box, AMBER, 2.5 * scale, closed=True)
    for point in points[2:]:
        canvas.dot(point, 5.5 * scale, WHITE)
        canvas.dot(point, 3.8 * scale, ROSE)


def draw_region(canvas: Canvas, corners: Points, colour: Colour = WHITE, scale: float = 1.0) -> None:
    """A region's outline: its `corners` [4, 2] in the picture's pixels, in order around it."""
    canvas.polyline(corners, colour, 1.5 * scale, closed=True)


def draw_mesh(canvas: Canvas, landmarks: Points) -> None:
    """A face mesh: `landmarks` [468 or 478, 2 or 3] in the picture's pixels (z is not drawn).

    The tessellation, the contours over it. FrameError for fewer landmarks.
    """
    draw_tessellation(canvas, landmarks)
    draw_contours(canvas, landmarks)


def draw_tessellation(canvas: Canvas, landmarks: Points, scale: float = 1.0) -> None:
    """The mesh in thin lines, eyes and mouth left open; landmarks as in `draw_mesh`."""
    _require(landmarks, 468, "mesh")
    canvas.edges(landmarks, _tessellation(), VEIL, scale)


def draw_contours(canvas: Canvas, landmarks: Points, scale: float = 1.0) -> None:
    """Lips, eyes, brows and the face's oval in CONTOUR_COLOURS; landmarks as in `draw_mesh`."""
    _require(landmarks, 468, "mesh")
    for name, colour in CONTOUR_COLOURS.items():
        canvas.edges(landmarks, _contour(name), colour, 2.0 * scale)


def draw_eye(canvas: Canvas, contour: Points, colour: Colour) -> None:
    """The outline of an eye: `contour` [71, 2 or 3] of the iris model, in the picture's pixels, whichever eye it is."""
    _require(contour, 71, "eye")
    order: list[int] = facts.load("attention_refinement")["overwrite"]["leftEye"]
    outline = [[order.index(start), order.index(end)] for start, end in _contour("rightEye")]
    for point in contour:
        canvas.dot(point, 1.8, VEIL)
    canvas.edges(contour, outline, colour, 2.0)


def draw_iris(canvas: Canvas, iris: Points, scale: float = 1.0) -> None:
    """An iris: `iris` [5, 2 or 3] in the picture's pixels, the centre and four points of its edge, as a circle."""
    _require(iris, 5, "iris")
    radius = float(np.linalg.norm(iris[1:, :2] - iris[0, :2], axis=1).mean())
    canvas.ring(iris[0], radius, AMBER, min(2.0 * scale, radius / 3))
    canvas.dot(iris[0], min(2.5 * scale, radius / 4), AMBER)


def draw_axes(canvas: Canvas, ends: Points, scale: float = 1.0) -> None:
    """A head's axes as arrows in AXIS_COLOURS: `ends` [4, 2] in the picture's pixels, the origin, then x, y and z."""
    _require(ends, 4, "axes")
    for end, colour in zip(ends[1:], AXIS_COLOURS, strict=True):
        along = end - ends[0]
        length = float(np.linalg.norm(along))
        head = min(15 * scale, length / 2)
        if head == 0:
            continue  # it points at the camera
        along = along / length * head
        across = 0.42 * np.array([-along[1], along[0]])
        canvas.polyline(np.stack([ends[0], end - along / 2]), colour, 4.5 * scale)
        canvas.polygon(np.stack([end, end - along + across, end - along - across]), colour)
    canvas.dot(ends[0], 4 * scale, WHITE)


@cache
def _tessellation() -> Edges:
    """Each edge of MediaPipe's triangles once."""
    triangles: list[list[int]] = facts.load("face_mesh_topology")["tessellation"]
    closed = ((*corners, corners[0]) for corners in triangles)
    return tuple(sorted({(min(edge), max(edge)) for corners in closed for edge in pairwise(corners)}))


@cache
def _contour(name: str) -> Edges:
    return tuple((start, end) for start, end in facts.load("face_mesh_topology")["contours"][name])


def _require(points: Points, fewest: int, what: str) -> None:
    if points.ndim != 2 or points.shape[0] < fewest or points.shape[1] < 2 or not np.isfinite(points[:, :2]).all():
        raise FrameError(f"{what} of shape {list(points.shape)}; expected at least {fewest} finite points (x, y)")
