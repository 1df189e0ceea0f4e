"""Faces as a NonMaximumSuppression model takes them, in MIL; its twin is pipelines.vision."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813 — coremltools' own name for it

from converters.finish import Var
from pipelines.mil import TAIL
from pipelines.mil.suppression import Faces
from pipelines.vision import CLASSES


def vision_rows(faces: Faces) -> tuple[Var, Var]:
    """`scores` [K, CLASSES], "face" in column 0 and 0 in the others; `boxes` [K, 4]: centre x, y, width, height.

    Both float32, unused slots 0, boxes normalised to the detector's input, origin top left.
    """
    slots = faces.confidence.shape[0]
    column = mb.expand_dims(x=faces.confidence, axes=[1], name=f"{TAIL}vision_column")
    face = np.zeros((1, CLASSES), np.float32)
    face[0, 0] = 1
    scores = mb.mul(x=column, y=face, name=f"{TAIL}vision_scores")
    points = mb.reshape(x=faces.landmarks, shape=[slots, -1], name=f"{TAIL}vision_points")
    boxes = mb.matmul(x=points, y=_centers_and_sizes(points.shape[1]), name=f"{TAIL}vision_boxes")
    return scores, boxes


def _centers_and_sizes(coordinates: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """A matrix that makes a detection's coordinates into its box's centre x, y, width, height."""
    matrix = np.zeros((coordinates, 4), np.float32)
    for axis in range(2):
        matrix[[axis, 2 + axis], axis] = 0.5
        matrix[[axis, 2 + axis], 2 + axis] = -1, 1
    return matrix
