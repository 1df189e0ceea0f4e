"""What the attention network's own operators compute, in plain numpy: a region, the features in it, the way back.

Source: google-ai-edge/mediapipe, mediapipe/util/tflite/operations/{landmarks_to_transform_matrix,
transform_tensor_bilinear,transform_landmarks}.cc, second versions. Arithmetic is float32, rounded where the original
rounds, so that the digits are the same. A matrix is [4, 4]; its rows 0 and 1 give x and y.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines import libm
from pipelines.errors import ShapeError

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class RegionRecipe:
    """How a region follows from landmarks: the box around the points `subset`, level with the line `left` → `right`.

    The box is enlarged by `scale` (x, y), and divided into `size` (width, height) cells; in it the line is turned by
    `rotation` radians.
    """

    left: int
    right: int
    subset: tuple[int, ...]
    size: tuple[int, int]
    scale: tuple[float, float]
    rotation: float = 0.0


def region_matrix(landmarks: Floats, recipe: RegionRecipe) -> Floats:
    """The matrix [4, 4] from the region's cells to the picture's, for `landmarks` [N, 3] in the picture's cells.

    Turn the subset by r = rotation − atan2(line) about the origin, take its box, turn the box's centre c back, then
    T(c) · R(−r) · S(scale · box / size) · T(−size / 2). ShapeError for landmarks of another shape, or too few.
    """
    if (
        landmarks.ndim != 2
        or landmarks.shape[1] != 3
        or max(recipe.left, recipe.right, *recipe.subset) >= len(landmarks)
    ):
        raise ShapeError(f"landmarks {list(landmarks.shape)}, expected [N, 3] with every point that the recipe names")
    points = landmarks[:, :2].astype(np.float32)
    dx, dy = points[recipe.right] - points[recipe.left]
    turn = np.float32(recipe.rotation) - libm.atan2(dy, dx)
    level = _turned(points[list(recipe.subset)], turn)
    low, high = level.min(axis=0), level.max(axis=0)
    center = _turned(((low + high) / np.float32(2))[np.newaxis], -turn)[0]
    size = np.array(recipe.size, np.float32)
    cos, sin = libm.cos(-turn), libm.sin(-turn)
    linear = np.array([[cos, -sin], [sin, cos]], np.float32) * (
        np.array(recipe.scale, np.float32) * (high - low) / size
    )
    shift = -size / np.float32(2)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:2, :2] = linear
    matrix[:2, 3] = linear[:, 0] * shift[0] + linear[:, 1] * shift[1] + center
    return matrix


def _turned(points: Floats, angle: np.float32) -> Floats:
    """`points` [N, 2], turned about the origin."""
    cos, sin = libm.cos(angle), libm.sin(angle)
    x, y = points[:, 0], points[:, 1]
    return np.stack([cos * x + -sin * y, sin * x + cos * y], axis=1)


def region_features(picture: Floats, matrix: Floats, size: tuple[int, int]) -> Floats:
    """`picture` [H, W, C] as the region sees it, [height, width, C] for `size` (width, height).

    Cell (x, y) is the picture at M·(x + ½, y + ½) − ½, interpolated linearly between the four cells around it, and 0
    where that is outside of [0, W − 1] × [0, H − 1].
    """
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    place_x, place_y = (a * x + b * y + _corrected(a, b, c) for a, b, _, c in matrix[:2])
    inside = (place_x >= 0) & (place_x <= columns - 1) & (place_y >= 0) & (place_y <= rows - 1)
    place_x, place_y = np.where(inside, place_x, 0), np.where(inside, place_y, 0)
    left, top = place_x.astype(np.intp), place_y.astype(np.intp)
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    to_right = (place_x - left).astype(np.float32)[..., None]
    down = (place_y - top).astype(np.float32)[..., None]
    upper = _between(picture[top, left], picture[top, right], to_right)
    lower = _between(picture[bottom, left], picture[bottom, right], to_right)
    return np.where(inside[..., None], _between(upper, lower, down), np.float32(0))


def _corrected(a: np.float32, b: np.float32, c: np.float32) -> np.float32:
    """The constant of a matrix's row for cells counted by their corners: c + a/2 + b/2 − ½, rounded once."""
    return np.float32(float(c) + (float(a) * 0.5 + float(b) * 0.5 - 0.5))


def _between(first: Floats, second: Floats, part: Floats) -> Floats:
    """first · (1 − part) + second · part: the second product is rounded to float32, the first and the sum are not."""
    return ((1.0 - part.astype(np.float64)) * first + part * second).astype(np.float32)


def from_region(points: Floats, matrix: Floats) -> Floats:
    """`points` [N, 2] or [N, 3] of the region → the picture's, same shape; a third coordinate stays as it is."""
    moved = points.astype(np.float32, copy=True)
    x, y = points[:, 0].astype(np.float32), points[:, 1].astype(np.float32)
    for axis, (a, b, _, c) in enumerate(matrix[:2]):
        moved[:, axis] = a * x + b * y + c
    return moved
