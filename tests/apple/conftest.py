"""One run of the share of Apple's cases that `make test` has, and the lines that say what it judged."""

from pathlib import Path

import pytest

from tests.apple.cases import Case
from tests.apple.definitions import SELF_EVIDENT, definitions
from tests.apple.packages import package_operators
from tests.apple.runs import ROOT, run_cases
from tests.apple.verdicts import Verdicts, summarize
from verification.executor.operators.registry import operators

PACKAGES = ROOT / "build/coreml"

# Packages are built for iOS 16; where it has no version of its own of an operator, iOS 15's cases are about the same.
# One case of each test, precision and mode: all operators, 30 s. `make judge` runs all cases.
FOLDERS = ("iOS14", "iOS15", "iOS16")
OPTIONS = ("--judge-opsets", "iOS15,iOS16", "--judge-per-group", "1")

_summary: list[str] = []


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """Apple's cases, run against the executor."""
    found = run_cases(FOLDERS, OPTIONS)
    _summary.extend(_all_operators(summarize(found, {})))
    return found


@pytest.fixture(scope="session")
def verdicts(cases: list[Case]) -> Verdicts:
    """What the cases say about each operator."""
    return summarize(cases, {})


@pytest.fixture(scope="session")
def ours(verdicts: Verdicts) -> set[tuple[str, str]]:
    """The operators and precisions of the packages in build/coreml."""
    paths = sorted(PACKAGES.glob("*.mlpackage"))
    if not paths:
        _summary.append(f"our packages: not looked at, there is none in {PACKAGES.relative_to(ROOT)}")
        pytest.skip("there is no package in build/coreml; make coreml builds them")
    found = set().union(*(package_operators(Path(path)) for path in paths))
    _summary.append(_our_operators(found, verdicts, len(paths)))
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was judged by what."""
    for line in _summary:
        terminalreporter.write_line(f"judged: {line}")


def _all_operators(verdicts: Verdicts) -> list[str]:
    kinds = set(operators()) - SELF_EVIDENT
    by_apple = kinds & set(verdicts.matched)
    alone = (kinds & set(definitions())) - by_apple
    neither = sorted(kinds - by_apple - alone)
    count = f"{len(by_apple)} by {verdicts.matched_cases} of Apple's cases, {len(alone)} by definition alone"
    return [
        f"the executor's {len(kinds)} operators: {count} ({', '.join(sorted(alone))})",
        f"by neither: {', '.join(neither) or 'none'}",
    ]


def _our_operators(found: set[tuple[str, str]], verdicts: Verdicts, packages: int) -> str:
    by_apple = {(kind, precision) for kind, precision in found if verdicts.judges(kind, precision)}
    alone = sorted(f"{kind} {precision}" for kind, precision in found - by_apple)
    count = f"{len(by_apple)} of {len(found)} operators and precisions in {packages} packages"
    return f"our packages: {count} by Apple's cases, by definition alone: {', '.join(alone) or 'none'}"
