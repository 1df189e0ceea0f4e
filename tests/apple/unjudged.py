"""Cases of Apple's that judge nothing, each with its reason: in this table, or in Apple's own words.

A case that fails and isn't listed here is a mistake of ours. A row that no case of a whole run needs is a mistake too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.apple.cases import Case


@dataclass(frozen=True)
class Row:
    """Cases whose test matches `test` (a pattern), and whose failure contains `error`, say nothing, `because` …"""

    test: str
    error: str
    because: str

    def covers(self, case: Case) -> bool:
        """Whether this row is about the case."""
        return fnmatchcase(case.test.partition("[")[0], self.test) and self.error in case.reason


COMPUTED = "found a value that is computed, expected a constant"

TABLE = (
    Row(
        "*", "flexible shapes are not supported", "the program has flexible shapes; packages are built with fixed ones"
    ),
    Row("iOS14/test_tensor_operation.py::TestOneHot::*", COMPUTED, "its size is computed, the shape not fixed"),
    Row("iOS14/test_tensor_operation.py::TestRange1d::*", COMPUTED, "its ends are computed, the shape not fixed"),
    Row("iOS14/test_tensor_operation.py::TestDynamicTile::*", COMPUTED, "its counts are computed, the shape not fixed"),
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
        return "the test compares no prediction: it is about type inference, constants or errors"
    if case.outcome == "failed":
        return next((row.because for row in (*TABLE, *WITHOUT_TORCH) if row.covers(case)), "")
    word = "Apple expects it to fail: " if case.outcome == "expected failure" else ""
    return f"{word}{case.reason.removeprefix('Skipped: ')}"


def unlisted(cases: Iterable[Case]) -> list[str]:
    """The failures that the table doesn't have, a line each."""
    return [f"{case.test}: {case.reason}" for case in cases if reason(case) == ""]


def unneeded(cases: Iterable[Case]) -> list[Row]:
    """The rows of the table that no case needs; there should be none when all cases ran."""
    failed = [case for case in cases if case.outcome == "failed"]
    return [row for row in TABLE if not any(row.covers(case) for case in failed)]
