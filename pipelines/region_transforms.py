"""What the attention network's own operators compute, in plain numpy: a region, the features in it, the way back.

Source: google-ai-edge/mediapipe, mediapipe/util/tflite/operations/{landmarks_to_transform_matrix,
transform_tensor_bilinear,transform_landmarks}.cc, second versions. Arithmetic is float32, rounded where the original
rounds, so that the digits are the same. A matrix is [4, 4]; its rows 0 and 1 give x and y.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipelines import libm
from pipelines.errors import ShapeError

Floats = NDArray[np.float32]
Number = TypeVar("Number", Floats, np.float32)
TWO = np.float32(2)


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

    @cached_property
    def chosen(self) -> NDArray[np.intp]:
        """The subset as an index."""
        return np.array(self.subset, np.intp)

    @cached_property
    def last(self) -> int:
        """The highest index."""
        return max(self.left, self.right, *self.subset)


def region_matrix(landmarks: Floats, recipe: RegionRecipe) -> Floats:
    """The matrix [4, 4] from the region's cells to the picture's, for `landmarks` [N, 3] in the picture's cells.

    Turn the subset by r = rotation − atan2(line) about the origin, take its box, turn the box's centre c back, then
    T(c) · R(−r) · S(scale · box / size) · T(−size / 2). ShapeError for landmarks of another shape, or too few.
    """
    if landmarks.ndim != 2 or landmarks.shape[1] != 3 or recipe.last >= len(landmarks):
        raise ShapeError(f"landmarks {list(landmarks.shape)}, expected [N, 3] with every point that the recipe names")
    points = landmarks.astype(np.float32, copy=False)
    (left_x, left_y, _), (right_x, right_y, _) = points[recipe.left], points[recipe.right]
    turn = np.float32(recipe.rotation) - libm.atan2(right_y - left_y, right_x - left_x)
    chosen = points[recipe.chosen]
    x, y = _turned(chosen[:, 0], chosen[:, 1], turn)
    low_x, high_x, low_y, high_y = x.min(), x.max(), y.min(), y.max()
    center = _turned((low_x + high_x) / TWO, (low_y + high_y) / TWO, -turn)
    across = np.float32(recipe.scale[0]) * (high_x - low_x) / np.float32(recipe.size[0])
    down = np.float32(recipe.scale[1]) * (high_y - low_y) / np.float32(recipe.size[1])
    shift_x, shift_y = (-np.float32(size) / TWO for size in recipe.size)
    cos, sin = libm.cos(-turn), libm.sin(-turn)
    matrix = np.eye(4, dtype=np.float32)
    for row, (a, b) in enumerate(((cos * across, -sin * down), (sin * across, cos * down))):
        matrix[row] = (a, b, 0, a * shift_x + b * shift_y + center[row])
    return matrix


def _turned(x: Number, y: Number, angle: np.float32) -> tuple[Number, Number]:
    """Points, turned about the origin."""
    cos, sin = libm.cos(angle), libm.sin(angle)
    return cos * x + -sin * y, sin * x + cos * y


def region_features(picture: Floats, matrix: Floats, size: tuple[int, int]) -> Floats:
    """`picture` [H, W, C] as the region sees it, [height, width, C] for `size` (width, height).

    Cell (x, y) is the picture at M·(x + ½, y + ½) − ½, interpolated linearly between the four cells around it, and 0
    where that is outside of [0, W − 1] × [0, H − 1].
    """
    rows, columns, channels = picture.shape
    x, y = _cells(size)
    place_x, place_y = (a * x + b * y + _corrected(a, b, c) for a, b, _, c in matrix[:2])
    inside = (place_x >= 0) & (place_x <= columns - 1) & (place_y >= 0) & (place_y <= rows - 1)
    if not inside.all():
        place_x, place_y = np.where(inside, place_x, 0), np.where(inside, place_y, 0)
    left, top = place_x.astype(np.intp), place_y.astype(np.intp)
    to_right, down = (place_x - left).astype(np.float32)[:, None], (place_y - top).astype(np.float32)[:, None]
    upper, lower = top * columns, np.minimum(top + 1, rows - 1) * columns
    right = np.minimum(left + 1, columns - 1)
    corners = np.array([[upper + left, lower + left], [upper + right, lower + right]])
    first, second = picture.reshape(-1, channels).take(corners, axis=0)
    above, below = _between(first, second, to_right)
    found = _between(above, below, down)
    if not inside.all():
        found[~inside] = 0
    return found.reshape(size[1], size[0], channels)


@lru_cache(maxsize=8)
def _cells(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Columns and rows of all cells of a region of `size` (width, height), row by row, [width · height] each."""
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32).reshape(2, -1)
    return x, y


def _corrected(a: np.float32, b: np.float32, c: np.float32) -> np.float32:
    """The constant of a matrix's row for cells counted by their corners: c + a/2 + b/2 − ½, rounded once."""
    return np.float32(float(c) + (float(a) * 0.5 + float(b) * 0.5 - 0.5))


def _between(first: Floats, second: Floats, part: Floats) -> Floats:
    """first · (1 − part) + second · part: the second product is rounded to float32, the first and the sum are not."""
    return ((1.0 - part.astype(np.float64)) * first + part * second).astype(np.float32)


def from_region(points: Floats, matrix: Floats) -> Floats:
    """`points` [N, 2] or [N, 3] of the region → the picture's, same shape; a third coordinate stays as it is."""
    moved = points.astype(np.float32, copy=True)
    x, y = moved[:, 0].copy(), moved[:, 1].copy()
    for axis, (a, b, _, c) in enumerate(matrix[:2]):
        moved[:, axis] = a * x + b * y + c
    return moved
