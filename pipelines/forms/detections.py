"""The forms of a detector's packages: faces, faces for Vision, or every anchor's proposal."""

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pipelines.decoding import decode
from pipelines.detections import Detections
from pipelines.detector import DETECTOR_KEY, LANDMARKS_KEY, Detector, landmarks_record
from pipelines.forms.form import Array, Output, Raw, Scalar
from pipelines.suppression import Faces as Slots
from pipelines.suppression import suppress_into
from pipelines.vision import CLASSES, vision_rows

ROWS = (
    "box minimum, box maximum, right eye, left eye, nose tip, mouth centre, right ear, left ear; "
    "x, y normalised to the image, origin top left"
)


@dataclass(frozen=True)
class _Detecting:
    detector: Detector
    name: ClassVar[str]

    def metadata(self) -> dict[str, str]:
        """LANDMARKS_KEY and DETECTOR_KEY."""
        return {
            LANDMARKS_KEY: json.dumps(landmarks_record(), sort_keys=True),
            DETECTOR_KEY: json.dumps({**self.detector.record(), "form": self.name}, sort_keys=True),
        }

    def _decoded(self, raw: Raw) -> Detections:
        return decode(raw["regressors"], raw["logits"], self.detector.anchors)

    def _suppressed(self, raw: Raw) -> Slots:
        return suppress_into(self.detector.slots, self._decoded(raw), self.detector.thresholds)


@dataclass(frozen=True)
class Faces(_Detecting):
    """Faces after weighted suppression, in a fixed number of slots."""

    name: ClassVar[str] = "faces"

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """Both thresholds."""
        thresholds = self.detector.thresholds
        return (
            Scalar("scoreThreshold", thresholds.score, "Shape [1], 0 to 1: the least score of a candidate."),
            Scalar("iouThreshold", thresholds.iou, "Shape [1], 0 to 1: candidates that overlap by more are one face."),
        )

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Landmarks, confidence, count."""
        slots = self.detector.slots
        return (
            Output("landmarks", "normalised", f"Shape [{slots}, 8, 2], a face a slot, unused ones 0: {ROWS}."),
            Output("confidence", "probability", f"Shape [{slots}], 0 to 1, falling; 0 in unused slots."),
            Output("count", "faces", "Shape [1]: how many slots are used."),
        )

    def finish(self, raw: Raw) -> dict[str, Array]:
        """Decoded, suppressed, in slots."""
        faces = self._suppressed(raw)
        count = np.array([faces.count], np.int32)
        return {"landmarks": faces.landmarks, "confidence": faces.confidence, "count": count}


@dataclass(frozen=True)
class Vision(_Detecting):
    """Faces as Vision reads them: what a NonMaximumSuppression model behind Faces keeps, its landmarks beside it."""

    name: ClassVar[str] = "vision"
    with_landmarks: bool = True

    def metadata(self) -> dict[str, str]:
        """Without LANDMARKS_KEY where no output holds them."""
        return {k: v for k, v in super().metadata().items() if self.with_landmarks or k != LANDMARKS_KEY}

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The NonMaximumSuppression model's."""
        return (
            Scalar("iouThreshold", 1.0, "0 to 1: boxes that overlap by more are dropped; faces are apart already."),
            Scalar("confidenceThreshold", 0.5, "0 to 1: the least confidence of a face."),
        )

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Vision's two, and the landmarks."""
        slots = self.detector.slots
        landmarks = f"Shape [{slots}, 8, 2], row i belongs to coordinates' row i while iouThreshold is 1: {ROWS}."
        return (
            Output("confidence", "probability", f"Shape [M, {CLASSES}], a row a face, column 0 its confidence."),
            Output("coordinates", "normalised", "Shape [M, 4]: the box's centre x, y, width, height; origin top left."),
            *([Output("landmarks", "normalised", landmarks)] if self.with_landmarks else []),
        )

    def finish(self, raw: Raw) -> dict[str, Array]:
        """As many rows as faces of enough confidence, their boxes as centre and size."""
        faces = self._suppressed(raw)
        scores, boxes = vision_rows(faces)
        least = next(scalar.default for scalar in self.scalars if scalar.name == "confidenceThreshold")
        kept = faces.confidence >= np.float32(least)
        found = {"confidence": scores[kept], "coordinates": boxes[kept], "landmarks": faces.landmarks}
        return {output.name: found[output.name] for output in self.outputs}


@dataclass(frozen=True)
class Proposals(_Detecting):
    """Every anchor's candidate, for apps that suppress themselves."""

    name: ClassVar[str] = "proposals"
    scalars: ClassVar[tuple[Scalar, ...]] = ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Landmarks and scores."""
        count = len(self.detector.anchors.centers())
        return (
            Output("landmarks", "normalised", f"Shape [{count}, 8, 2], a row an anchor: {ROWS}."),
            Output("scores", "probability", f"Shape [{count}], 0 to 1: whether the anchor's box holds a face."),
        )

    def finish(self, raw: Raw) -> dict[str, Array]:
        """Decoded."""
        decoded = self._decoded(raw)
        return {"landmarks": decoded.landmarks, "scores": decoded.scores}
