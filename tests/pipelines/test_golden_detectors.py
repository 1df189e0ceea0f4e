"""The decoding and suppression twins, between LiteRT and what MediaPipe's own detection graphs find."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.decoding import decode
from pipelines.detections import Detections
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds, suppress
from tests.golden_vectors import error, golden, original, picture
from verification.pictures import Pixels

Detector = Callable[[Pixels], Detections]


def short_range(models: dict[str, Path]) -> Detector:
    return twin(models, "BlazeFaceShortRange", SHORT_RANGE, SHORT_RANGE_THRESHOLDS)


def full_range(models: dict[str, Path]) -> Detector:
    return twin(models, "BlazeFaceFullRange", FULL_RANGE, FULL_RANGE_THRESHOLDS)


DETECTORS = {"detector_short": short_range, "detector_full": full_range}


def twin(models: dict[str, Path], name: str, recipe: AnchorRecipe, thresholds: Thresholds) -> Detector:
    """The original in LiteRT, then the numpy twins."""
    network = original(models, name)

    def detect(pixels: Pixels) -> Detections:
        raw = network(pixels)
        return suppress(decode(raw["regressors"], raw["logits"], recipe), thresholds)

    return detect


@pytest.mark.parametrize("name", DETECTORS)
def test_the_twins_find_what_mediapipe_finds(models: dict[str, Path], name: str) -> None:
    detect, document = DETECTORS[name](models), golden(name)
    errors = {case["name"]: error(detect(picture(case)), case) for case in document["cases"]}
    assert len(errors) == len(document["cases"])
    # Measured: 8.4e-7. The file's tolerance is that of any float32 executor of the network.
    assert {case: each for case, each in errors.items() if each > document["tolerance"]["float32"]} == {}


@pytest.mark.parametrize("name", DETECTORS)
def test_the_vectors_hold_every_kind_of_frame(name: str) -> None:
    boxes = [found["box"] for case in golden(name)["cases"] for found in case["detections"]]
    counts = [len(case["detections"]) for case in golden(name)["cases"]]
    assert len(counts) >= 40
    assert set(range(11)) <= set(counts)  # 0 to 10 faces
    assert max(counts) > 10  # more than any package has room for
    assert any(box[0] < 0 for box in boxes)
    assert any(box[3] > 1 for box in boxes)


@pytest.mark.parametrize("change", ["score", "box", "keypoints", "missing"])
def test_a_difference_is_seen(models: dict[str, Path], change: str) -> None:
    vector = next(case for case in golden("detector_short")["cases"] if len(case["detections"]) > 1)
    found = short_range(models)(picture(vector))
    landmarks, scores = found.landmarks.copy(), found.scores.copy()
    match change:
        case "score":
            scores[1] += 2e-4
        case "box":
            landmarks[1, 1, 0] += 2e-4
        case "keypoints":
            landmarks[1, 7, 1] = np.nan
        case "missing":
            landmarks, scores = landmarks[:-1], scores[:-1]
    assert error(Detections(landmarks, scores), vector) > golden("detector_short")["tolerance"]["float32"]
