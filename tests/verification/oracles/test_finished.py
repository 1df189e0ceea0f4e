"""What a finished package must answer, and which scenes lie beside a threshold."""

import numpy as np
import pytest

from pipelines.anchors import AnchorRecipe
from pipelines.detector import Detector
from pipelines.forms.detections import Faces, Proposals, Vision
from pipelines.forms.form import Form, Raw
from pipelines.forms.landmarks import FaceMesh
from pipelines.mesh import MESHES
from pipelines.suppression import Thresholds
from verification.oracles.errors import OracleError
from verification.oracles.finished import Finished, finished, shifted

FOUR = AnchorRecipe(input_side=16, strides=(8,), anchors_per_layer=1)
"""Anchors at (4, 4), (12, 4), (4, 12), (12, 12) pixels."""
DETECTOR = Detector(FOUR, Thresholds(0.5, 0.3), 4)
CHANGE = 1e-3


def raw(scores: list[float], widths: list[float], shift: float = 0.0) -> Raw:
    """Boxes of height 4 around the anchors, the second and its keypoints moved by `shift` px."""
    regressors = np.zeros((4, 16), np.float32)
    regressors[:, 2], regressors[:, 3] = widths, 4
    regressors[1, [0, *range(4, 16, 2)]] = shift
    probabilities = np.array(scores)
    return {"regressors": regressors, "logits": np.log(probabilities / (1 - probabilities)).astype(np.float32)}


CLEAR = raw([0.9, 0.8, 0.1, 0.2], [4, 4, 4, 4])
AT_SCORE = raw([0.9, 0.50001, 0.1, 0.2], [4, 4, 4, 4])
APART = 8 * (1 - 0.3) / (1 + 0.3)
AT_OVERLAP = raw([0.9, 0.8, 0.1, 0.2], [8, 8, 4, 4], APART - 8)
"""Boxes of width w whose middles are w (1 - t) / (1 + t) apart have an IoU of t: here 0.3, the threshold."""


@pytest.mark.parametrize("kind", [Faces, Vision])
def test_a_score_or_an_overlap_beside_its_threshold_is_borderline(kind: type[Faces | Vision]) -> None:
    oracle = Finished(kind(DETECTOR))
    assert not oracle.is_borderline(CLEAR, 1e-2, CHANGE)
    assert oracle.is_borderline(AT_SCORE, 1e-4, CHANGE)
    assert not oracle.is_borderline(AT_SCORE, 1e-6, CHANGE)
    assert oracle.is_borderline(AT_OVERLAP, 1e-4, CHANGE)


def test_what_changes_less_than_counts_is_not_borderline() -> None:
    """A candidate of 0.5 that is averaged with the same box moves nothing, whether it is taken or not."""
    same = raw([0.9, 0.50001, 0.1, 0.2], [4, 4, 4, 4], -8)
    assert not Finished(Faces(DETECTOR)).is_borderline(same, 1e-4, CHANGE)
    beside = raw([0.9, 0.50001, 0.1, 0.2], [4, 4, 4, 4], -7)
    assert Finished(Faces(DETECTOR)).is_borderline(beside, 1e-4, CHANGE)
    assert not Finished(Faces(DETECTOR)).is_borderline(beside, 1e-4, 0.1)


@pytest.mark.parametrize("form", [Proposals(DETECTOR), FaceMesh(MESHES["FaceMesh"])])
def test_without_thresholds_nothing_is_borderline(form: Form) -> None:
    assert not Finished(form).is_borderline(AT_SCORE, 1.0, 0.0)


def test_thresholds_stay_between_0_and_1() -> None:
    for by, expected in ((-1.0, Thresholds(0.0, 0.0)), (1.0, Thresholds(1.0, 1.0)), (0.25, Thresholds(0.75, 0.55))):
        moved = shifted(Faces(DETECTOR), by, by).detector
        assert (moved.thresholds.score, moved.thresholds.iou) == pytest.approx((expected.score, expected.iou))
        assert (moved.anchors, moved.slots) == (DETECTOR.anchors, DETECTOR.slots)


def test_the_answer_is_the_forms_own() -> None:
    answer = Finished(Faces(DETECTOR)).outputs(CLEAR)
    assert answer["count"] == 2
    np.testing.assert_allclose(answer["confidence"], [0.9, 0.8, 0, 0], atol=1e-6)
    np.testing.assert_allclose(answer["landmarks"][1, :2], [[0.625, 0.125], [0.875, 0.375]], atol=1e-6)
    assert Finished(Faces(DETECTOR)).units == {"landmarks": "normalised", "confidence": "probability", "count": "faces"}


@pytest.mark.parametrize("values", [{}, {"regressors": np.zeros((4, 16))}, {**CLEAR, "logits": np.zeros(5)}])
def test_another_networks_outputs_are_one_line(values: Raw) -> None:
    with pytest.raises(OracleError, match=r"^its metadata describe another network: [^\n]+$"):
        Finished(Faces(DETECTOR)).outputs(values)


def test_metadata_are_read_or_refused() -> None:
    assert finished("X", {}) is None
    read = finished("X", Faces(DETECTOR).metadata())
    assert read is not None
    assert read.outputs(CLEAR)["count"] == 2
    with pytest.raises(OracleError, match=r"^X: broken metadata "):
        finished("X", {"com.blazemesh.mesh": "{"})
