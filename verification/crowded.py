"""Frames of many faces, and thresholds other than the defaults: what a package's suppression has to get right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case
from verification.compositions import compose
from verification.crowds import crowds
from verification.extremes import difference
from verification.judge import Judge
from verification.limits import limit
from verification.oracles.finished import Finished
from verification.pair import BORDER
from verification.pictures import Picture

Array = NDArray[Any]

EACH = 6
"""Every sixth of the recipes: 2, 4, 6, 8, 10 and 12 faces."""
RECIPES = 36
OTHER_THRESHOLDS = {"scoreThreshold": 0.75, "iouThreshold": 0.1}
"""Far enough from the defaults that scores and overlaps of real faces lie between."""


def off_on_crowds(judge: Judge, pictures: Sequence[Picture]) -> list[str]:
    """What a detector that suppresses gets wrong, in float32, on crowds of the first picture's face; a line each.

    Scenes in which the last digit decides are left out; if none is left, that is wrong too.
    """
    done = judge.finished
    if done is None or not done.suppresses or not pictures or not pictures[0].spots:
        return []
    failures, compared = [], 0
    for case in _crowds(judge, pictures[0]):
        raw = judge.original_outputs(case)
        for expected, scalars in _answers(done):
            if expected.is_borderline(raw, BORDER["float32"], limit("normalised", "float32", True).max):
                continue
            compared += 1
            found = judge.reference.predict({**case.as_prediction_input(judge.pictured), **scalars})
            failures += _off(judge, case, found, expected.outputs(raw))
    return failures if compared else [f"{judge.package.name}: every crowd lies beside a threshold: nothing is proved"]


def _crowds(judge: Judge, picture: Picture) -> Iterator[Case]:
    (feature,) = judge.pictured
    recipes = list(crowds(feature.shape[-1], picture.spots[0], "verify"))[EACH - 1 : RECIPES : EACH]
    for name, recipe in recipes:
        yield Case(name, {feature.name: compose(recipe, picture.pixels)}, face=True)


def _answers(done: Finished) -> Iterator[tuple[Finished, Mapping[str, Array]]]:
    """What must come out at the default thresholds, and at others where the package takes some."""
    yield done, {}
    if done.takes_thresholds:
        given = {name: np.array([value], np.float32) for name, value in OTHER_THRESHOLDS.items()}
        yield done.with_thresholds(OTHER_THRESHOLDS["scoreThreshold"], OTHER_THRESHOLDS["iouThreshold"]), given


def _off(judge: Judge, case: Case, found: Mapping[str, Array], expected: Mapping[str, Array]) -> list[str]:
    failures = []
    for output in judge.outputs:
        allowed = limit(output.unit, "float32", judge.weights_exact, built_in_cases=False, side=judge.side).max
        error = difference(found[output.name], expected[output.name], output.unit)
        if not error <= allowed:
            what = f"{output.name} on a crowd of {case.name} is off by {error:.2g} {output.unit} (limit {allowed:.2g})"
            failures.append(f"{judge.package.name}: {what}")
    return failures
