"""Which of Apple's cases run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Selection:
    """Which cases run: those of some opsets; of each group all or a few; of these every so manieth."""

    opsets: set[str]
    per_group: int | None
    share: tuple[int, int]

    def of(self, items: Sequence[pytest.Function]) -> list[pytest.Function]:
        """The chosen cases. A few are those of the group's newest opset, evenly spread."""
        chosen = [item for item in items if backend_of(item) is not None and opset_of(item) in self.opsets]
        groups: dict[tuple[str, ...], list[pytest.Function]] = {}
        for item in chosen:
            groups.setdefault(_group(item), []).append(item)
        if self.per_group:
            chosen = [item for group in groups.values() for item in _spread(group, self.per_group)]
        first, step = self.share
        return chosen[first::step]


def backend_of(item: pytest.Function) -> Any:
    """The parameter that says opset and precision; None for a test without, which makes no prediction."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    backend = parameters.get("backend")
    return backend if hasattr(backend, "opset_version") else None


def opset_of(item: pytest.Function) -> str:
    return str(backend_of(item).opset_version.name)


def _group(item: pytest.Function) -> tuple[str, ...]:
    """Cases that differ in numbers, shapes and opset: those of one test, precision and words (modes, paddings)."""
    words = [value for value in item.callspec.params.values() if isinstance(value, str)]
    return (item.nodeid.partition("[")[0], backend_of(item).precision, *words)


def _spread(group: list[pytest.Function], count: int) -> list[pytest.Function]:
    newest = max(backend_of(item).opset_version for item in group)
    cases = [item for item in group if backend_of(item).opset_version == newest]
    picked = {(2 * i + 1) * len(cases) // (2 * count) for i in range(count)}
    return [cases[i] for i in sorted(picked)]
