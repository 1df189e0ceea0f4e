"""The rules, each registered under an id that only it has."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getdoc

from verification.lint.findings import Severity
from verification.lint.package import Package, Stage

Problems = Iterator[tuple[str, str]]
"""What a rule yields: the place and the message of each finding."""

Check = Callable[[Package], Problems]


@dataclass(frozen=True)
class Rule:
    """One thing that is checked.

    `stage` is how far the package must be readable; `after` names rules that must not have found an error.
    """

    id: str
    severity: Severity
    source: str
    stage: Stage
    after: tuple[str, ...]
    check: Check

    @property
    def summary(self) -> str:
        """What is refused and why, on one line."""
        return " ".join((getdoc(self.check) or "").split())


_RULES: dict[str, Rule] = {}


def rule(
    id: str, *, severity: Severity, source: str, stage: Stage = "program", after: tuple[str, ...] = ()
) -> Callable[[Check], Check]:
    """Registers a check. ValueError for an id that is taken or not kebab-case, an unknown `after`, no docstring."""

    def register(check: Check) -> Check:
        if id in _RULES:
            raise ValueError(f"found two rules with the id {id!r}, expected one")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id):
            raise ValueError(f"found the rule id {id!r}, expected lower-case words joined by hyphens")
        if not getdoc(check):
            raise ValueError(f"the rule {id!r} has no docstring: expected what is refused and why")
        if unknown := [name for name in after if name not in _RULES]:
            raise ValueError(f"the rule {id!r} comes after {unknown}, expected rules registered before it")
        _RULES[id] = Rule(id, severity, source, stage, after, check)
        return check

    return register


def registered() -> tuple[Rule, ...]:
    """All rules in the order in which they were registered."""
    return tuple(_RULES.values())
