import numpy as np
import pytest

from blazemesh.tail_bench import DETECTORS
from pipelines.decoding import decode
from tests.pipelines.mil.conftest import Tail
from tests.pipelines.mil.scenes import scenes


@pytest.mark.parametrize("detector", DETECTORS)
def test_proposals_are_the_twins_bit_by_bit(detector: str, tail: Tail) -> None:
    recipe, thresholds = DETECTORS[detector]
    for scene in scenes(recipe, thresholds, 90, 21):
        expected = decode(scene.regressors, scene.logits, recipe)
        found = tail(detector).predict(scene.inputs())
        np.testing.assert_array_equal(found["proposals"], expected.landmarks, scene.kind)
        # ONNX Runtime's sigmoid is a rational function; measured 1.2e-7.
        np.testing.assert_allclose(found["scores"], expected.scores, atol=3e-7, err_msg=scene.kind)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38, -30680])
@pytest.mark.parametrize("column", [0, 3, 15, "logit"])
def test_whatever_one_anchor_says_the_others_stay(bad: float, column: int | str, tail: Tail) -> None:
    recipe, thresholds = DETECTORS["short"]
    scene = next(s for s in scenes(recipe, thresholds, 4, 22) if s.kind == "hundreds")
    before = tail("short").predict(scene.inputs())
    if isinstance(column, int):
        scene.regressors[17, column] = bad
    else:
        scene.logits[17] = bad
    after = tail("short").predict(scene.inputs())
    expected = decode(scene.regressors, scene.logits, recipe)
    np.testing.assert_array_equal(after["proposals"], expected.landmarks)
    np.testing.assert_allclose(after["scores"], expected.scores, atol=3e-7)
    for name in ("proposals", "scores"):
        np.testing.assert_array_equal(np.delete(after[name], 17, axis=0), np.delete(before[name], 17, axis=0))
        assert np.isfinite(after[name]).all()
