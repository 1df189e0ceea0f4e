from datetime import UTC, datetime

import pytest

from blazemesh.errors import InputError
from blazemesh.release.clock import release_time


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("", datetime(1980, 1, 1, tzinfo=UTC)),
        ("315532800", datetime(1980, 1, 1, tzinfo=UTC)),
        ("1767225601", datetime(2026, 1, 1, tzinfo=UTC)),  # an odd second is rounded down
        ("4354819198", datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)),
    ],
)
def test_the_time_is_what_source_date_epoch_says(monkeypatch: pytest.MonkeyPatch, told: str, time: datetime) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    assert release_time() == time


def test_without_it_the_time_is_the_earliest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert release_time() == datetime(1980, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("told", ["x", "-1", "315532799", "4354819199", "1e9", "9" * 5000, "١٧٦٧٢٢٥٦٠١", " 1767225600"])
def test_a_time_that_no_zip_holds_is_refused(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH: found "):
        release_time()
