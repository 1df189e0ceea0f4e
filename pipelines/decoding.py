"""A detector's raw outputs → one candidate an anchor."""

import numpy as np
from numpy.typing import NDArray

from pipelines.anchors import AnchorRecipe
from pipelines.detections import ROWS, Detections
from pipelines.errors import ShapeError

LOGIT_LIMIT = np.float32(100)
"""Logits are clipped to ±100 before the sigmoid (score_clipping_thresh of MediaPipe's face detectors)."""

VALUE_LIMIT = np.float32(65504)
"""Regressors are clipped to ± float16's largest number, 340 times the input image's side or more: black frames reach
half of it, and an infinite one would make NaN of what it is averaged with."""

UNKNOWN = np.array([[1, 1], *[[-1, -1]] * (ROWS - 1)], np.float32)
"""The points of an anchor that has NaN among its regressors: a box of size −2, which suppression drops."""


def decode(
    regressors: NDArray[np.floating], logits: NDArray[np.floating], recipe: AnchorRecipe, least: float | None = None
) -> Detections:
    """Decode `regressors` [N, 16] (pixels of the input image) and `logits` [N] into N candidates, an anchor each.

    A row of regressors is: centre x, y and width, height of the box, then x, y of six keypoints; centre and keypoints
    are offsets from the anchor's centre. Every anchor is kept (with `least`, every one of that score or more), in
    order, and all that comes out is finite: regressors are clipped to ±VALUE_LIMIT, an anchor with NaN among them gets
    the points UNKNOWN, and NaN is the lowest logit.
    Arithmetic is float32, as the original's but for that and a multiplication by 1 / side where it divides.
    ShapeError if N is not the recipe's count.
    Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_detections_calculator.cc.
    """
    anchors = recipe.centers()
    if regressors.shape != (len(anchors), 2 * ROWS) or logits.shape != (len(anchors),):
        raise ShapeError(
            f"raw outputs of shapes {list(regressors.shape)} and {list(logits.shape)}; "
            f"expected [{len(anchors)}, {2 * ROWS}] and [{len(anchors)}] for an input side of {recipe.input_side}"
        )
    scores = sigmoid(np.where(np.isnan(logits), -LOGIT_LIMIT, logits))
    if least is not None:
        kept = scores >= np.float32(least)
        regressors, anchors, scores = regressors[kept], anchors[kept], scores[kept]
    clipped = np.clip(regressors.astype(np.float32), -VALUE_LIMIT, VALUE_LIMIT)
    points = clipped.reshape(-1, ROWS, 2) * (np.float32(1) / np.float32(recipe.input_side))
    size = points[:, 1].copy()
    points[:, 0] += anchors
    points[:, 1] = points[:, 0] + size / 2
    points[:, 0] -= size / 2
    points[:, 2:] += anchors[:, np.newaxis]
    points[np.isnan(regressors).any(axis=1)] = UNKNOWN
    return Detections(points, scores)


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """1 / (1 + e^−x) of `logits` clipped to ±100, in float32; the shape stays, NaN stays NaN."""
    clipped = np.minimum(np.maximum(logits.astype(np.float32), -LOGIT_LIMIT), LOGIT_LIMIT)
    with np.errstate(over="ignore"):  # e^100 is float32's infinity, and 1 / ∞ the 0 that is wanted
        powers = np.exp(-clipped.astype(np.float64)).astype(np.float32)  # numpy's own float32 exp is off by 2 ulp
        scores: NDArray[np.float32] = np.float32(1) / (np.float32(1) + powers)
    return scores
