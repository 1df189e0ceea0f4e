"""Numbers out of a package's metadata, which are strangers' data."""

from typing import Any


def whole_number(number: Any, most: int) -> int:
    """`number`, if it is an integer of 1 to `most`; ValueError."""
    if type(number) is not int or not 1 <= number <= most:
        raise ValueError(f"found {number!r}, expected a whole number of 1 to {most}")
    return number
