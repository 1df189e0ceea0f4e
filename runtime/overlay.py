"""A picture with what was found of its faces drawn over it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.refinement import attention_refinement
from runtime.canvas import Area, Canvas, Colour
from runtime.drawing import (
    AMBER,
    draw_axes,
    draw_contours,
    draw_detection,
    draw_iris,
    draw_region,
    draw_tessellation,
)
from runtime.errors import FrameError
from runtime.faces import Face
from runtime.geometry import Camera, project
from runtime.surface import checkers, shaded, textured

LAYERS = ("shaded", "textured", "mesh", "contours", "irises", "boxes", "axes")
"""What `draw_faces` can draw, from the lowest to the uppermost."""
USUAL_LAYERS = ("mesh", "contours", "irises", "boxes")
USUAL_SIZE = 280.0
"""Pixels: over a face of this size lines are as wide as they are said to be, over others in proportion."""
THINNEST, THICKEST = 0.55, 6.0
"""Times as wide, whatever the face's size."""
LABEL = 15.0
"""Pixels, the size of the words at a box."""
MARGIN = 0.06
"""Room around a face for its lines, in parts of its size, and for the words above its box."""

AXIS, AHEAD = 9.0, 13.0
"""Centimetres, how long axes are drawn, and the one that looks ahead: they begin inside of the head."""
INK: Colour = (17, 24, 39, 255)

Points = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Style:
    """What `draw_faces` draws: some of LAYERS, and the texture (RGBA) where "textured" is among them; else checkers.

    FrameError for other layers.
    """

    layers: tuple[str, ...] = USUAL_LAYERS
    texture: Image.Image | None = None

    def __post_init__(self) -> None:
        if unknown := [layer for layer in self.layers if layer not in LAYERS]:
            raise FrameError(f"a layer {unknown[0]!r}; expected some of {', '.join(LAYERS)}")


def draw_faces(picture: Image.Image, faces: Sequence[Face], style: Style | None = None) -> Image.Image:
    """The picture, in RGB, with what the style asks for of each face; what a face doesn't have is left out.

    Landmarks, boxes and poses may lie outside of the picture. FrameError for a picture of another size than the frame
    that the faces were found in.
    """
    style = style or Style()
    drawn = picture.convert("RGB")
    for face in faces:
        if face.frame_size != picture.size:
            raise FrameError(f"a face of a frame of {face.frame_size} pixels; expected {picture.size}, the picture's")
        drawn = _with_face(drawn, face, style)
    return drawn


def _with_face(picture: Image.Image, face: Face, style: Style) -> Image.Image:
    axes = None if face.pose is None or "axes" not in style.layers else axis_ends(face.pose, face.frame_size)
    landmarks = face.landmarks_in_pixels
    if landmarks is not None:
        picture = _with_surface(picture, landmarks, style)
    lines = [] if axes is None else [axes]
    if landmarks is not None and {"mesh", "contours", "irises"} & set(style.layers):
        lines.append(landmarks[:, :2])
    if "boxes" in style.layers:
        lines.append(_place(face))
    area = _area(lines, picture.size)
    if area is None:
        return picture
    canvas, scale = Canvas(picture, area), _scale(face)
    if landmarks is not None:
        _draw_landmarks(canvas, landmarks, style.layers, scale)
    if "boxes" in style.layers:
        _draw_place(canvas, face, scale)
    if axes is not None:
        draw_axes(canvas, axes, scale)
    return canvas.picture()


def _with_surface(picture: Image.Image, landmarks: NDArray[np.float64], style: Style) -> Image.Image:
    area = _area([landmarks[:, :2]], picture.size)
    if area is not None and "shaded" in style.layers:
        picture = shaded(picture, area, landmarks)
    if area is not None and "textured" in style.layers:
        picture = textured(picture, area, landmarks, style.texture or checkers())
    return picture


def _draw_landmarks(canvas: Canvas, landmarks: Points, layers: Sequence[str], scale: float) -> None:
    if "mesh" in layers:
        draw_tessellation(canvas, landmarks, scale)
    if "contours" in layers:
        draw_contours(canvas, landmarks, scale)
    if "irises" in layers:
        for iris in attention_refinement().irises:
            if max(iris.points) < len(landmarks):
                draw_iris(canvas, landmarks[list(iris.points)], scale)


def _draw_place(canvas: Canvas, face: Face, scale: float) -> None:
    """The detection, or the region in which tracking found the face; the face's number, and how sure the network is."""
    words = f"#{face.id}"
    if face.detection is not None:
        points = face.detection.points * np.array(face.frame_size)
        draw_detection(canvas, points, scale)
        corner, words = points[0], f"{words}  {face.detection.score:.2f}"
    elif face.region is not None:
        corners = face.region.corners
        draw_region(canvas, corners, AMBER, scale)
        corner = corners[np.argmin(corners.sum(axis=1))]
        words = words if face.presence is None else f"{words}  {face.presence:.2f}"
    else:
        return
    size = LABEL * max(scale, 0.7)
    left, bottom = max(0.0, float(corner[0])), max(2 * size, float(corner[1]) - 4 * scale)
    canvas.words(words, (left, bottom), size, INK, AMBER)


def _place(face: Face) -> Points:
    """The points [N, 2] of what `_draw_place` draws."""
    if face.detection is not None:
        return np.asarray(face.detection.points * np.array(face.frame_size))
    return np.zeros((0, 2)) if face.region is None else face.region.corners


def _area(lines: Sequence[Points], size: tuple[int, int]) -> Area | None:
    """The part of a picture of `size` that lines around these points may touch; None if there is none."""
    points = np.concatenate([np.zeros((0, 2)), *lines])
    if not len(points) or not np.isfinite(points).all():
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * float((high - low).max()) + 2 * LABEL
    left, top = np.floor(low - margin).clip(0, size).astype(int)
    right, bottom = np.ceil(high + margin).clip(0, size).astype(int)
    return (int(left), int(top), int(right), int(bottom)) if left < right and top < bottom else None


def _scale(face: Face) -> float:
    """How wide lines are drawn over a face of this size, times what is usual; the same whether it was just detected."""
    landmarks = face.landmarks_in_pixels
    points = _place(face) if landmarks is None else landmarks[:, :2]
    side = float((points.max(axis=0) - points.min(axis=0)).max())
    return min(max(side / USUAL_SIZE, THINNEST), THICKEST)


def axis_ends(pose: NDArray[np.float64], frame_size: tuple[int, int], camera: Camera | None = None) -> Points | None:
    """Where the camera sees a head's axes: their origin, then the ends of x, y and z, [4, 2] in pixels of the frame.

    `pose` is a face's, [4, 4]. None where one of them is not before the camera.
    """
    ends = np.array([[0, 0, 0, 1], [AXIS, 0, 0, 1], [0, AXIS, 0, 1], [0, 0, AHEAD, 1]], float)
    with suppress(FrameError):
        return project((ends @ pose.T)[:, :3], frame_size, camera)
    return None
