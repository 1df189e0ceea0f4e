from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

Run = Callable[..., Array]
Random = Callable[..., Array]

# Means of some tens of values of about 1, a root and a division.
TOLERANCE = 5e-6
EPSILON = 0.01


def test_batch_norm(run_one: Run, random: Random) -> None:
    x, mean, gamma, beta = random(2, 3, 4, 5), random(3), random(3), random(3)
    variance = np.abs(random(3))
    result = run_one(
        lambda x: mb.batch_norm(x=x, mean=mean, variance=variance, gamma=gamma, beta=beta, epsilon=EPSILON),
        {"x": x},
        "batch_norm",
    )
    for channel in range(3):
        scale = gamma[channel] / np.sqrt(variance[channel] + EPSILON)
        expected = (x[:, channel] - mean[channel]) * scale + beta[channel]
        assert np.allclose(result[:, channel], expected, rtol=0, atol=TOLERANCE)


def test_batch_norm_without_scale(run_one: Run, random: Random) -> None:
    x, mean, variance = random(2, 3, 4), random(3), np.abs(random(3))
    result = run_one(lambda x: mb.batch_norm(x=x, mean=mean, variance=variance), {"x": x}, "batch_norm")
    expected = (x - mean[:, None]) / np.sqrt(variance[:, None] + 1e-5)
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_instance_norm(run_one: Run, random: Random) -> None:
    x, gamma, beta = random(2, 3, 4, 5), random(3), random(3)
    result = run_one(
        lambda x: mb.instance_norm(x=x, gamma=gamma, beta=beta, epsilon=EPSILON), {"x": x}, "instance_norm"
    )
    for n, channel in np.ndindex(2, 3):
        plane = x[n, channel].astype(np.float64)
        expected = (plane - plane.mean()) / np.sqrt(plane.var() + EPSILON) * gamma[channel] + beta[channel]
        assert np.allclose(result[n, channel], expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("axes", [[-1], [1, 2], [0, 2]])
def test_layer_norm(axes: list[int], run_one: Run, random: Random) -> None:
    x = random(4, 3, 5)
    shape = [x.shape[axis] for axis in axes]
    gamma, beta = random(*shape), random(*shape)
    result = run_one(
        lambda x: mb.layer_norm(x=x, axes=axes, gamma=gamma, beta=beta, epsilon=EPSILON), {"x": x}, "layer_norm"
    )
    over, wide = tuple(axes), x.astype(np.float64)
    standardized = wide - wide.mean(over, keepdims=True)
    standardized /= np.sqrt(wide.var(over, keepdims=True) + EPSILON)
    # gamma and beta stand on the axes that are normalised; the others have one element.
    full = [x.shape[axis] if axis in [a % 3 for a in axes] else 1 for axis in range(3)]
    assert np.allclose(result, standardized * gamma.reshape(full) + beta.reshape(full), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5)])
def test_l2_norm(shape: tuple[int, ...], run_one: Run, random: Random) -> None:
    x = random(*shape)
    result = run_one(lambda x: mb.l2_norm(x=x, epsilon=EPSILON), {"x": x}, "l2_norm")
    expected = x / np.sqrt((x.astype(np.float64) ** 2).sum((-3, -2, -1), keepdims=True) + EPSILON)
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)
