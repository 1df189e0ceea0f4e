"""Which of Core ML's compute units the tests are to ask: BLAZEMESH_UNITS names them, as `make mac` does."""

import os
from typing import cast, get_args

from verification.engines import ComputeUnits

UNITS: tuple[ComputeUnits, ...] = get_args(ComputeUnits)


def asked_units() -> tuple[ComputeUnits, ...]:
    """The units that were asked for; none where nobody asked. ValueError for one that does not exist."""
    names = os.environ.get("BLAZEMESH_UNITS", "").split()
    if unknown := set(names) - set(UNITS):
        raise ValueError(f"BLAZEMESH_UNITS names {', '.join(sorted(unknown))}, expected some of {', '.join(UNITS)}")
    return cast(tuple[ComputeUnits, ...], tuple(names))
