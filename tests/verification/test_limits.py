import pytest

from verification.limits import TAIL, Arithmetic, Limit, limit


@pytest.mark.parametrize(
    ("unit", "arithmetic", "exact", "expected"),
    [
        ("px", "float32", True, Limit(5e-4)),
        ("logit", "float32", True, Limit(5e-4)),
        ("px", "float32", False, Limit(2e-2)),
        ("px", "float16", True, Limit(0.35, 0.05)),
        ("px", "float16", False, Limit(0.35, 0.05)),
        ("logit", "float16", True, Limit(0.75, 0.02)),
    ],
)
def test_the_limits_are_those_agreed(unit: str, arithmetic: Arithmetic, exact: bool, expected: Limit) -> None:
    assert limit(unit, arithmetic, exact) == expected


@pytest.mark.parametrize("unit", ["value", "", "metres"])
def test_a_unit_nobody_knows_is_held_to_a_share_of_the_range(unit: str) -> None:
    assert all(
        limit(unit, arithmetic, exact).relative for arithmetic in ("float32", "float16") for exact in (True, False)
    )


def test_other_cases_may_reach_further_in_the_maximum_alone() -> None:
    assert limit("px", "float16", True, built_in_cases=False) == Limit(TAIL * 0.35, 0.05)
    assert limit("px", "float32", True, built_in_cases=False) == Limit(TAIL * 5e-4)
