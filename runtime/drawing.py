"""Pictures of what was found: boxes, keypoints, meshes and irises, drawn with smooth edges."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import facts
from runtime.errors import FrameError

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, each 0-255."""

WHITE: Colour = (255, 255, 255, 255)
AMBER: Colour = (252, 196, 80, 255)
ROSE: Colour = (255, 107, 129, 255)
TEAL: Colour = (56, 217, 190, 255)
SKY: Colour = (96, 178, 255, 255)
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

SUPERSAMPLING = 4
"""Drawn this many times larger, then averaged down: Pillow itself draws without anti-aliasing."""


class Canvas:
    """A layer over a picture; coordinates and widths are in the picture's pixels and need not be whole."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture.convert("RGBA")
        size = (picture.width * SUPERSAMPLING, picture.height * SUPERSAMPLING)
        self._layer = Image.new("RGBA", size)
        self._draw = ImageDraw.Draw(self._layer)

    def polyline(self, points: NDArray[np.floating], colour: Colour, width: float, closed: bool = False) -> None:
        """A line through `points` [P, 2] with rounded joints and ends."""
        path = np.concatenate([points, points[:1]]) if closed else points
        for start, end in pairwise(path):
            self._line(start, end, colour, width)
        if width > 1:
            for joint in path:
                self.dot(joint, width / 2, colour)

    def edges(self, points: NDArray[np.floating], pairs: Iterable[Iterable[int]], colour: Colour, width: float) -> None:
        """A line for each pair of indices into `points` [P, 2]."""
        for start, end in pairs:
            self.polyline(points[[start, end]], colour, width)

    def dot(self, center: NDArray[np.floating], radius: float, colour: Colour) -> None:
        """A filled disc around `center` [2]."""
        self._draw.ellipse(self._bounds(center, radius), fill=colour)

    def ring(self, center: NDArray[np.floating], radius: float, colour: Colour, width: float) -> None:
        """A circle around `center` [2], drawn inwards from `radius`."""
        self._draw.ellipse(self._bounds(center, radius), outline=colour, width=max(1, round(width * SUPERSAMPLING)))

    def picture(self) -> Image.Image:
        """The picture with everything drawn so far, as RGB."""
        layer = self._layer.reduce(SUPERSAMPLING)
        return Image.alpha_composite(self._picture, layer).convert("RGB")

    def _line(self, start: NDArray[np.floating], end: NDArray[np.floating], colour: Colour, width: float) -> None:
        ends = [tuple(float(value) * SUPERSAMPLING for value in point[:2]) for point in (start, end)]
        self._draw.line(ends, fill=colour, width=max(1, round(width * SUPERSAMPLING)))

    @staticmethod
    def _bounds(center: NDArray[np.floating], radius: float) -> tuple[float, float, float, float]:
        x, y, r = float(center[0]) * SUPERSAMPLING, float(center[1]) * SUPERSAMPLING, radius * SUPERSAMPLING
        return (x - r, y - r, x + r, y + r)


def draw_detection(canvas: Canvas, points: NDArray[np.floating]) -> None:
    """A detection's box and keypoints: `points` [8, 2] in the picture's pixels, rows as in pipelines.detections."""
    _require(points, 8, "detection")
    (x0, y0), (x1, y1) = points[0], points[1]
    box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    canvas.polyline(box, AMBER, 2.5, closed=True)
    for point in points[2:]:
        canvas.dot(point, 5.5, WHITE)
        canvas.dot(point, 3.8, ROSE)


def draw_region(canvas: Canvas, corners: NDArray[np.floating], colour: Colour = WHITE) -> None:
    """A region's outline: its `corners` [4, 2] in the picture's pixels, in order around it."""
    canvas.polyline(corners, colour, 1.5, closed=True)


def draw_mesh(canvas: Canvas, landmarks: NDArray[np.floating]) -> None:
    """A face mesh: `landmarks` [468 or 478, 2 or 3] in the picture's pixels (z is not drawn).

    The tessellation in thin lines, the contours over it in CONTOUR_COLOURS. FrameError for fewer landmarks.
    """
    _require(landmarks, 468, "mesh")
    topology = _topology()
    tessellation = {tuple(sorted(edge)) for a, b, c in topology["tessellation"] for edge in ((a, b), (b, c), (c, a))}
    canvas.edges(landmarks, sorted(tessellation), VEIL, 1.0)
    for name, colour in CONTOUR_COLOURS.items():
        canvas.edges(landmarks, topology["contours"][name], colour, 2.0)


def draw_eye(canvas: Canvas, contour: NDArray[np.floating], colour: Colour) -> None:
    """The outline of an eye: `contour` [71, 2 or 3] of the iris model, in the picture's pixels, whichever eye it is."""
    _require(contour, 71, "eye")
    order: list[int] = facts.load("attention_refinement")["overwrite"]["leftEye"]
    outline = [[order.index(start), order.index(end)] for start, end in _topology()["contours"]["rightEye"]]
    for point in contour:
        canvas.dot(point, 1.8, VEIL)
    canvas.edges(contour, outline, colour, 2.0)


def draw_iris(canvas: Canvas, iris: NDArray[np.floating]) -> None:
    """An iris: `iris` [5, 2 or 3] in the picture's pixels, the centre and four points of its edge, as a circle."""
    _require(iris, 5, "iris")
    radius = float(np.linalg.norm(iris[1:, :2] - iris[0, :2], axis=1).mean())
    canvas.ring(iris[0], radius, AMBER, 2.0)
    canvas.dot(iris[0], 2.5, AMBER)


def _topology() -> dict[str, Any]:
    return facts.load("face_mesh_topology")


def _require(points: NDArray[np.floating], fewest: int, what: str) -> None:
    if points.ndim != 2 or points.shape[0] < fewest or points.shape[1] < 2 or not np.isfinite(points[:, :2]).all():
        raise FrameError(f"{what} of shape {list(points.shape)}; expected at least {fewest} finite points (x, y)")
