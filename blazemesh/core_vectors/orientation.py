"""How stored pictures are turned upright."""

from collections.abc import Iterator
from typing import Any

from blazemesh.core_vectors.vectors import Case, Vectors
from runtime.orientation import Orientation

WHAT = (
    "The eight cases of Exif's tag 274 (runtime/orientation.py). Each case: value; expected: matrix, two rows that "
    "take (x, y, 1) of the stored picture, normalised, to the upright one; inverse and mirrored, values; swaps_sides"
)


def _inputs() -> Iterator[Case]:
    for case in Orientation:
        yield {"name": case.name, "value": int(case)}


def _answer(case: Case) -> Any:
    found = Orientation(case["value"])
    cases = {"inverse": int(found.inverse), "mirrored": int(found.mirrored)}
    return {"matrix": found.to_upright().tolist(), **cases, "swaps_sides": found.swaps_sides}


VECTORS = Vectors("core_orientation", WHAT, 0.0, _inputs, _answer)
