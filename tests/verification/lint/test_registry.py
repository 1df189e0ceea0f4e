from collections.abc import Iterator

import pytest

from verification.lint.package import Package
from verification.lint.registry import Problems, registered, rule


def check(package: Package) -> Problems:
    """Nothing is refused."""
    yield from ()


def undocumented(package: Package) -> Iterator[tuple[str, str]]:
    yield from ()


def test_two_rules_cannot_share_an_id() -> None:
    before = registered()
    with pytest.raises(ValueError, match="two rules"):
        rule(before[0].id, severity="error", source="none")(check)
    assert registered() == before


@pytest.mark.parametrize("id", ["", "Identifiers", "two words", "trailing-", "under_score"])
def test_ids_are_kebab_case(id: str) -> None:
    with pytest.raises(ValueError, match="lower-case words"):
        rule(id, severity="error", source="none")(check)


def test_a_rule_says_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="docstring"):
        rule("undocumented", severity="error", source="none")(undocumented)


def test_a_rule_comes_after_rules_that_there_are() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        rule("late", severity="error", source="none", after=("nowhere",))(check)
