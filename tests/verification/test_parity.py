import math
from typing import Any

import numpy as np
import pytest

from verification.limits import Limit
from verification.parity import Differences, ParityRow

ABOUT: dict[str, Any] = {"oracle": "litert", "executor": "reference", "arithmetic": "float32", "cases": 2, "faces": 1}


def differences(*pairs: tuple[list[float], list[float]]) -> Differences:
    collected = Differences()
    for found, expected in pairs:
        collected.add(np.array(found), np.array(expected))
    return collected


def row(collected: Differences, limit: Limit) -> ParityRow:
    return collected.row("x", "px", limit, **ABOUT)


def test_the_greatest_and_the_mean_difference_are_over_all_cases() -> None:
    made = row(differences(([1, 2], [1, 2.5]), ([3, 4], [2, 4])), Limit(1.0, 0.4))
    assert (made.max, made.mean, made.limit, made.mean_limit) == (1.0, 0.375, 1.0, 0.4)
    assert made.passed


@pytest.mark.parametrize("limit", [Limit(0.99, 0.4), Limit(1.0, 0.37)])
def test_either_limit_can_fail(limit: Limit) -> None:
    assert not row(differences(([1, 2], [1, 2.5]), ([3, 4], [2, 4])), limit).passed


@pytest.mark.parametrize(
    ("found", "expected"),
    [(math.nan, 1.0), (1.0, math.nan), (math.nan, math.nan), (math.inf, 1.0), (1.0, -math.inf), (math.inf, math.inf)],
)
@pytest.mark.parametrize("relative", [True, False])
def test_what_is_not_finite_passes_no_limit(found: float, expected: float, relative: bool) -> None:
    made = row(differences(([0, found, 1], [0, expected, 1])), Limit(1e9, None, relative))
    assert made.max == math.inf
    assert not made.passed


def test_a_row_of_nan_does_not_pass() -> None:
    assert not ParityRow("x", "o", "e", "float32", 1, 1, math.nan, 0.0, 1.0, None, "px").passed
    assert not ParityRow("x", "o", "e", "float32", 1, 1, 0.0, math.nan, 1.0, 1.0, "px").passed


def test_values_are_compared_in_order_whatever_their_shape() -> None:
    collected = Differences()
    collected.add(np.arange(6).reshape(2, 3), np.arange(6, dtype=np.float16).reshape(1, 6))
    assert row(collected, Limit(0.0)).passed


def test_the_worst_case_so_far_is_told() -> None:
    collected = Differences()
    assert [collected.add(np.array([x]), np.zeros(1)) for x in (0.0, 1.0, 1.0, 0.5, 2.0, math.nan, 3.0)] == [
        *(False, True, False, False, True, True, False)
    ]


def test_a_relative_limit_is_a_share_of_the_range() -> None:
    assert row(differences(([0, 10], [0, 10]), ([5], [-10])), Limit(0.5, 0.1, relative=True)).limit == 10
    assert row(differences(([0, 10], [0, 10]), ([5], [-10])), Limit(0.5, 0.1, relative=True)).mean_limit == 2


def test_a_relative_limit_of_a_constant_is_a_share_of_its_size() -> None:
    made = row(differences(([4.001], [4.0]), ([3.999], [4.0])), Limit(1e-3, None, relative=True))
    assert made.limit == 4e-3
    assert made.passed


def test_an_output_that_hardly_moves_is_told() -> None:
    assert Differences().hardly_moves
    assert differences(([1], [5.0]), ([1], [5.001])).hardly_moves
    assert differences(([1], [0.0]), ([1], [0.0])).hardly_moves
    assert not differences(([1], [5.0]), ([1], [5.1])).hardly_moves
    assert not differences(([1], [0.0]), ([1], [1e-6])).hardly_moves
