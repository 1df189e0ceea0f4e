import pytest

from tests.apple.cases import Case, Outcome
from tests.apple.unjudged import COMPUTED, TABLE, reason, unlisted, unneeded

TEST = "iOS14/test_linear.py::TestMatMul::test_builder_to_backend_stress[rank=2]"


@pytest.mark.parametrize(
    ("outcome", "word", "expected"),
    [
        ("matched", "", None),
        ("skipped", "Skipped: TensorFlow 2.x not found.", "TensorFlow 2.x not found."),
        ("expected failure", "rdar://1", "Apple expects it to fail: rdar://1"),
        ("failed", "AssertionError: Not equal to tolerance rtol=1e-05", ""),
    ],
)
def test_why_a_case_judges_nothing(outcome: Outcome, word: str, expected: str | None) -> None:
    assert reason(Case(TEST, "iOS16", "fp32", outcome=outcome, reason=word)) == expected


ONE_HOT = "iOS14/test_tensor_operation.py::TestOneHot::test_builder_to_backend_smoke"
COMPUTED_SIZE = f"PackageError: parameter 'one_hot_vector_size': {COMPUTED}"


def test_a_row_of_the_table_says_why_and_of_its_own_tests_alone() -> None:
    assert reason(Case(ONE_HOT, "iOS16", "fp32", outcome="failed", reason=COMPUTED_SIZE)) == TABLE[0].because
    assert reason(Case(TEST, "iOS16", "fp32", outcome="failed", reason=COMPUTED_SIZE)) == ""


def test_a_mismatch_is_not_listed() -> None:
    mismatch = Case(TEST, "iOS16", "fp32", outcome="failed", reason="AssertionError: Not equal to tolerance")
    matched = Case(TEST, "iOS16", "fp32", ["matmul"], 4, "matched")
    assert unlisted([matched, mismatch]) == [f"{TEST}: AssertionError: Not equal to tolerance"]


def test_a_row_that_no_case_needs_is_found() -> None:
    needing = Case(ONE_HOT, "iOS16", "fp32", outcome="failed", reason=COMPUTED_SIZE)
    assert unneeded([needing]) == list(TABLE[1:])


def test_a_row_about_an_assertion_without_a_message_hides_no_mismatch() -> None:
    test = "iOS15/test_image_resizing.py::TestResample::test_builder_to_backend_smoke"
    mismatch = Case(test, "iOS15", "fp32", outcome="failed", reason="AssertionError: Not equal to tolerance")
    assert reason(mismatch) == ""
    mismatch.reason = "AssertionError: "
    assert reason(mismatch)
