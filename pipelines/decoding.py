"""A detector's raw outputs → one candidate an anchor."""

import numpy as np
from numpy.typing import NDArray

from pipelines.anchors import AnchorRecipe
from pipelines.detections import ROWS, Detections
from pipelines.errors import ShapeError

LOGIT_LIMIT = np.float32(100)
"""Logits are clipped to ±100 before the sigmoid (score_clipping_thresh of MediaPipe's face detectors)."""


def decode(regressors: NDArray[np.floating], logits: NDArray[np.floating], recipe: AnchorRecipe) -> Detections:
    """Decode `regressors` [N, 16] (pixels of the input image) and `logits` [N] into N candidates, an anchor each.

    A row of regressors is: centre x, y and width, height of the box, then x, y of six keypoints; centre and keypoints
    are offsets from the anchor's centre. Infinite and NaN values pass through (a NaN logit to a NaN score); every
    anchor is kept, in order. Arithmetic is float32, as the original's. ShapeError if N is not the recipe's count.
    Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_detections_calculator.cc.
    """
    anchors = recipe.centers()
    if regressors.shape != (len(anchors), 2 * ROWS) or logits.shape != (len(anchors),):
        raise ShapeError(
            f"raw outputs of shapes {list(regressors.shape)} and {list(logits.shape)}; "
            f"expected [{len(anchors)}, {2 * ROWS}] and [{len(anchors)}] for an input side of {recipe.input_side}"
        )
    # An infinite regressor makes NaN here (∞ − ∞); suppression drops such a box, so it is no reason for a warning.
    with np.errstate(invalid="ignore", over="ignore"):
        points = regressors.astype(np.float32).reshape(-1, ROWS, 2) / np.float32(recipe.input_side)
        size = points[:, 1].copy()
        points[:, 0] += anchors
        points[:, 1] = points[:, 0] + size / 2
        points[:, 0] -= size / 2
        points[:, 2:] += anchors[:, np.newaxis]
    return Detections(points, sigmoid(logits))


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """1 / (1 + e^−x) of `logits` clipped to ±100, in float32; the shape stays, NaN stays NaN."""
    clipped = np.clip(logits.astype(np.float32), -LOGIT_LIMIT, LOGIT_LIMIT)
    with np.errstate(over="ignore"):  # e^100 is float32's infinity, and 1 / ∞ the 0 that is wanted
        scores: NDArray[np.float32] = np.float32(1) / (np.float32(1) + np.exp(-clipped))
    return scores
