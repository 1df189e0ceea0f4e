"""Apple's own expected values against the reference executor; see docs/judged.md."""

import pytest

from tests.apple.cases import Case
from tests.apple.definitions import SELF_EVIDENT, definitions
from tests.apple.runs import operator_tests, run_cases
from tests.apple.unjudged import TABLE, unlisted
from tests.apple.verdicts import DOCUMENT, Verdicts, document, read_record
from verification.executor.operators.registry import operators


def test_every_case_matches_or_is_listed(cases: list[Case]) -> None:
    assert unlisted(cases) == []
    # As many as there are now, less a tenth: fewer would mean that cases no longer reach the executor.
    assert sum(case.outcome == "matched" for case in cases) >= 340


def test_what_matched_was_executed_and_compared(cases: list[Case]) -> None:
    for case in cases:
        if case.outcome == "matched":
            assert case.predictions >= 1
            assert case.compared >= 1
        else:
            assert case.compared == 0 or case.outcome == "failed"


def test_every_operator_of_our_packages_is_judged(ours: set[tuple[str, str]], verdicts: Verdicts) -> None:
    unjudged = {
        (kind, precision)
        for kind, precision in ours
        if not verdicts.judges(kind, precision) and kind not in definitions()
    }
    assert unjudged == set()


def test_every_operator_is_judged_by_something(verdicts: Verdicts) -> None:
    assert set(operators()) - SELF_EVIDENT - set(verdicts.matched) - set(definitions()) == set()


def test_a_whole_run_judged_what_this_one_judges(verdicts: Verdicts) -> None:
    recorded = read_record()
    for kind, cells in verdicts.matched.items():
        for cell in cells:
            assert recorded.matched.get(kind, {}).get(cell, 0) >= cells[cell], f"{kind} {cell}; run make judge"


def test_the_document_is_what_the_last_whole_run_says() -> None:
    assert DOCUMENT.read_text() == document(read_record()), "run make judge"


@pytest.mark.parametrize(("kind", "test"), [("relu", "iOS14/test_activation.py::TestReLU")])
def test_a_wrong_operator_makes_apples_cases_fail(kind: str, test: str) -> None:
    """The control: an operator that adds 1 to its result."""
    cases = run_cases([test], ["--judge-opsets", "iOS16", "--judge-damage", kind])
    executed = [case for case in cases if case.outcome != "uncompared"]
    assert {case.precision for case in executed} == {"fp32", "fp16"}
    for case in executed:
        assert case.outcome == "failed"
        assert case.reason.startswith("AssertionError: Not equal to tolerance")


def test_the_table_names_tests_that_exist() -> None:
    files = {file.relative_to(operator_tests()).as_posix(): file.read_text() for file in operator_tests().rglob("*.py")}
    for row in TABLE:
        file, _, rest = row.test.partition("::")
        name = rest.partition("::")[0].strip("*")
        assert not name or any(name in text for path, text in files.items() if file in ("*", path))
