"""MediaPipe's operators for attention out of ONNX's own nodes; converters/ops/mediapipe.py names their sources."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.graph import Array
from converters.onnx.values import Value, natural
from converters.regions import Region

if TYPE_CHECKING:
    from converters.onnx.home import OnnxHome


def region_matrix(home: "OnnxHome", landmarks: Value, region: Region) -> Value:
    """M = T(centre) · R⁻¹ · S(scale · box / size) · T(−size / 2): [1, points, 3] → [1, 4, 4]."""
    points = home.slice(landmarks, [(0, 1, 1), (0, landmarks.shape[1], 1), (0, 2, 1)])
    back = _rotation_back(home, points, region)
    chosen = home.gather(points, home.constant(np.array(region.subset, np.int32)), 1, 0)
    level = home.matmul(chosen, back)  # a row times the inverse: the point turned
    greatest, least = (home.reduce(kind, level, [1], keep=True) for kind in ("max", "min"))
    box = home.binary("MUL", home.binary("SUB", greatest, least), _floats(home, [[region.scale]]))
    middle = home.binary("MUL", home.binary("ADD", greatest, least), _floats(home, 0.5))
    cells = home.binary("MUL", box, _floats(home, [[[1 / side for side in region.size]]]))
    corner = home.binary("SUB", middle, home.binary("MUL", box, _floats(home, 0.5)))
    shift = home.matmul(back, home.transpose(corner, (0, 2, 1)))
    linear = home.binary("MUL", back, cells)
    rows = home.concat([linear, home.constant(np.zeros((1, 2, 1), np.float32)), shift], 2)
    return home.concat([rows, home.constant(np.eye(4, dtype=np.float32)[None, 2:])], 1)


def _rotation_back(home: "OnnxHome", points: Value, region: Region) -> Value:
    """R⁻¹ [1, 2, 2] of r = rotation − the line's angle: ((cos r, sin r), (−sin r, cos r)).

    A line without length has the angle 0, as atan2(0, 0).
    """
    left, right = (home.slice(points, [(0, 1, 1), (j, j + 1, 1), (0, 2, 1)]) for j in (region.left, region.right))
    line = home.binary("SUB", right, left)
    length = home.unary("SQRT", home.reduce("sum", home.unary("SQUARE", line), [2], keep=True))
    pointlike = home.binary("EQUAL", length, _floats(home, 0.0))
    safe = home.select(pointlike, _floats(home, 1.0), length)
    direction = home.select(pointlike, _floats(home, [[[1.0, 0.0]]]), home.binary("DIV", line, safe))
    cos, sin = math.cos(region.rotation), math.sin(region.rotation)
    # cos r = cos·dx + sin·dy and sin r = sin·dx − cos·dy, written as one product for the four entries.
    entries = _floats(home, [[[cos, sin, -sin, cos], [sin, -cos, cos, sin]]])
    return home.reshape(home.matmul(direction, entries), (1, 2, 2))


def region_features(home: "OnnxHome", picture: Value, matrix: Value, size: tuple[int, int]) -> Value:
    """Cell (x, y) is the picture's value at M·(x + ½, y + ½) − ½, or 0 outside: by GridSample, and a mask."""
    height, width, channels = picture.shape[1:]
    last = np.array([[[width - 1], [height - 1]]], np.float32)
    rows = home.slice(matrix, [(0, 1, 1), (0, 2, 1), (0, 4, 1)])
    places = home.binary("SUB", home.matmul(rows, home.constant(cell_middles(*size)[None])), _floats(home, 0.5))
    above = home.binary("GREATER_EQUAL", places, _floats(home, 0.0))
    inside = home.binary("LOGICAL_AND", above, home.binary("LESS_EQUAL", places, home.constant(last)))
    safe = home.select(inside, places, _floats(home, 0.0))
    # GridSample counts from −1 on the first cell's centre to 1 on the last one's.
    shares = home.binary("SUB", home.binary("MUL", safe, home.constant(2 / np.maximum(last, 1))), _floats(home, 1.0))
    grid = home.reshape(home.transpose(shares, (0, 2, 1)), (1, size[1], size[0], 2))
    builder = home.builder
    names = [builder.ordered(picture, (0, 3, 1, 2)), builder.ordered(grid)]
    options: dict[str, Any] = {"mode": "bilinear", "padding_mode": "border", "align_corners": 1}
    like = Value("", (1, size[1], size[0], channels), "float32", (0, 3, 1, 2))
    sampled = builder.made("GridSample", names, like, **options)
    visible = home.reduce("all", inside, [1], keep=False)
    return home.binary("MUL", sampled, home.reshape(home.cast(visible, "float32"), (1, size[1], size[0], 1)))


def cell_middles(width: int, height: int) -> Array:
    """(x + ½, y + ½, 0, 1) of each cell, row by row: shape [4, height · width]."""
    y, x = np.divmod(np.arange(width * height), width)
    return np.stack([x + 0.5, y + 0.5, np.zeros(x.size), np.ones(x.size)]).astype(np.float32)


def from_region(home: "OnnxHome", landmarks: Value, matrix: Value) -> Value:
    """(x, y, 0, 1) through the matrix; a third coordinate stays as it is."""
    count, dimensions = landmarks.shape[1:]
    flat = home.slice(landmarks, [(0, 1, 1), (0, count, 1), (0, 2, 1)])
    turn = home.slice(matrix, [(0, 1, 1), (0, 2, 1), (0, 2, 1)])
    shift = home.reshape(home.slice(matrix, [(0, 1, 1), (0, 2, 1), (3, 4, 1)]), (1, 1, 2))
    moved = home.binary("ADD", home.matmul(flat, home.transpose(turn, (0, 2, 1))), shift)
    if dimensions == 2:
        return moved
    return home.concat([moved, home.slice(landmarks, [(0, 1, 1), (0, count, 1), (2, 3, 1)])], 2)


def _floats(home: "OnnxHome", value: object) -> Value:
    array = np.array(value, np.float32)
    return Value("", array.shape, "float32", natural(array.ndim), array)
