"""The filter beside its formulas, written out number by number, and what it does to jitter and to motion."""

import math

import numpy as np
import pytest

from runtime.smoothing import LandmarkSmoother, OneEuro

FACE = 150.0  # px
RATE = 30.0
GRID = np.random.default_rng(0).uniform(0, 1, (468, 3))
GRID = (GRID - GRID.min(axis=0)) / np.ptp(GRID, axis=0) * FACE
"""Landmarks of a face of 150 x 150 px."""


class Written:
    """One number's filter, as the paper's appendix has it, with MediaPipe's scale."""

    def __init__(self, min_cutoff: float, beta: float) -> None:
        self.min_cutoff, self.beta = min_cutoff, beta
        self.before: tuple[float, float, float, float] | None = None

    def __call__(self, x: float, t: float, scale: float) -> float:
        if self.before is None:
            self.before = (x, x, 0.0, t)
            return x
        raw, smooth, speed, last = self.before
        if t <= last:
            return x
        rate = 1 / (t - last)
        dx = (x - raw) * scale * rate
        a = self.alpha(1.0, rate)
        speed = a * dx + (1 - a) * speed
        a = self.alpha(self.min_cutoff + self.beta * abs(speed), rate)
        smooth = a * x + (1 - a) * smooth
        self.before = (x, smooth, speed, t)
        return smooth

    @staticmethod
    def alpha(cutoff: float, rate: float) -> float:
        tau, period = 1 / (2 * math.pi * cutoff), 1 / rate
        return 1 / (1 + tau / period)


def test_each_number_is_filtered_as_the_formula_says() -> None:
    generator = np.random.default_rng(1)
    values = np.cumsum(generator.standard_normal((40, 5, 3)), axis=0)
    times = np.cumsum(generator.choice([0.0, 0.02, 0.05, -0.01], 40, p=[0.1, 0.5, 0.3, 0.1]))
    scales = generator.uniform(0.001, 0.1, 40)
    found, written = OneEuro(0.3, 5.0), [Written(0.3, 5.0) for _ in range(15)]
    for frame, time, scale in zip(values, times, scales, strict=True):
        expected = [f(float(x), float(time), float(scale)) for f, x in zip(written, frame.ravel(), strict=True)]
        smooth = found.apply(frame, float(time), float(scale))
        np.testing.assert_allclose(smooth.ravel(), expected, rtol=1e-12, atol=1e-12)


def test_speed_counts_in_sizes_of_the_face() -> None:
    small, large = LandmarkSmoother(), LandmarkSmoother()
    for t in range(5):
        moved = GRID + 3.0 * t * np.array([1, 0, 0])
        np.testing.assert_allclose(large.apply(10 * moved, t / RATE), 10 * small.apply(moved, t / RATE), rtol=1e-12)


def test_a_time_that_does_not_advance_gives_the_value_and_changes_nothing() -> None:
    a, b = LandmarkSmoother(), LandmarkSmoother()
    for smoother in (a, b):
        smoother.apply(GRID, 0.0)
        smoother.apply(GRID + 1, 1.0)
    for time in (1.0, 0.5):
        np.testing.assert_array_equal(a.apply(GRID + 50, time), GRID + 50)
    np.testing.assert_array_equal(a.apply(GRID + 2, 1.1), b.apply(GRID + 2, 1.1))


def test_a_face_in_one_point_comes_as_it_is() -> None:
    point = np.full((468, 3), 7.0)
    smoother = LandmarkSmoother()
    for t in range(3):
        np.testing.assert_array_equal(smoother.apply(point + t, t / RATE), point + t)


def jitter(run: np.ndarray) -> float:
    """How far landmarks are from their means over time, in px: the standard deviation."""
    return float(run.std(axis=0).mean())


# Measured, from the second second on: 6.9 times less, and 2.6.
@pytest.mark.parametrize(("noise", "times"), [(0.05, 5.0), (0.3, 2.4)])
def test_a_still_face_lies_still(noise: float, times: float) -> None:
    frames = GRID + np.random.default_rng(2).normal(0, noise, (120, *GRID.shape))
    smoother = LandmarkSmoother()
    smooth = np.array([smoother.apply(frame, i / RATE) for i, frame in enumerate(frames)])
    assert jitter(frames[30:]) / jitter(smooth[30:]) >= times


@pytest.mark.parametrize("speed", [0.5, 1, 2, 4, 8])
def test_a_moving_face_is_not_left_behind(speed: float) -> None:
    smoother = LandmarkSmoother()
    for i in range(90):
        frame = GRID + np.array([speed * i, 0, 0])
        lag = float((frame - smoother.apply(frame, i / RATE))[:, 0].mean())
    assert 0 < lag <= 0.35  # px
