import math

import numpy as np
import pytest

from pipelines.landmarks import normalise, presence


def test_landmarks_are_divided_by_the_crops_side() -> None:
    points = np.array([[0, 96, -48], [192, 384, 19.2]], np.float32)
    found = normalise(points, 192)
    np.testing.assert_allclose(found, [[0, 0.5, -0.25], [1, 2, 0.1]], rtol=1e-7)
    assert found.dtype == np.float32


@pytest.mark.parametrize("logit", [-20.0, -1.5, 0.0, 0.25, 20.54])
def test_presence_is_the_logistic_function(logit: float) -> None:
    found = presence(np.array([logit], np.float32))
    assert found.shape == (1,)
    assert found.dtype == np.float32
    assert float(found[0]) == pytest.approx(1 / (1 + math.exp(-logit)), rel=1e-6)


def test_presence_of_the_greatest_logits() -> None:
    found = presence(np.array([-3e4, -np.inf, 3e4, np.inf], np.float32))
    assert found.tolist() == [0, 0, 1, 1]
