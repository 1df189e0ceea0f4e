"""A saved tail held to its numpy twin, scene by scene."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines import suppression
from pipelines.anchors import AnchorRecipe
from pipelines.decoding import decode
from pipelines.detections import Detections
from pipelines.suppression import Faces, suppress_into
from tests.pipelines.mil.scenes import Scene
from verification.executor.reference import ReferenceModel

CLOSE = 1e-6
"""Where an IoU or a score is this close to its threshold, rounding alone may decide: such scenes are counted apart."""

Outputs = Mapping[str, NDArray[np.float32]]


class Margins:
    """How close any IoU that the twin looks at comes to the threshold: a spy in place of `overlaps`."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._overlaps = suppression.overlaps
        self.threshold = np.float32(0)
        self.iou = np.inf
        patch.setattr(suppression, "overlaps", self._watched)

    def _watched(self, box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        found = self._overlaps(box, boxes)
        self.iou = min(self.iou, float(np.abs(found - self.threshold)[found > 0].min(initial=np.inf)))
        return found


@dataclass
class Verdict:
    """What came of many scenes: how many of each kind, how many faces in each, the worst error, what went wrong."""

    kinds: Counter[str] = field(default_factory=Counter)
    counts: Counter[int] = field(default_factory=Counter)
    apart: int = 0
    worst: float = 0
    mismatches: list[str] = field(default_factory=list)


def judge(
    model: ReferenceModel, recipe: AnchorRecipe, slots: int, given: Iterable[Scene], margins: Margins, tolerance: float
) -> Verdict:
    """Run the package and the twin on every scene and compare."""
    verdict = Verdict()
    for number, scene in enumerate(given):
        margins.threshold, margins.iou = np.float32(scene.thresholds.iou), np.inf
        candidates = decode(scene.regressors, scene.logits, recipe)
        expected = suppress_into(slots, candidates, scene.thresholds)
        found = model.predict(scene.inputs())
        assert all(np.isfinite(value).all() for value in found.values()), f"{scene.kind} {number}"
        verdict.kinds[scene.kind] += 1
        score = float(np.abs(candidates.scores - np.float32(scene.thresholds.score)).min())
        if min(margins.iou, score) < CLOSE:
            verdict.apart += 1
            continue
        verdict.counts[expected.count] += 1
        error = difference(found, expected, candidates)
        verdict.worst = max(verdict.worst, error)
        if error > tolerance:
            verdict.mismatches.append(f"{scene.kind} {number}: {error:.1e}")
    return verdict


def difference(found: Outputs, expected: Faces, candidates: Detections) -> float:
    """The largest difference, infinite where the counts differ; of coordinates beyond 1 relative to the largest.

    A float32 of 500, what the clipped raw values come to, has a last digit of 3e-5, and so has every mean it is in.
    """
    if found["count"].tolist() != [expected.count] or found["landmarks"][expected.count :].any():
        return float("inf")
    used = candidates.scores > 0.01
    scale = max(1.0, float(np.abs(candidates.landmarks[used]).max(initial=0)))
    landmarks = float(np.abs(found["landmarks"] - expected.landmarks).max()) / scale
    return max(landmarks, float(np.abs(found["confidence"] - expected.confidence).max()))
