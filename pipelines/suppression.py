"""Many overlapping candidates → one detection a face."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.detections import Detections


@dataclass(frozen=True)
class Thresholds:
    """Which candidates count (`score` or more) and which overlaps merge (IoU strictly above `iou`); both in 0-1."""

    score: float
    iou: float = 0.3


SHORT_RANGE_THRESHOLDS = Thresholds(score=0.5)
FULL_RANGE_THRESHOLDS = Thresholds(score=0.6)
"""What MediaPipe's graphs use (mediapipe/modules/face_detection/*.pbtxt)."""


@dataclass(frozen=True, eq=False)
class Faces:
    """K slots: `landmarks` [K, 8, 2] and `confidence` [K] float32, the surest first; `count` of them are used.

    Rows as in pipelines.detections. The slots from `count` on are 0.
    """

    landmarks: NDArray[np.float32]
    confidence: NDArray[np.float32]
    count: int


def suppress_into(slots: int, candidates: Detections, thresholds: Thresholds) -> Faces:
    """What a package with `slots` slots answers: the first detections of `suppress`, as many as fit."""
    found = suppress(candidates, thresholds, slots)
    landmarks = np.zeros((slots, *candidates.landmarks.shape[1:]), np.float32)
    confidence = np.zeros(slots, np.float32)
    landmarks[: len(found)], confidence[: len(found)] = found.landmarks, found.scores
    return Faces(landmarks, confidence, len(found))


def suppress(
    candidates: Detections,
    thresholds: Thresholds,
    max_faces: int | None = None,
    mean: Callable[[Detections], NDArray[np.float32]] | None = None,
) -> Detections:
    """Weighted non-maximum suppression: at most `max_faces` detections (None: no limit), scores falling.

    `mean` says how a group is averaged: `weighted_mean`, unless it is another.

    In order of falling score (equal scores: the lower index first), each candidate gathers the remaining ones whose
    IoU with it is strictly above the threshold, itself included, and becomes their score-weighted mean, box and
    keypoints alike, under its own score. A candidate that gathers nobody, not even itself (its area is zero or
    infinite), is given out as it is and ends the search. Before all that, candidates of score 0 or NaN and boxes of
    negative or NaN width or height are dropped. Source: google-ai-edge/mediapipe,
    mediapipe/calculators/util/non_max_suppression_calculator.cc; the order among equal scores, which its std::sort
    leaves open, is this project's choice.
    """
    average = mean or weighted_mean
    remaining = _in_order(candidates, thresholds.score)
    found: list[NDArray[np.float32]] = []
    scores: list[np.float32] = []
    while len(remaining) and (max_faces is None or len(found) < max_faces):
        together = overlaps(remaining.boxes[0], remaining.boxes) > np.float32(thresholds.iou)
        found.append(average(remaining.take(together)) if together.any() else remaining.landmarks[0])
        scores.append(remaining.scores[0])
        if not together.any():
            break
        remaining = remaining.take(~together)
    landmarks = np.array(found, dtype=np.float32).reshape(-1, *candidates.landmarks.shape[1:])
    return Detections(landmarks, np.array(scores, dtype=np.float32))


def overlaps(box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """IoU of `box` [4] with each of `boxes` [M, 4], shape [M]; 0 where they do not intersect, or where it is undefined.

    A box is (x min, y min, x max, y max). IoU = intersection / (area + area − intersection).
    """
    with np.errstate(invalid="ignore", over="ignore"):  # infinite boxes: ∞ − ∞ and ∞ / ∞ count as no overlap, below
        shared = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
        shared = np.maximum(shared, 0)
        intersection = shared[:, 0] * shared[:, 1]
        width, height = box[2:] - box[:2]
        sizes = boxes[:, 2:] - boxes[:, :2]
        union = width * height + sizes[:, 0] * sizes[:, 1] - intersection
        ratio = np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)
    return np.where(np.isnan(ratio), np.float32(0), ratio)


def _in_order(candidates: Detections, threshold: float) -> Detections:
    """The candidates that count, by falling score."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is NaN, and a NaN size is not ≥ 0
        size = candidates.boxes[:, 2:] - candidates.boxes[:, :2]
    counts = (candidates.scores > 0) & (candidates.scores >= np.float32(threshold)) & (size >= 0).all(axis=1)
    counted = candidates.take(counts)
    return counted.take(np.argsort(-counted.scores, kind="stable"))


def weighted_mean(group: Detections) -> NDArray[np.float32]:
    """The points' mean by score [8, 2], summed in double precision: hundreds of float32 sums lose the last digits."""
    weights = group.scores.astype(np.float64)
    mean: NDArray[np.float64] = np.tensordot(weights, group.landmarks, axes=1) / weights.sum()
    return mean.astype(np.float32)


def running_mean(group: Detections) -> NDArray[np.float32]:
    """`weighted_mean` to MediaPipe's last digit: sums in float32 and in order, boxes by corner and size."""
    weights = group.scores[:, np.newaxis, np.newaxis]
    with np.errstate(invalid="ignore", over="ignore"):  # infinite boxes, as in `overlaps`
        points = group.landmarks.copy()
        points[:, 1] = points[:, 0] + (points[:, 1] - points[:, 0])
        sums = np.add.accumulate(points * weights, axis=0, dtype=np.float32)[-1]
        mean: NDArray[np.float32] = sums / np.add.accumulate(group.scores, dtype=np.float32)[-1]
        mean[1] = mean[0] + (mean[1] - mean[0])
    return mean
