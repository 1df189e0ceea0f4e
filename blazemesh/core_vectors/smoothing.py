"""The One-Euro filter."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from blazemesh.core_vectors.vectors import Case, Vectors, numbers
from runtime.faces import in_pixels
from runtime.smoothing import LandmarkSmoother

FRAMES = 100
WHAT = (
    "One face's filter (runtime/smoothing.py). Each case: frame, width and height in pixels; frames, each seconds and "
    "landmarks (x, y, z normalised to the frame); expected, the filtered ones. Tolerance in shares of the frame"
)


def _inputs() -> Iterator[Case]:
    random = np.random.default_rng(5)
    base = random.uniform(-0.1, 0.1, (6, 3)) + np.array([0.5, 0.5, 0])
    for name, size, speed in (("at rest", (640, 480), 0.0), ("moving", (1920, 1080), 0.02), ("tall", (480, 800), 0.1)):
        frames, seconds = [], 0.0
        for t in range(FRAMES):
            seconds += float(random.choice([1 / 30, 1 / 30, 1 / 15, 1.0, 0.0, -0.01]))
            moved = base + speed * np.sin(t / 5) * np.array([1, 0.5, 0.2]) + random.normal(0, 5e-4, (6, 3))
            frames.append({"seconds": round(seconds, 6), "landmarks": numbers(moved)})
        yield {"name": name, "frame": list(size), "frames": frames}
    yield {"name": "all in one place", "frame": [64, 64], "frames": [_together(t) for t in range(3)]}


def _together(t: int) -> Case:
    return {"seconds": t / 30, "landmarks": numbers(np.full((4, 3), 0.1 * t))}


def _answer(case: Case) -> Any:
    width, height = case["frame"]
    smoother, answers = LandmarkSmoother(), []
    for frame in case["frames"]:
        pixels = in_pixels(np.array(frame["landmarks"], np.float32), (width, height))
        answers.append(numbers(smoother.apply(pixels, frame["seconds"]) / [width, height, width]))
    return answers


VECTORS = Vectors("core_smoothing", WHAT, 1e-4, _inputs, _answer)
