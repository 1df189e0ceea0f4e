"""The one time that a release knows."""

import os
from datetime import UTC, datetime

from blazemesh.errors import InputError

VARIABLE = "SOURCE_DATE_EPOCH"
EARLIEST = 315_532_800
"""1980-01-01 00:00:00 UTC, the first moment that a zip archive can hold; a release has it unless it is told another."""
LATEST = 4_354_819_198
"""2107-12-31 23:59:58 UTC, the last one."""


def release_time() -> datetime:
    """The time in SOURCE_DATE_EPOCH (seconds since 1970), or EARLIEST, in UTC; InputError for one that no zip can hold.

    It is rounded down to an even second, as a zip archive counts in twos.
    """
    told = os.environ.get(VARIABLE) or str(EARLIEST)
    if not (told.isascii() and told.isdigit() and EARLIEST <= int(told[:12]) <= LATEST and len(told) <= 12):
        raise InputError(f"{VARIABLE}: found {told!r}, expected seconds from {EARLIEST} to {LATEST}; unset it")
    return datetime.fromtimestamp(int(told) // 2 * 2, UTC)
