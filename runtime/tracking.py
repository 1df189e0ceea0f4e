"""Which regions of a frame are looked at for faces: the detector's and those that tracking carries over."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.faces import Detection
from runtime.rects import Rect

SIMILAR = 0.5
"""Regions that overlap by more are of one face (min_similarity_threshold of MediaPipe's face_landmark_front)."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A region where a face should be: a detection's, or that of the tracked face `id`."""

    rect: Rect
    detection: Detection | None = None
    id: int | None = None


def associate(detected: Sequence[Candidate], carried: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a face, in the order in which MediaPipe looks at them.

    Of candidates whose regions overlap by more than SIMILAR the later one stays, those of tracking being later than the
    detector's. Source: google-ai-edge/mediapipe, mediapipe/calculators/util/association_calculator.h.
    """
    kept: list[Candidate] = []
    for candidate in (*detected, *carried):
        kept = [other for other in kept if candidate.rect.overlap(other.rect) <= SIMILAR]
        kept.append(candidate)
    return kept


def carried_ids(rects: Sequence[Rect], tracked: Sequence[tuple[int, Rect]]) -> list[int | None]:
    """For each of `rects` the id of the `tracked` one that it continues, or None.

    Pairs that overlap by more than SIMILAR, the closest first, each of both once.
    """
    pairs = [(rect.overlap(before), i, id) for i, rect in enumerate(rects) for id, before in tracked]
    ids: list[int | None] = [None] * len(rects)
    for similarity, index, id in sorted(pairs, key=lambda pair: -pair[0]):
        if similarity > SIMILAR and ids[index] is None and id not in ids:
            ids[index] = id
    return ids
