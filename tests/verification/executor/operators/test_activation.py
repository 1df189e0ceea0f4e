import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

# One ulp of fp32 per transcendental step, on values of at most 10.
TOLERANCE = 2e-6


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[Array], Array]]] = {
    "relu": (lambda x: mb.relu(x=x), lambda x: np.where(x > 0, x, 0)),
    "relu6": (lambda x: mb.relu6(x=x), lambda x: np.where(x > 6, 6, np.where(x > 0, x, 0))),
    "clip": (
        lambda x: mb.clip(x=x, alpha=-0.5, beta=1.25),
        lambda x: np.where(x < -0.5, -0.5, np.where(x > 1.25, 1.25, x)),
    ),
    "leaky_relu": (lambda x: mb.leaky_relu(x=x, alpha=0.3), lambda x: np.where(x >= 0, x, x * 0.3)),
    "clamped_relu": (
        lambda x: mb.clamped_relu(x=x, alpha=0.3, beta=1.25),
        lambda x: np.where(x >= 0, np.minimum(x, 1.25), np.minimum(0.3 * x, 1.25)),
    ),
    "elu": (lambda x: mb.elu(x=x, alpha=0.7), lambda x: np.where(x > 0, x, 0.7 * (np.exp(x) - 1))),
    "linear_activation": (lambda x: mb.linear_activation(x=x, alpha=0.3, beta=-2.0), lambda x: 0.3 * x - 2),
    "scaled_tanh": (lambda x: mb.scaled_tanh(x=x, alpha=0.7, beta=0.4), lambda x: 0.7 * np.tanh(0.4 * x)),
    "softplus": (lambda x: mb.softplus(x=x), lambda x: np.log1p(np.exp(x.astype(np.float64)))),
    "softsign": (lambda x: mb.softsign(x=x), lambda x: x / (1 + np.abs(x))),
    "sigmoid": (lambda x: mb.sigmoid(x=x), sigmoid),
    "sigmoid_hard": (
        lambda x: mb.sigmoid_hard(x=x, alpha=0.4, beta=0.1),
        lambda x: np.minimum(np.maximum(0.4 * x + 0.1, 0), 1),
    ),
    "silu": (lambda x: mb.silu(x=x), lambda x: x * sigmoid(x)),
    "tanh": (lambda x: mb.tanh(x=x), np.tanh),
}


@pytest.mark.parametrize("kind", UNARY)
def test_elementwise_activation(kind: str, run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    build, expected = UNARY[kind]
    x = 4 * random(2, 3, 5)
    assert np.allclose(run_one(build, {"x": x}, kind), expected(x), rtol=0, atol=TOLERANCE)


GELU: dict[str, Callable[[Array], Array]] = {
    "EXACT": lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "TANH_APPROXIMATION": lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "SIGMOID_APPROXIMATION": lambda x: x * sigmoid(1.702 * x),
}


@pytest.mark.parametrize("mode", GELU)
def test_gelu(mode: str, run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x = 2 * random(2, 3, 5)
    result = run_one(lambda x: mb.gelu(x=x, mode=mode), {"x": x}, "gelu")
    assert np.allclose(result, GELU[mode](x.astype(np.float64)), rtol=0, atol=TOLERANCE)


def test_thresholded_relu_keeps_the_threshold(run_one: Callable[..., Array]) -> None:
    x = np.array([-3, 0.5, 0.75, 1], np.float32)
    result = run_one(lambda x: mb.thresholded_relu(x=x, alpha=0.75), {"x": x}, "thresholded_relu")
    assert result.tolist() == [0, 0, 0.75, 1]


def test_softplus_parametric(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x = random(2, 3, 4, 5)
    alpha, beta = np.array([1, -2, 0.5], np.float32), np.array([0.3, 1.5, -1], np.float32)
    result = run_one(lambda x: mb.softplus_parametric(x=x, alpha=alpha, beta=beta), {"x": x}, "softplus_parametric")
    for channel in range(3):
        expected = alpha[channel] * np.log1p(np.exp(x[:, channel].astype(np.float64) * beta[channel]))
        assert np.allclose(result[:, channel], expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("axis", "positive"), [(-2, 1), (0, 0), (2, 2)])
def test_softmax_along_an_axis(
    axis: int, positive: int, run_one: Callable[..., Array], random: Callable[..., Array]
) -> None:
    x = 3 * random(2, 3, 5)
    exponents = np.exp(x.astype(np.float64))
    expected = exponents / exponents.sum(positive, keepdims=True)
    result = run_one(lambda x: mb.softmax(x=x, axis=axis), {"x": x}, "softmax")
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_prelu_has_one_slope_a_channel(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    alpha = np.array([0.25, -1.5, 3.0], np.float32)
    x = random(2, 3, 5, 4)
    expected = x.copy()
    for channel in range(3):
        plane = expected[:, channel]
        plane[plane < 0] *= alpha[channel]
    assert np.array_equal(run_one(lambda x: mb.prelu(x=x, alpha=alpha), {"x": x}, "prelu"), expected)
