"""The One-Euro filter: still landmarks lie still, fast ones don't lag.

Source: Casiez, Roussel and Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
Systems", CHI 2012; with the parameters and the scaling of google-ai-edge/mediapipe,
mediapipe/util/filtering/one_euro_filter.cc and mediapipe/calculators/util/landmarks_smoothing_calculator_utils.cc.
"""

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MIN_CUTOFF, BETA, DERIVATIVE_CUTOFF = 0.05, 80.0, 1.0
"""MediaPipe's parameters for face landmarks: Hz, Hz per face size a second, Hz."""
START_FREQUENCY = 30.0
"""Samples a second, until two time stamps say better."""
LEAST_SIZE = 1e-6
"""Pixels; what is smaller is given out as it came."""


class OneEuro:
    """A One-Euro filter for each number of an array; they share time and scale."""

    def __init__(
        self, min_cutoff: float = MIN_CUTOFF, beta: float = BETA, derivative_cutoff: float = DERIVATIVE_CUTOFF
    ) -> None:
        """A larger `min_cutoff` (Hz) means less lag and more jitter at rest, a larger `beta` less lag in motion."""
        self._min_cutoff, self._beta, self._derivative_cutoff = min_cutoff, beta, derivative_cutoff
        self._frequency = START_FREQUENCY
        self._time: float | None = None
        self._raw = self._smooth = self._speed = np.zeros(0)

    def apply(self, values: Values, seconds: float, scale: float = 1.0) -> Values:
        """The filtered `values`, sampled at time `seconds`; speeds count times `scale`.

        Values whose time is not after the one before come back as they are, and change nothing.
        """
        if self._time is None:
            self._time, self._raw, self._smooth = seconds, values, values
            self._speed = np.zeros_like(values)
            return values
        if not seconds > self._time:
            return values
        self._frequency = 1 / (seconds - self._time)
        speed = (values - self._raw) * (scale * self._frequency)
        self._speed = _low_pass(speed, self._speed, _alpha(self._derivative_cutoff, self._frequency))
        cutoff = self._min_cutoff + self._beta * np.abs(self._speed)
        self._smooth = _low_pass(values, self._smooth, _alpha(cutoff, self._frequency))
        self._time, self._raw = seconds, values
        return self._smooth


def _alpha(cutoff: Values | float, frequency: float) -> Values | float:
    """The weight of a new sample, 1 / (1 + τ/T) with τ = 1 / (2π · cutoff) and T = 1 / frequency."""
    return 1 / (1 + frequency / (2 * math.pi * cutoff))


def _low_pass(value: Values, before: Values, alpha: Values | float) -> Values:
    return alpha * value + (1 - alpha) * before


class LandmarkSmoother:
    """The filter of one tracked face."""

    def __init__(self) -> None:
        self._filter = OneEuro()

    def apply(self, landmarks: Values, seconds: float) -> Values:
        """`landmarks` [N, 3] in pixels of the frame, filtered; speeds count in sizes of the face a second.

        The size is the mean of the width and the height of the box around all landmarks.
        """
        extent = landmarks[:, :2].max(axis=0) - landmarks[:, :2].min(axis=0)
        size = float(extent.mean())
        return landmarks if size < LEAST_SIZE else self._filter.apply(landmarks, seconds, 1 / size)
