"""The perspective map between a crop and a region's corners, with OpenCV's own rounding errors.

They matter: a frame of 250 pixels in a crop of 128 has samples just between two of the positions to which OpenCV
rounds, and its last digits decide. Sources: opencv, modules/imgproc/src/imgwarp.cpp (getPerspectiveTransform,
warpPerspective), modules/core/src/matrix_decomp.cpp (LU), modules/core/src/lapack.cpp (invert).
"""

import numpy as np
from numpy.typing import NDArray

from runtime.errors import FrameError

Floats = NDArray[np.float64]
Rows = list[list[float]]

SINGULAR = 100 * float(np.finfo(np.float64).eps)
"""Pivots that are smaller count as 0."""
BLOCK_ROWS, BLOCK_PIXELS = 16, 1024
"""OpenCV steps through the crop in blocks; a position is the block's plus a step."""


def to_corners(corners: NDArray[np.float32], side: int) -> Rows:
    """The 3 x 3 matrix that takes the crop's (0, side), (0, 0), (side, 0), (side, side) to `corners` [4, 2].

    As OpenCV does it: the matrix the other way round, inverted. FrameError for corners that span no area.
    """
    equations = [[0.0] * 9 for _ in range(8)]
    for i, (u, v) in enumerate(((0, side), (0, 0), (side, 0), (side, side))):
        x, y = corners[i]
        products = (-(x * np.float32(u)), -(y * np.float32(u)), -(x * np.float32(v)), -(y * np.float32(v)))
        to_u, to_v = [float(x), float(y), 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, float(x), float(y), 1.0]
        equations[i] = [*to_u, float(products[0]), float(products[1]), float(u)]
        equations[i + 4] = [*to_v, float(products[2]), float(products[3]), float(v)]
    solved = _solved(equations)
    return _inverse([solved[:3], solved[3:6], [*solved[6:], 1.0]])


def _solved(equations: Rows) -> list[float]:
    """The solution of N linear equations in N unknowns, [N, N + 1]: LU with partial pivoting."""
    count = len(equations)
    for i in range(count):
        pivot = max(range(i, count), key=lambda j: abs(equations[j][i]))
        if abs(equations[pivot][i]) < SINGULAR:
            raise FrameError("region whose corners span no area; expected a width and a height")
        equations[i], equations[pivot] = equations[pivot], equations[i]
        first = equations[i]
        reciprocal = -1 / first[i]
        for row in equations[i + 1 :]:
            factor = row[i] * reciprocal
            row[i + 1 :] = [value + factor * other for value, other in zip(row[i + 1 :], first[i + 1 :], strict=True)]
    solution = [row[count] for row in equations]
    for i in reversed(range(count)):
        for k in range(i + 1, count):
            solution[i] -= equations[i][k] * solution[k]
        solution[i] /= equations[i][i]
    return solution


def _inverse(m: Rows) -> Rows:
    """Of a 3 x 3 matrix, by its cofactors."""

    def minor(row: int, column: int) -> float:
        """Of the transposed matrix, with its sign."""
        (a, b), (c, d) = ((column + 1) % 3, (column + 2) % 3), ((row + 1) % 3, (row + 2) % 3)
        return m[a][c] * m[b][d] - m[a][d] * m[b][c]

    (a, b, c), d, e = m[0], m[1], m[2]
    determinant = a * (d[1] * e[2] - d[2] * e[1]) - b * (d[0] * e[2] - d[2] * e[0]) + c * (d[0] * e[1] - d[1] * e[0])
    if determinant == 0:
        raise FrameError("region whose corners span no area; expected a width and a height")
    reciprocal = 1 / determinant
    return [[minor(row, column) * reciprocal for column in range(3)] for row in range(3)]


def positions(matrix: Rows, side: int, steps: int) -> tuple[Floats, Floats]:
    """Where the crop's pixels come from, x and y as [side, side], in whole `steps` of a pixel (halves to the even)."""
    width = min(BLOCK_PIXELS // min(BLOCK_ROWS, side), side)
    row = np.arange(side, dtype=np.float64)[:, np.newaxis]
    block, step = np.arange(0, side, width, dtype=np.float64), np.arange(width, dtype=np.float64)
    x, y, scale = (((a * block + b * row + c)[..., np.newaxis] + a * step).reshape(side, -1) for a, b, c in matrix)
    np.divide(steps, scale, out=scale)
    x *= scale
    y *= scale
    return np.rint(x, out=x)[:, :side], np.rint(y, out=y)[:, :side]
