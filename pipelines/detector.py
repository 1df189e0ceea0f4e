"""What is to be known of a detector: its anchors, its thresholds, how many faces its package holds."""

from dataclasses import dataclass
from typing import Any

import facts
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.numbers import whole_number
from pipelines.slots import MOST_SLOTS, SLOTS
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds

DETECTOR_KEY = "com.blazemesh.detector"
LANDMARKS_KEY = "com.blazemesh.landmarks"
MOST_PIXELS, MOST_ANCHORS = 4096, 100_000
"""What a package's metadata may say at most: more would only be a way to fill memory."""


@dataclass(frozen=True)
class Detector:
    """A BlazeFace detector and what its package does with it; `slots` faces at most, in those that suppress."""

    anchors: AnchorRecipe
    thresholds: Thresholds
    slots: int = SLOTS

    def record(self) -> dict[str, Any]:
        """The JSON object behind DETECTOR_KEY in a package's user-defined metadata, `form` left out."""
        return {
            "version": 1,
            "anchors": {
                "inputSide": self.anchors.input_side,
                "strides": list(self.anchors.strides),
                "anchorsPerLayer": self.anchors.anchors_per_layer,
                "count": len(self.anchors.centers()),
            },
            "thresholds": {"score": self.thresholds.score, "iou": self.thresholds.iou},
            "slots": self.slots,
        }

    @classmethod
    def read(cls, record: Any) -> "Detector":
        """What `record` made; ValueError, TypeError or LookupError where it is broken."""
        anchors, thresholds = record["anchors"], record["thresholds"]
        recipe = AnchorRecipe(
            whole_number(anchors["inputSide"], MOST_PIXELS),
            tuple(whole_number(stride, MOST_PIXELS) for stride in anchors["strides"]),
            whole_number(anchors["anchorsPerLayer"], MOST_ANCHORS),
        )
        cells = sum((-(-recipe.input_side // stride)) ** 2 for stride in recipe.strides)
        if whole_number(anchors["count"], MOST_ANCHORS) != cells * recipe.anchors_per_layer:
            raise ValueError(f"{anchors['count']} anchors, the layers have {cells * recipe.anchors_per_layer}")
        score, iou = float(thresholds["score"]), float(thresholds["iou"])
        if not (0 <= score <= 1 and 0 <= iou <= 1):
            raise ValueError(f"thresholds of {score} and {iou}, expected 0 to 1")
        return cls(recipe, Thresholds(score, iou), whole_number(record["slots"], MOST_SLOTS))


def landmarks_record() -> dict[str, Any]:
    """The JSON object behind LANDMARKS_KEY: what the rows of a detection are."""
    return {
        "version": 1,
        "element": "SIMD2<Float>",
        "rows": ["boxMinimum", "boxMaximum", *facts.load("detector_keypoints")["names"]],
        "origin": "top left",
        "unit": "normalised to the model's input",
    }


DETECTORS: dict[str, Detector] = {
    "BlazeFaceShortRange": Detector(SHORT_RANGE, SHORT_RANGE_THRESHOLDS),
    "BlazeFaceFullRange": Detector(FULL_RANGE, FULL_RANGE_THRESHOLDS),
}
"""By the source model's name in models.toml."""
