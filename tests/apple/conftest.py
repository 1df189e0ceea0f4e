"""One run of the share of Apple's cases that `make test` has, and the lines that say what it judged."""

import gc
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.apple.cases import Case
from tests.apple.definitions import SELF_EVIDENT, definitions
from tests.apple.packages import Use, package_operators
from tests.apple.runs import ROOT, part_of_cases
from tests.apple.verdicts import WHOLE, Verdicts, read_record, summarize
from tests.conftest import SAID
from verification.executor.operators.registry import operators
from verification.executor.proto import load_proto

# As in tests/verification/executor: progress bars are off, and garbage is looked for among what is new only.
os.environ["TQDM_DISABLE"] = "1"
load_proto()
gc.freeze()

PACKAGES = ROOT / "build/coreml"


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """Apple's cases, run against the executor."""
    return part_of_cases()


@pytest.fixture(scope="session")
def verdicts(cases: list[Case], pytestconfig: pytest.Config) -> Verdicts:
    """What the cases say about each operator."""
    found = summarize(cases, {})
    kinds = set(operators()) - SELF_EVIDENT
    alone = (kinds & set(definitions())) - set(found.matched)
    neither = kinds - set(found.matched) - alone
    pytestconfig.stash[SAID].append(
        f"judged: the executor's {len(kinds)} operators: {len(kinds & set(found.matched))} by {found.matched_cases} of "
        f"Apple's cases; by definition alone {len(alone)}: {_listed(alone)}; by neither: {_listed(neither)}"
    )
    return found


@pytest.fixture(scope="session")
def ours(verdicts: Verdicts, pytestconfig: pytest.Config) -> set[Use]:
    """The operators of the packages in build/coreml, as they have them."""
    paths = sorted(PACKAGES.glob("*.mlpackage"))
    if not paths:
        pytestconfig.stash[SAID].append(
            f"judged: our packages: not looked at, there is none in {PACKAGES.relative_to(ROOT)}"
        )
        pytest.skip("there is no package in build/coreml; make coreml builds them")
    uses = set().union(*(package_operators(Path(path)) for path in paths))
    pytestconfig.stash[SAID].append(
        f"judged: our {len(paths)} packages: {_our_operators(uses, verdicts, read_record(WHOLE))}"
    )
    return uses


def _our_operators(uses: set[Use], verdicts: Verdicts, whole: Verdicts) -> str:
    now = {use for use in uses if verdicts.judges(use.kind, use.opset, use.precision)}
    rest = uses - now
    defined = {use for use in rest if use.kind in definitions()}
    later = {use for use in rest - defined if whole.judges(use.kind, use.opset, use.precision)}
    neither = rest - defined - later
    return (
        f"of {len(uses)} operators (by opset and precision) {len(now)} by Apple's cases; "
        f"by definition {len(defined)}: {_listed(map(str, defined))}; "
        f"in make judge alone: {_listed(map(str, later))}; by none: {_listed(map(str, neither))}"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
