"""Decoding and suppression."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.core_vectors.vectors import Case, Vectors, bits, from_bits, numbers
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.decoding import decode
from pipelines.suppression import Thresholds, suppress

RECIPES: dict[str, AnchorRecipe] = {"short": SHORT_RANGE, "full": FULL_RANGE}
BACKGROUND = -20.0
"""The logit of the anchors that a case does not name."""
WHAT = (
    "Decoding and weighted suppression (pipelines/decoding.py, pipelines/suppression.py). Each case: detector, short "
    "(896 anchors) or full (2304); score and iou, the thresholds; maximum, the most faces; candidates, each its "
    f"anchor, then as float32's bits the logit and 16 regressors (of other anchors the logit is {BACKGROUND}, the "
    "regressors are 0); expected, faces of score and 8 points, the surest first. Tolerance of all of these"
)
Candidate = tuple[int, float, NDArray[np.float32]]


def _inputs() -> Iterator[Case]:
    random = np.random.default_rng(7)
    for detector in RECIPES:
        for name, faces, each, maximum in (
            ("nobody", 0, 0, 10),
            ("one candidate", 1, 1, 10),
            ("one face", 1, 10, 10),
            ("ten faces", 10, 20, 10),
            ("more faces than are wanted", 10, 6, 4),
        ):
            yield _case(name, detector, _crowd(random, detector, faces, each), maximum=maximum)
    crowd = _crowd(random, "short", 3, 8)
    yield _case("all anchors", "short", _scattered(random, "short"), maximum=10)
    yield _case("a stricter score", "short", crowd, score=0.9)
    yield _case("every overlap is one face", "short", crowd, iou=0.0)
    yield _case("no overlap is one face", "short", crowd, iou=1.0)
    yield _case("every score counts", "short", crowd, score=0.0)
    yield _case("equal scores", "short", [(anchor, 1.0, values) for anchor, _, values in crowd])
    yield _case("a score at the threshold", "short", [(anchor, 0.0, values) for anchor, _, values in crowd[:1]])
    yield from _broken(crowd)


def _broken(crowd: Sequence[Candidate]) -> Iterator[Case]:
    """What no network should give."""
    anchor, logit, values = crowd[0]
    for name, index, value in (
        ("a box without area on top", 2, 0.0),
        ("a box of negative width", 2, -20.0),
        ("NaN in a box", 0, np.nan),
        ("NaN in a keypoint", 15, np.nan),
        ("an infinite width", 2, np.inf),
        ("an infinite keypoint", 9, -np.inf),
    ):
        changed = values.copy()
        changed[index] = value
        yield _case(name, "short", [(anchor, logit + 9, changed), *crowd[1:]])
    for name, broken in (("NaN as a logit", np.nan), ("an infinite logit", np.inf), ("none", -np.inf)):
        yield _case(name, "short", [(anchor, broken, values), *crowd[1:]])


def _crowd(random: np.random.Generator, detector: str, faces: int, each: int) -> list[Candidate]:
    """For each face the candidates of the anchors next to it."""
    recipe = RECIPES[detector]
    centers = recipe.centers()
    found: dict[int, Candidate] = {}
    for face in range(faces):
        middle = np.array([0.1 + 0.2 * (face % 5), 0.25 + 0.5 * (face // 5)]) + random.normal(0, 0.01, 2)
        side = random.uniform(0.14, 0.19)
        for anchor in np.argsort(((centers - middle) ** 2).sum(axis=1), kind="stable")[:each]:
            points = _points(random, middle, side) * recipe.input_side
            points[[0, *range(2, 8)]] -= centers[anchor] * recipe.input_side
            candidate = (int(anchor), float(random.uniform(0.2, 4)), points.reshape(-1).astype(np.float32))
            found.setdefault(candidate[0], candidate)
    return list(found.values())


def _points(random: np.random.Generator, middle: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    """Centre, size and keypoints of a face's box, a little off."""
    center = middle + random.normal(0, 0.05 * side, 2)
    size = np.full(2, side * random.uniform(0.9, 1.1))
    return np.stack([center, size, *(center + random.uniform(-0.4, 0.4, (6, 2)) * side)])


def _scattered(random: np.random.Generator, detector: str) -> list[Candidate]:
    """Every anchor sees something."""
    side, count = RECIPES[detector].input_side, len(RECIPES[detector].centers())
    values = random.normal(0, 0.05 * side, (count, 16))
    values[:, 2:4] = random.uniform(0.02, 0.3, (count, 2)) * side
    return [(anchor, float(random.uniform(0, 3)), row.astype(np.float32)) for anchor, row in enumerate(values)]


def _case(
    name: str,
    detector: str,
    candidates: Sequence[Candidate],
    score: float = 0.5,
    iou: float = 0.3,
    maximum: int = 100,
) -> Case:
    rows = [[anchor, *bits([logit]), *bits(values)] for anchor, logit, values in candidates]
    limits = {"score": score, "iou": iou, "maximum": maximum}
    return {"name": f"{detector}: {name}", "detector": detector, **limits, "candidates": rows}


def _answer(case: Case) -> Any:
    recipe = RECIPES[case["detector"]]
    regressors = np.zeros((len(recipe.centers()), 16), np.float32)
    logits = np.full(len(regressors), BACKGROUND, np.float32)
    for anchor, logit, *values in case["candidates"]:
        logits[anchor], regressors[anchor] = from_bits([logit])[0], from_bits(values)
    candidates = decode(regressors, logits, recipe)
    found = suppress(candidates, Thresholds(case["score"], case["iou"]), case["maximum"])
    return [
        {"score": numbers(score), "points": numbers(points)}
        for score, points in zip(found.scores, found.landmarks, strict=True)
    ]


VECTORS = Vectors("core_detection", WHAT, 1e-6, _inputs, _answer)
