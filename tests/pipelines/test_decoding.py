import math

import numpy as np
import pytest

from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.decoding import UNKNOWN, decode, sigmoid
from pipelines.errors import ShapeError
from pipelines.suppression import SHORT_RANGE_THRESHOLDS, suppress


@pytest.mark.parametrize("recipe", [SHORT_RANGE, FULL_RANGE])
def test_decoding_is_the_definition(recipe: AnchorRecipe) -> None:
    random = np.random.default_rng(5)
    anchors = recipe.centers()
    regressors = random.normal(0, 40, (len(anchors), 16)).astype(np.float32)
    logits = random.normal(0, 60, len(anchors)).astype(np.float32)
    found = decode(regressors, logits, recipe)
    side = recipe.input_side
    for i in range(0, len(anchors), 37):
        ax, ay = map(float, anchors[i])
        x, y, w, h, *keypoints = (float(value) / side for value in regressors[i])
        expected = [(x + ax - w / 2, y + ay - h / 2), (x + ax + w / 2, y + ay + h / 2)]
        expected += [(kx + ax, ky + ay) for kx, ky in zip(keypoints[::2], keypoints[1::2], strict=True)]
        # Values reach about 2 here: four float32 roundings of them.
        np.testing.assert_allclose(found.landmarks[i], expected, atol=1e-6)
        clipped = min(100.0, max(-100.0, float(logits[i])))
        assert float(found.scores[i]) == pytest.approx(1 / (1 + math.exp(-clipped)), rel=1e-6, abs=1e-37)
    assert found.landmarks.dtype == found.scores.dtype == np.float32


def test_a_zero_row_is_its_anchor() -> None:
    found = decode(np.zeros((896, 16), np.float32), np.zeros(896, np.float32), SHORT_RANGE)
    np.testing.assert_array_equal(found.landmarks, np.repeat(SHORT_RANGE.centers()[:, np.newaxis], 8, axis=1))
    np.testing.assert_array_equal(found.scores, np.full(896, 0.5))


def test_scores_stay_in_range_however_large_the_logit() -> None:
    logits = np.array([-np.inf, -30680, -100, 0, 100, 30680, np.inf], np.float32)
    np.testing.assert_array_equal(sigmoid(logits), np.array([0, 0, 0, 0.5, 1, 1, 1], np.float32))


@pytest.mark.parametrize("position", [0, 3, 15])
def test_nan_makes_a_box_that_suppression_drops(position: int) -> None:
    regressors, logits = np.zeros((896, 16), np.float32), np.full(896, -9, np.float32)
    regressors[3, position] = np.nan
    logits[3] = 9
    found = decode(regressors, logits, SHORT_RANGE)
    np.testing.assert_array_equal(found.landmarks[3], UNKNOWN)
    assert len(suppress(found, SHORT_RANGE_THRESHOLDS)) == 0
    expected = np.repeat(SHORT_RANGE.centers()[:, np.newaxis], 8, axis=1)
    np.testing.assert_array_equal(np.delete(found.landmarks, 3, axis=0), np.delete(expected, 3, axis=0))


def test_a_nan_logit_is_the_lowest() -> None:
    logits = np.zeros(896, np.float32)
    logits[5] = np.nan
    assert decode(np.zeros((896, 16), np.float32), logits, SHORT_RANGE).scores[4:7].tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize("value", [np.inf, -np.inf, 3e38, -70000])
def test_regressors_are_clipped(value: float) -> None:
    regressors, logits = np.zeros((896, 16), np.float32), np.zeros(896, np.float32)
    regressors[7] = value
    found = decode(regressors, logits, SHORT_RANGE)
    regressors[7] = np.copysign(65504, value)
    np.testing.assert_array_equal(found.landmarks, decode(regressors, logits, SHORT_RANGE).landmarks)
    assert np.isfinite(found.landmarks).all()


@pytest.mark.parametrize(
    ("regressors", "logits"), [((895, 16), (895,)), ((896, 16), (896, 1)), ((1, 896, 16), (896,)), ((896, 18), (896,))]
)
def test_other_shapes_are_refused(regressors: tuple[int, ...], logits: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"expected \[896, 16\] and \[896\] for an input side of 128"):
        decode(np.zeros(regressors, np.float32), np.zeros(logits, np.float32), SHORT_RANGE)


def test_inputs_are_left_as_they_were() -> None:
    regressors, logits = np.ones((896, 16), np.float32), np.ones(896, np.float32)
    decode(regressors, logits, SHORT_RANGE)
    assert (regressors == 1).all()
    assert (logits == 1).all()


def test_candidates_of_less_score_can_be_left_out() -> None:
    generator = np.random.default_rng(7)
    regressors = generator.normal(0, 40, (896, 16)).astype(np.float32)
    logits = generator.normal(0, 3, 896).astype(np.float32)
    regressors[5, 3], logits[5], logits[6] = np.nan, 9, np.nan
    every, some = decode(regressors, logits, SHORT_RANGE), decode(regressors, logits, SHORT_RANGE, least=0.6)
    kept = every.scores >= np.float32(0.6)
    assert 0 < kept.sum() < 896
    np.testing.assert_array_equal(some.scores, every.scores[kept])
    np.testing.assert_array_equal(some.landmarks, every.landmarks[kept])
