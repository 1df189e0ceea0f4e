"""Core ML's NonMaximumSuppression model, as the second stage of a pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError


@dataclass(frozen=True)
class Suppression:
    """What a NonMaximumSuppression model reads, writes and holds on to (coremltools' NonMaximumSuppression.proto).

    `scores` [N, C] and `boxes` [N, 4] (centre x, y, width, height) are names of the first stage's outputs; the
    thresholds' names are those of inputs, or empty.
    """

    scores: str
    boxes: str
    iou_input: str
    confidence_input: str
    confidence: str
    coordinates: str
    iou_threshold: float
    confidence_threshold: float
    per_class: bool
    classes: int
    labels: tuple[str, ...] = ()

    def run(self, values: Mapping[str, Array], given: Mapping[str, Array]) -> dict[str, Array]:
        """The rows of `values` that are kept, by falling confidence; `given` thresholds go before the stored ones.

        A box of less than the confidence threshold is dropped, then every one whose IoU with a kept box before it is
        greater than the IoU threshold; with `per_class` only among boxes of one class.
        """
        scores, boxes = values[self.scores], values[self.boxes]
        if scores.ndim != 2 or scores.shape[1] != self.classes or boxes.shape != (len(scores), 4):
            found = f"scores {list(scores.shape)} and boxes {list(boxes.shape)}"
            raise PackageError(f"its suppression gets {found}, expected [N, {self.classes}] and [N, 4]")
        iou = float(given[self.iou_input].item()) if self.iou_input in given else self.iou_threshold
        least = (
            float(given[self.confidence_input].item()) if self.confidence_input in given else self.confidence_threshold
        )
        kept = self._kept(scores, boxes.astype(np.float64), iou, least)
        return {self.confidence: scores[kept], self.coordinates: boxes[kept]}

    def _kept(self, scores: Array, boxes: Array, iou: float, least: float) -> list[int]:
        best, label = scores.max(axis=1), scores.argmax(axis=1)
        kept: list[int] = []
        for row in np.argsort(-best, kind="stable"):
            rivals = [k for k in kept if label[k] == label[row] or not self.per_class]
            if best[row] >= least and all(_overlap(boxes[row], boxes[k]) <= iou for k in rivals):
                kept.append(int(row))
        return kept


def _overlap(a: Array, b: Array) -> float:
    """IoU of two boxes (centre x, y, width, height); 0 where it is undefined."""
    shared = np.minimum(a[:2] + a[2:] / 2, b[:2] + b[2:] / 2) - np.maximum(a[:2] - a[2:] / 2, b[:2] - b[2:] / 2)
    intersection = float(np.prod(np.maximum(shared, 0)))
    union = float(np.prod(a[2:]) + np.prod(b[2:])) - intersection
    return intersection / union if union > 0 else 0.0
