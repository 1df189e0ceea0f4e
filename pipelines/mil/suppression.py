"""Many overlapping proposals → one detection a face, in MIL; its twin is pipelines.suppression.

The search is K short rounds over [N] values: the best of what is left, its overlap with all, what it takes away.
Nothing is averaged in a round; the scores that each takes are the weights of its group, so that one matrix product
averages all groups at the end. docs/suppression.md has what this was measured against.
"""

from dataclasses import dataclass

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813 — coremltools' own name for it

from converters.finish import Var
from pipelines.detections import ROWS
from pipelines.mil import TAIL
from pipelines.mil.decoding import OUTWARDS, Proposals

WEIGHT = np.float32(2.0**64)
"""Scores are multiplied by this, exactly, so that the smallest difference outweighs any index (see `highest`).

Two scores of 4e-9 or more that differ at all differ by 2**-52 or more, 2**12 after the multiplication: more than there
are anchors. Sums over all of them stay below 1e26, far inside float32.
"""

_CORNERS = np.eye(4, 2 * ROWS, dtype=np.float32)
"""Takes the box's four coordinates out of a row of landmarks."""
_WIDTH = np.array([1, 0, 1, 0], np.float32)
_HEIGHT = np.array([0, 1, 0, 1], np.float32)
"""The size of a box that is held outwards is the sum of its minimum, negated, and its maximum."""


@dataclass(frozen=True)
class Faces:
    """K slots: `landmarks` [K, 8, 2] and `confidence` [K] float32, the surest first; `count` [1] int32.

    Rows as in pipelines.detections. `count` slots are used, those behind them are 0.
    """

    landmarks: Var
    confidence: Var
    count: Var


@dataclass(frozen=True)
class _Boxes:
    """All boxes: `outwards` [4, N] holds −x min, −y min, x max, y max, so that an intersection is the lesser of each.

    `share` [N] is iou / (1 + iou) of each area: IoU > iou exactly where the intersection exceeds the two shares' sum.
    """

    outwards: Var
    share: Var


@dataclass(frozen=True)
class _Round:
    """One face's search: the scores that it takes and those that it leaves [N], the best of them [1], its index [1]."""

    taken: Var
    left: Var
    best: Var
    index: Var


def suppress(proposals: Proposals, score_threshold: Var, iou_threshold: Var, slots: int) -> Faces:
    """Weighted non-maximum suppression of N proposals into `slots` faces, as pipelines.suppression.suppress defines it.

    The thresholds are [1] float32 in 0-1, inputs or constants. Proposals are finite.
    """
    outwards = mb.matmul(x=_CORNERS, y=proposals.outwards, transpose_y=True, name=f"{TAIL}boxes")
    width = mb.matmul(x=_WIDTH, y=outwards, name=f"{TAIL}width")
    height = mb.matmul(x=_HEIGHT, y=outwards, name=f"{TAIL}height")
    boxes = _Boxes(outwards, _share(width, height, iou_threshold))
    left = candidates(proposals.scores, width, height, score_threshold)
    rounds = []
    for number in range(slots):
        rounds.append(_search(boxes, left, f"{TAIL}{number}_"))
        left = rounds[-1].left
    return _faces(proposals.outwards, rounds)


def _share(width: Var, height: Var, iou: Var) -> Var:
    """iou / (1 + iou) of each box's area, [N]."""
    area = mb.mul(x=width, y=height, name=f"{TAIL}area")
    more = mb.add(x=iou, y=np.float32(1), name=f"{TAIL}iou_more")
    return mb.mul(x=area, y=mb.real_div(x=iou, y=more, name=f"{TAIL}iou_share"), name=f"{TAIL}share")


def candidates(scores: Var, width: Var, height: Var, threshold: Var) -> Var:
    """The scores [N] times WEIGHT, 0 for those that don't count: below the threshold, or a box of negative size."""
    sure = mb.greater_equal(x=scores, y=threshold, name=f"{TAIL}sure")
    lesser = mb.minimum(x=width, y=height, name=f"{TAIL}lesser_side")
    sized = mb.greater_equal(x=lesser, y=np.float32(0), name=f"{TAIL}sized")
    counted = mb.logical_and(x=sure, y=sized, name=f"{TAIL}counted")
    weighty = mb.mul(x=scores, y=WEIGHT, name=f"{TAIL}weighty")
    return mb.select(cond=counted, a=weighty, b=np.float32(0), name=f"{TAIL}candidates")


def _search(boxes: _Boxes, left: Var, name: str) -> _Round:
    """One round: the best of what is `left` [N] takes away all that overlap it, itself included."""
    best, index = highest(left, name)
    box = mb.gather(x=boxes.outwards, indices=index, axis=1, name=f"{name}box")
    share = mb.gather(x=boxes.share, indices=index, axis=0, name=f"{name}share")
    common = mb.minimum(x=boxes.outwards, y=box, name=f"{name}common")
    # One factor without its sign is enough: else two boxes apart in both directions had an intersection.
    width = mb.relu(x=mb.matmul(x=_WIDTH, y=common, name=f"{name}across"), name=f"{name}width")
    height = mb.matmul(x=_HEIGHT, y=common, name=f"{name}height")
    intersection = mb.mul(x=width, y=height, name=f"{name}intersection")
    needed = mb.add(x=boxes.share, y=share, name=f"{name}needed")
    overlaps = mb.greater(x=intersection, y=needed, name=f"{name}overlaps")
    mask = mb.cast(x=overlaps, dtype="fp32", name=f"{name}mask")
    taken = mb.mul(x=left, y=mask, name=f"{name}taken")
    return _Round(taken, mb.sub(x=left, y=taken, name=f"{name}left"), best, index)


def highest(left: Var, name: str) -> tuple[Var, Var]:
    """The highest score [1] and its index [1], of equal ones the lowest.

    MIL leaves open which of equal values reduce_argmax finds, so it gets values of which the highest is unique: those
    that equal the best are worth the anchors behind them, all others less than nothing, thanks to WEIGHT.
    """
    best = mb.reduce_max(x=left, axes=[0], keep_dims=True, name=f"{name}best")
    behind = mb.sub(x=left, y=best, name=f"{name}behind")
    order = np.arange(left.shape[0], 0, -1, dtype=np.float32)
    keys = mb.add(x=behind, y=order, name=f"{name}keys")
    return best, mb.reduce_argmax(x=keys, axis=0, keep_dims=True, name=f"{name}index")


def _faces(outwards: Var, rounds: list[_Round]) -> Faces:
    """The rounds' groups averaged, and what comes after the end of the search emptied."""
    slots = len(rounds)
    taken, best, index = (
        mb.concat(values=[getattr(r, part) for r in rounds], axis=0, name=f"{TAIL}all_{part}")
        for part in ("taken", "best", "index")
    )
    weights = mb.reshape(x=taken, shape=[slots, -1], name=f"{TAIL}weights")
    totals = mb.reduce_sum(x=weights, axes=[1], keep_dims=True, name=f"{TAIL}totals")
    gathered = mb.greater(x=totals, y=np.float32(0), name=f"{TAIL}gathered")
    divisors = mb.select(cond=gathered, a=totals, b=np.float32(1), name=f"{TAIL}divisors")
    sums = mb.matmul(x=weights, y=outwards, name=f"{TAIL}sums")
    means = mb.real_div(x=sums, y=divisors, name=f"{TAIL}means")
    alone = mb.gather(x=outwards, indices=index, axis=0, name=f"{TAIL}alone")
    found = mb.select(cond=gathered, a=means, b=alone, name=f"{TAIL}found")
    points = mb.mul(x=found, y=OUTWARDS, name=f"{TAIL}found_points")
    column = mb.expand_dims(x=best, axes=[1], name=f"{TAIL}best_column")
    confidence = mb.mul(x=column, y=_reached(gathered, slots), name=f"{TAIL}confidence_column")
    used = mb.greater(x=confidence, y=np.float32(0), name=f"{TAIL}used")
    filled = mb.select(cond=used, a=points, b=np.float32(0), name=f"{TAIL}filled")
    total = mb.reduce_sum(x=mb.cast(x=used, dtype="fp32", name=f"{TAIL}used_1"), axes=[0], name=f"{TAIL}used_sum")
    return Faces(
        mb.reshape(x=filled, shape=[slots, ROWS, 2], name=f"{TAIL}landmarks"),
        mb.reshape(x=confidence, shape=[slots], name=f"{TAIL}confidence"),
        mb.cast(x=total, dtype="int32", name=f"{TAIL}count"),
    )


def _reached(gathered: Var, slots: int) -> Var:
    """1 / WEIGHT for each round that the search reached, else 0, [K, 1]: a round that gathers nobody is the last.

    After it nothing changes any more, so the rounds that follow gather nobody either: looking one back is enough.
    """
    numbers = mb.cast(x=gathered, dtype="fp32", name=f"{TAIL}gathered_1")
    shifted = mb.pad(x=numbers, pad=[1, 0, 0, 0], mode="constant", constant_val=1.0, name=f"{TAIL}gathered_before")
    reached = mb.slice_by_index(x=shifted, begin=[0, 0], end=[slots, 1], name=f"{TAIL}reached")
    return mb.mul(x=reached, y=np.float32(1) / WEIGHT, name=f"{TAIL}unit")
