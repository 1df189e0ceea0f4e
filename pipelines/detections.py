"""Faces as a detector gives them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ShapeError

ROWS = 8
"""Points of a detection: the box's minimum, the box's maximum, six keypoints."""


@dataclass(frozen=True, eq=False)
class Detections:
    """M detections: `landmarks` [M, 8, 2] float32 and `scores` [M] float32 in 0-1.

    A detection's rows are the box's minimum, the box's maximum and the keypoints named in
    facts/detector_keypoints.json, each (x, y) normalised to the detector's input image, y down. Points may lie outside
    it. ShapeError where the arrays do not have these shapes.
    """

    landmarks: NDArray[np.float32]
    scores: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.scores.ndim != 1 or self.landmarks.shape != (len(self.scores), ROWS, 2):
            raise ShapeError(
                f"detections of shapes {list(self.landmarks.shape)} and {list(self.scores.shape)}; "
                f"expected landmarks [M, {ROWS}, 2] and scores [M]"
            )

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def boxes(self) -> NDArray[np.float32]:
        """The boxes (x min, y min, x max, y max), shape [M, 4]."""
        return self.landmarks[:, :2].reshape(-1, 4)

    def take(self, indices: NDArray[np.intp] | NDArray[np.bool_]) -> "Detections":
        """The detections at `indices`, or where a mask of M is true, in that order."""
        return Detections(self.landmarks[indices], self.scores[indices])
