"""A detector's raw outputs → one proposal an anchor, in MIL; its twin is pipelines.decoding."""

from dataclasses import dataclass

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813 — coremltools' own name for it
from numpy.typing import NDArray

from converters.finish import Var
from pipelines.decoding import LOGIT_LIMIT, VALUE_LIMIT
from pipelines.detections import ROWS
from pipelines.mil import TAIL

ABOVE_ALL = np.float32(2 * VALUE_LIMIT)
"""No decoded coordinate reaches this: it only tells numbers from NaN."""


OUTWARDS = np.ones((1, 2 * ROWS), np.float32)
"""The signs of a detection's coordinates, of which the box's minimum is held negated."""
OUTWARDS[0, :2] = -1


@dataclass(frozen=True)
class Proposals:
    """What every anchor says: `landmarks` [N, 8, 2] and `scores` [N] in 0-1, float32, finite whatever the raw values.

    Rows as in pipelines.detections. Nothing is left out: boxes of negative size stand as they were decoded, with their
    scores, and an anchor with NaN among its regressors has the rows UNKNOWN of pipelines.decoding, a box of negative
    size too. Whoever suppresses drops them by that. `outwards` [N, 16] are the landmarks times OUTWARDS, which is how
    suppression wants them.
    """

    landmarks: Var
    scores: Var
    outwards: Var


def decode(regressors: Var, logits: Var, anchors: NDArray[np.float32], side: int) -> Proposals:
    """Decode `regressors` [N, 16] (pixels of the input image) and `logits` [N], float32, by `anchors` [N, 2].

    The anchors are normalised centres, `side` the input image's in pixels. Each step rounds as the twin's does, so that
    both give the same coordinates bit by bit; the scores differ in the last bits of the sigmoid.
    """
    limit = float(VALUE_LIMIT)
    clipped = mb.clip(x=regressors, alpha=-limit, beta=limit, name=f"{TAIL}clipped")
    scaled = mb.mul(x=clipped, y=np.float32(1) / np.float32(side), name=f"{TAIL}scaled")
    placed = mb.add(x=scaled, y=_offsets(anchors), name=f"{TAIL}placed")
    decoded = mb.matmul(x=placed, y=_corners(), name=f"{TAIL}decoded")  # one NaN makes a whole row of them
    number = mb.less_equal(x=decoded, y=ABOVE_ALL, name=f"{TAIL}number")
    outwards = mb.select(cond=number, a=decoded, b=np.float32(-1), name=f"{TAIL}outwards")
    points = mb.mul(x=outwards, y=OUTWARDS, name=f"{TAIL}points")
    landmarks = mb.reshape(x=points, shape=[len(anchors), ROWS, 2], name=f"{TAIL}proposals")
    return Proposals(landmarks, _scores(logits), outwards)


def _offsets(anchors: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is added to a row of regressors: the anchor's centre to each point, nothing to the box's size."""
    offsets = np.repeat(anchors[:, np.newaxis], ROWS, axis=1)
    offsets[:, 1] = 0
    return offsets.reshape(-1, 2 * ROWS)


def _corners() -> NDArray[np.float32]:
    """A matrix that makes (centre, size, keypoints) into (−minimum, maximum, keypoints).

    A sum has two terms at most, one halved exactly: there is one rounding, in whatever order they are added.
    """
    matrix = np.eye(2 * ROWS, dtype=np.float32)
    for axis in range(2):
        matrix[axis, [axis, 2 + axis]] = -1, 1
        matrix[2 + axis, [axis, 2 + axis]] = 0.5
    return matrix


def _scores(logits: Var) -> Var:
    """The sigmoid of the logits clipped to ±LOGIT_LIMIT; NaN is the lowest of them."""
    number = mb.greater_equal(x=logits, y=-LOGIT_LIMIT, name=f"{TAIL}logit_number")
    raised = mb.select(cond=number, a=logits, b=-LOGIT_LIMIT, name=f"{TAIL}logit_raised")
    clipped = mb.minimum(x=raised, y=LOGIT_LIMIT, name=f"{TAIL}logit_clipped")
    return mb.sigmoid(x=clipped, name=f"{TAIL}scores")
