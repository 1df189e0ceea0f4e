"""Frames on which the networks' raw values are extreme: black, white, barred."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case, extreme_cases
from verification.comparison import Compared
from verification.judge import Judge
from verification.limits import INDEX, limit
from verification.parity import Differences
from verification.pictures import Picture

Array = NDArray[Any]

EXTREME_TOLERANCE = 1e-4
"""On black or barred frames raw values reach 30,000, where float32 steps by 0.002: a share of the greatest.

For outputs whose limit is relative it is that limit's share of the greatest value, or of the range over the cases.
"""


def off_on_extremes(judge: Judge, pictures: Sequence[Picture], scales: Mapping[str, float]) -> list[str]:
    """What goes wrong on black, white and barred frames: values that are not finite, or not the original's.

    `scales` holds each output's range over the other cases.
    """
    failures = []
    for case in extreme_cases(judge.pictured, pictures[0]) if pictures else []:
        raw = judge.original_outputs(case)
        given = case.as_prediction_input(judge.pictured)
        found, inside = judge.reference.predict_watching(given, tuple(judge.inside.values()))
        handed_over = {name: inside[value] for name, value in judge.inside.items()}
        network = judge.raw if judge.inside else []
        failures += _off(judge, case, judge.outputs, found, judge.expected(raw), scales)
        failures += _off(judge, case, network, handed_over, raw, scales)
    return failures


def _off(
    judge: Judge,
    case: Case,
    outputs: Sequence[Compared],
    found: Mapping[str, Array],
    expected: Mapping[str, Array],
    scales: Mapping[str, float],
) -> list[str]:
    """Which of `outputs` are too far from the `expected` ones on an extreme frame."""
    failures = []
    for output in outputs:
        values = expected[output.name]
        size = float(np.abs(values).max(initial=0.0))
        error = difference(found[output.name], values, output.unit)
        allowed = _allowed(judge, output, size, scales.get(output.name, 0.0))
        if not error <= allowed < np.inf:
            failures.append(
                f"{judge.package.name}: {output.name} on a {case.name} frame is off by {error:.2g} of "
                f"{size:.3g} (limit {allowed:.2g})"
            )
    return failures


def _allowed(judge: Judge, output: Compared, size: float, scale: float) -> float:
    """What an output may be off by on an extreme frame on which its greatest value is `size`."""
    allowed = limit(output.unit, "float32", judge.weights_exact)
    if output.unit == INDEX:
        return allowed.mean or 0.0
    if allowed.relative:
        return allowed.allowed(max(size, scale), judge.own(output.name))
    return max(1.0, size) * (EXTREME_TOLERANCE if judge.weights_exact else 100 * EXTREME_TOLERANCE)


def difference(found: Array, expected: Array, unit: str) -> float:
    """The greatest difference in one case; of an index, the share that differs."""
    if found.size != expected.size:
        return np.inf
    differences = Differences(names=unit == INDEX)
    differences.add(found, expected)
    return differences.greatest
