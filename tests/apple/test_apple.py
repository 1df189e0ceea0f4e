"""Apple's own expected values against the reference executor; see docs/judged.md."""

import sys
from dataclasses import replace

import pytest

from tests.apple.cases import Case
from tests.apple.definitions import SELF_EVIDENT, definitions
from tests.apple.packages import Use
from tests.apple.runs import operator_tests, run_cases
from tests.apple.unjudged import NOT_EXPLAINED, TABLE, unlisted
from tests.apple.verdicts import DOCUMENT, PART, WHOLE, Verdicts, document, read_record, summarize
from verification.executor.operators.registry import operators


def test_every_case_matches_or_is_listed(cases: list[Case]) -> None:
    assert unlisted(cases) == []


def test_what_matched_was_compared_and_notices_a_fault(cases: list[Case]) -> None:
    matched = [case for case in cases if case.outcome == "matched"]
    assert matched
    for case in matched:
        assert case.compared >= 1
        assert case.operators


def test_every_operator_of_our_packages_is_judged(ours: set[Use], verdicts: Verdicts) -> None:
    whole = read_record(WHOLE)
    unjudged = {
        str(use)
        for use in ours
        if not verdicts.judges(use.kind, use.opset, use.precision)
        and not whole.judges(use.kind, use.opset, use.precision)
        and use.kind not in definitions()
    }
    assert unjudged == set()


def test_every_operator_is_judged_by_something(verdicts: Verdicts) -> None:
    assert set(operators()) - SELF_EVIDENT - set(verdicts.matched) - set(definitions()) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="the record was made on Linux")
def test_the_record_says_what_this_run_says(verdicts: Verdicts) -> None:
    recorded = read_record(PART)
    assert replace(verdicts, versions=recorded.versions) == recorded, "run python -m tests.apple part"


def test_a_whole_run_judged_what_this_one_judges(verdicts: Verdicts) -> None:
    """But for operators that the executor did not have then: the document lists them."""
    whole = read_record(WHOLE)
    if not whole.is_complete:
        pytest.skip("the last whole run was broken off; make judge runs one")
    for kind in set(verdicts.matched) & set(whole.matched):
        for cell, count in verdicts.matched[kind].items():
            assert whole.matched[kind].get(cell, 0) >= count, f"{kind} {cell}; run make judge"


def test_the_last_whole_run_found_nothing_unexplained() -> None:
    assert NOT_EXPLAINED not in read_record(WHOLE).reasons


def test_the_document_is_what_the_records_say() -> None:
    assert DOCUMENT.read_text() == document(read_record(PART), read_record(WHOLE)), "run python -m tests.apple part"


def test_the_document_says_how_far_a_broken_off_run_came() -> None:
    case = Case("iOS14/test_x.py::TestReLU::test", "iOS16", "fp32", ["relu"], 4, "matched")
    text = document(summarize([case], {}), summarize([case, case], {"numpy": "2"}, (3, 16)))
    assert (
        "(numpy 2): broken off: ONLY 3 OF 16 SHARES of the cases, 2 cases ran, 2 judge an operator, by 8 values."
        in text
    )
    assert "| relu |  | 2 + 0 |  |  | 1 + 0 | verification/executor/operators/test_activation.py |" in text


@pytest.mark.parametrize(("kind", "test"), [("relu", "iOS14/test_activation.py::TestReLU")])
def test_a_wrong_operator_makes_apples_cases_fail(kind: str, test: str) -> None:
    """The same cases as in `test_every_case_matches_or_is_listed`, run by an executor with a fault."""
    cases = run_cases([test], ["--judge-opsets", "iOS16", "--judge-fault", kind])
    executed = [case for case in cases if case.outcome != "uncompared"]
    assert {case.precision for case in executed} == {"fp32", "fp16"}
    assert len(unlisted(executed)) == len(executed)
    for case in executed:
        assert case.outcome == "failed"
        assert case.reason.startswith("AssertionError: Not equal to tolerance")


def test_the_table_names_tests_that_exist() -> None:
    files = {file.relative_to(operator_tests()).as_posix(): file.read_text() for file in operator_tests().rglob("*.py")}
    for row in TABLE:
        file, _, rest = row.test.partition("::")
        name = rest.partition("::")[0].strip("*")
        assert not name or any(name in text for path, text in files.items() if file in ("*", path))
