"""Cases of Apple's that judge nothing, each with its reason: in this table, or in Apple's own words.

A case that fails and isn't listed here is a mistake of ours. A row that no case of a whole run needs is a mistake too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.apple.cases import Case


@dataclass(frozen=True)
class Row:
    """Cases whose test matches `test` (a pattern), and whose failure contains `error`, say nothing, `because` …

    A line end in `error` is the end of the failure.
    """

    test: str
    error: str
    because: str

    def covers(self, case: Case) -> bool:
        """Whether this row is about the case."""
        return fnmatchcase(case.test.partition("[")[0], self.test) and self.error in f"{case.reason}\n"


COMPUTED = "found a value that is computed, expected a constant"

TABLE = (
    Row("iOS14/test_tensor_operation.py::TestOneHot::*", COMPUTED, "its size is computed, the shape not fixed"),
    Row("iOS14/test_tensor_operation.py::TestRange1d::*", COMPUTED, "its ends are computed, the shape not fixed"),
    Row("iOS14/test_tensor_operation.py::TestDynamicTile::*", COMPUTED, "its counts are computed, the shape not fixed"),
    Row(
        "iOS14/test_random.py::TestRandomCategorical::*",
        "this operator is not supported",
        "the executor does not have random_categorical",
    ),
    Row(
        "iOS17/test_linear.py::TestMatMul::test_ios17_mixed_precision",
        "inconsistent type",
        "the operands are of two types, which iOS 17 allows; packages are built for iOS 16",
    ),
    Row("iOS17/*", "validate_indices is not supported", "indices are validated, which iOS 17 allows: refused"),
    Row(
        "iOS17/test_scatter_gather.py::TestScatter::test_ios17_invalid_indices",
        "",
        "indices out of range, of which Apple expects that Core ML's result differs: it is undefined",
    ),
    Row(
        "iOS17/test_tensor_operation.py::TestTopK::test_ios17_different_dtypes",
        "Could not find an implementation for TopK",
        "ONNX Runtime has no TopK of integers of 8 and 16 bits, which iOS 17 allows",
    ),
    Row(
        "iOS17/test_tensor_transformation.py::TestReshape::test_reshape_with_zero_different_len_iOS17",
        "its parameters don't fit",
        "zeros in a shape of another length than the input's, which iOS 17 allows: refused",
    ),
    Row("*::TestLSTM::*", "_back' is not supported", "an LSTM in both directions: refused"),
    Row("*::TestTopK::*", "found sort off", "the order of the result is left open: refused"),
    Row("iOS18/test_compression.py::*", "constexpr_", "iOS 18's form of a compressed constant: refused"),
    Row(
        "iOS15/test_image_resizing.py::TestResample::test_builder_to_backend_smoke",
        "AssertionError: \n",
        "its values agree, but then it expects as many casts in an fp32 program as fp16 has",
    ),
    Row("*::TestSliceByIndex::*", COMPUTED, "its bounds are computed"),
    Row("*::TestSliceBySize::*", COMPUTED, "its bounds are computed"),
    Row(
        "iOS15/test_image_resizing.py::TestUpsampleNearestNeighborFractionalScales::*",
        "expected a whole number",
        "the scale is fractional: which pixel is nearest then isn't defined, and this case is too small to tell",
    ),
)

# What scripts/judge.sh installs is missing in `make test`; where the tests notice it themselves, they skip.
WITHOUT_TORCH = (
    Row("*", "module 'scipy' has no attribute", "the test needs scipy"),
    Row("*", "name 'torch' is not defined", "the test needs torch"),
)


def reason(case: Case) -> str | None:
    """Why the case judges nothing: None for one that matched, "" for one that failed and isn't in the table."""
    if case.outcome == "matched":
        return None
    if case.outcome == "uncompared":
        return (
            "it compares no value that a wrong operator would change: types, constants, errors, programs of casts alone"
        )
    if case.outcome == "failed":
        return next((row.because for row in (*TABLE, *WITHOUT_TORCH) if row.covers(case)), "")
    word = "Apple expects it to fail: " if case.outcome == "expected failure" else ""
    return f"{word}{case.reason.removeprefix('Skipped: ')}"


NOT_EXPLAINED = "NOT EXPLAINED: these cases fail, and the table does not list them"


def unlisted(cases: Iterable[Case]) -> list[str]:
    """The failures that the table doesn't have, a line each."""
    return [f"{case.test}: {case.reason}" for case in cases if reason(case) == ""]


def unneeded(cases: Iterable[Case]) -> list[Row]:
    """The rows of the table that no case needs; there should be none when all cases ran."""
    failed = [case for case in cases if case.outcome == "failed"]
    return [row for row in TABLE if not any(row.covers(case) for case in failed)]
