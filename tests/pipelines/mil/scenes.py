"""Random raw outputs of a detector: faces, crowds, chains, ties, and what no detector should give."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.anchors import AnchorRecipe
from pipelines.suppression import Thresholds

Random = np.random.Generator
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """Raw outputs `regressors` [N, 16] and `logits` [N], and the thresholds that they are suppressed with."""

    kind: str
    regressors: Floats
    logits: Floats
    thresholds: Thresholds

    def inputs(self) -> dict[str, Floats]:
        """What the package takes."""
        return {
            "regressors": self.regressors,
            "logits": self.logits,
            "scoreThreshold": np.array([self.thresholds.score], np.float32),
            "iouThreshold": np.array([self.thresholds.iou], np.float32),
        }


def scenes(recipe: AnchorRecipe, default: Thresholds, count: int, seed: int) -> Iterator[Scene]:
    """`count` scenes, the kinds in turn, every third with other thresholds than the detector's own."""
    random = np.random.default_rng(seed)
    canvas = Canvas(recipe, random)
    kinds = list(KINDS.items())
    for number in range(count):
        kind, paint = kinds[number % len(kinds)]
        canvas.clear()
        paint(canvas)
        other = Thresholds(float(random.uniform(0.05, 0.95)), float(random.uniform(0, 0.9)))
        yield Scene(kind, canvas.regressors, canvas.logits, other if number % 3 == 2 else default)


class Canvas:
    """A detector's raw outputs, on which candidates are put by their boxes in 0-1.

    Logits are odd multiples of 1/128 up to ±8, or 20 and more: two scores are equal or more than 1e-6 apart, none lies
    at the detectors' thresholds, and float16 holds them. So the order of candidates hangs on no sigmoid's last bit.
    """

    def __init__(self, recipe: AnchorRecipe, random: Random) -> None:
        self.random = random
        self._side = recipe.input_side
        self._anchors = recipe.centers()
        self._noise = random.normal(0, 4, (4 * len(self._anchors), 16)).astype(np.float32)
        self._noise[:, 2:4] = random.uniform(2, 60, (len(self._noise), 2))

    @property
    def size(self) -> int:
        """How many anchors there are."""
        return len(self._anchors)

    def clear(self) -> None:
        """Boxes everywhere, none of them a face."""
        start = int(self.random.integers(3 * self.size))
        self.regressors = self._noise[start : start + self.size].copy()
        self.logits = self.some_logits(self.size, -8, -4)

    def some_logits(self, count: int, low: float, high: float) -> Floats:
        """Random logits between `low` and `high`."""
        steps: NDArray[np.int64] = self.random.integers(int(low * 64), int(high * 64), count)
        return ((2 * steps + 1) / 128).astype(np.float32)

    def some(self, count: int) -> NDArray[np.int64]:
        """That many anchors, none twice."""
        return self.random.choice(self.size, min(count, self.size), replace=False)

    def put(self, anchors: NDArray[np.int64], centers: NDArray[np.float64], sizes: NDArray[np.float64]) -> None:
        """Candidates at `anchors` [M], boxes of `centers` and `sizes` (broadcast to [M, 2]) in 0-1."""
        self.regressors[anchors, :2] = (centers - self._anchors[anchors]) * self._side
        self.regressors[anchors, 2:4] = np.broadcast_to(sizes, (len(anchors), 2)) * self._side
        self.logits[anchors] = self.some_logits(len(anchors), -1, 8)


def nobody(canvas: Canvas) -> None:
    """No candidate at the detectors' own thresholds."""


def faces(canvas: Canvas) -> None:
    """One to six faces of up to 40 candidates each."""
    for _ in range(canvas.random.integers(1, 7)):
        anchors = canvas.some(int(canvas.random.integers(1, 40)))
        size = canvas.random.uniform(0.05, 0.5)
        jitter = canvas.random.normal(0, 0.08 * size, (len(anchors), 2))
        canvas.put(anchors, canvas.random.uniform(0.1, 0.9, 2) + jitter, np.array([size, size]))


def crowd(canvas: Canvas) -> None:
    """More faces than there are slots."""
    anchors = canvas.some(60)
    places = np.stack(np.meshgrid(*[np.arange(0.1, 1, 0.16)] * 2), axis=-1).reshape(-1, 2)
    canvas.put(
        anchors, places[np.arange(len(anchors)) % len(places)], canvas.random.uniform(0.09, 0.12, (len(anchors), 2))
    )


def hundreds(canvas: Canvas) -> None:
    """Hundreds of candidates anywhere, at times all anchors."""
    anchors = canvas.some(int(canvas.random.integers(100, canvas.size + canvas.size // 5)))
    canvas.logits[anchors] = canvas.some_logits(len(anchors), -1, 8)


def one_heap(canvas: Canvas) -> None:
    """Hundreds of candidates for a single face: long sums."""
    anchors = canvas.some(int(canvas.random.integers(200, canvas.size)))
    canvas.put(anchors, 0.5 + canvas.random.normal(0, 0.02, (len(anchors), 2)), np.array([0.4, 0.4]))


def chain(canvas: Canvas) -> None:
    """Each box overlaps the next one enough, or just not."""
    anchors = canvas.some(30)
    step = canvas.random.uniform(0.02, 0.2)
    centers = np.stack([0.1 + step * np.arange(30), np.full(30, 0.5)], axis=1)
    canvas.put(anchors, centers, canvas.random.uniform(0.1, 0.3, 2))


def ties(canvas: Canvas) -> None:
    """Faces whose candidates have two scores between them, or saturated ones."""
    faces(canvas)
    high = canvas.logits > -1
    few = canvas.random.choice([0.5078125, 2.0078125, 20, 31, 30000, np.inf], 2).astype(np.float32)
    canvas.logits[high] = canvas.random.choice(few, int(high.sum()))


def flat(canvas: Canvas) -> None:
    """Boxes of zero area and of negative size among the faces."""
    faces(canvas)
    anchors = canvas.some(int(canvas.random.integers(1, 4)))
    canvas.put(anchors, canvas.random.uniform(0, 1, (len(anchors), 2)), np.array([0.2, 0.2]))
    canvas.regressors[anchors, canvas.random.integers(2, 4, len(anchors))] = canvas.random.choice([0, -5], len(anchors))


def hostile(canvas: Canvas) -> None:
    """Infinite, enormous and NaN raw values, some of them in candidates."""
    faces(canvas)
    bad = np.array([np.inf, -np.inf, np.nan, 30680, -30680, 3e38, -70000], np.float32)
    rows, columns = canvas.some(8), canvas.random.integers(0, 16, 8)
    canvas.regressors[rows, columns] = canvas.random.choice(bad, 8)
    canvas.logits[rows[:4]] = canvas.some_logits(4, 0, 8)
    canvas.logits[canvas.some(4)] = canvas.random.choice(bad[2:], 4)


KINDS: dict[str, Callable[[Canvas], None]] = {
    paint.__name__: paint for paint in (nobody, faces, crowd, hundreds, one_heap, chain, ties, flat, hostile)
}
