"""Faces in the form that Vision's object detection has: a score a class, and boxes by centre and size."""

import numpy as np
from numpy.typing import NDArray

from pipelines.suppression import Faces

CLASSES = 80
"""Columns of scores: a one-class program before a NonMaximumSuppression model loses boxes (ultralytics#22309)."""


def vision_rows(faces: Faces) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`scores` [K, CLASSES], "face" in column 0 and 0 in the others; `boxes` [K, 4]: centre x, y, width, height.

    Unused slots are 0; boxes are normalised to the detector's input, origin top left.
    """
    scores = np.zeros((len(faces.confidence), CLASSES), np.float32)
    scores[:, 0] = faces.confidence
    low, high = faces.landmarks[:, 0], faces.landmarks[:, 1]
    return scores, np.concatenate([(low + high) / 2, high - low], axis=1)
