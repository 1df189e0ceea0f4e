"""How a stored picture is to be turned to stand upright: the eight cases of Exif's tag 274.

Source: CIPA DC-008, Exif 2.32, section 4.6.4, "Orientation".
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Orientation(IntEnum):
    """What is to be done with the stored picture, by Exif's numbers, which are also Core Graphics'."""

    UP = 1
    UP_MIRRORED = 2
    DOWN = 3
    DOWN_MIRRORED = 4
    LEFT_MIRRORED = 5
    RIGHT = 6
    RIGHT_MIRRORED = 7
    LEFT = 8

    def to_upright(self) -> NDArray[np.int_]:
        """Shape [2, 3]: takes normalised points (x, y, 1) of the stored picture to those of the upright one."""
        turned = np.array(_TURNS[self])
        # Where an axis was turned round, what comes out lies between −1 and 0.
        return np.column_stack([turned, (turned.sum(axis=1) < 0).astype(int)])

    @property
    def inverse(self) -> "Orientation":
        """The case that undoes this one."""
        return _of(np.linalg.inv(_TURNS[self]))

    @property
    def mirrored(self) -> "Orientation":
        """The case that shows the upright picture as a mirror would, left to right."""
        return _of(np.array([[-1, 0], [0, 1]]) @ _TURNS[self])

    @property
    def swaps_sides(self) -> bool:
        """Whether upright width is stored height."""
        return _TURNS[self][0][0] == 0


_TURNS: dict[Orientation, list[list[int]]] = {
    Orientation.UP: [[1, 0], [0, 1]],
    Orientation.UP_MIRRORED: [[-1, 0], [0, 1]],
    Orientation.DOWN: [[-1, 0], [0, -1]],
    Orientation.DOWN_MIRRORED: [[1, 0], [0, -1]],
    Orientation.LEFT_MIRRORED: [[0, 1], [1, 0]],
    Orientation.RIGHT: [[0, -1], [1, 0]],
    Orientation.RIGHT_MIRRORED: [[0, -1], [-1, 0]],
    Orientation.LEFT: [[0, 1], [-1, 0]],
}


def _of(turn: NDArray[np.floating] | NDArray[np.int_]) -> Orientation:
    return next(case for case, rows in _TURNS.items() if np.array_equal(rows, turn))
