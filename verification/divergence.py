"""Which operator of a package is the first whose output is not the original's."""

import re
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.oracles.original import Original

Array = NDArray[Any]

# Operations that stand for a source's tensor end in _t and its index; passes of coremltools append the rest.
TENSOR_NAME = re.compile(r"_t(\d+)(?:_cast_fp16)?$")


def first_divergence(trace: Mapping[str, Array], original: Original, tolerance: float) -> str | None:
    """Name the first operator of the original whose tensor differs by more than `tolerance` of its range, or None.

    `trace` holds the package's intermediate values by name, `original` what its last run left, for the same case. A
    value held as NCHW is compared as such: shapes tell, and where they don't, the order that agrees better counts.
    """
    values = {int(match[1]): value for name, value in trace.items() if (match := TENSOR_NAME.search(name))}
    for index, kind, outputs in original.operators:
        for tensor in outputs:
            if tensor not in values or (expected := original.tensor(tensor)) is None:
                continue
            error = relative_error(values[tensor], expected)
            if not error <= tolerance:
                name = original.name(tensor)
                return f"operator {index} {kind} (tensor '{name}') differs by {error:.1e} of its range"
    return None


def relative_error(found: Array, expected: Array) -> float:
    """The greatest difference as a share of the expected values' range; infinite where either is not finite."""
    fitting = [order for order in _axis_orders(expected) if order.shape == found.shape]
    if not fitting and expected.size == found.size:
        fitting = [order.reshape(found.shape) for order in _axis_orders(expected)]
    if not expected.size:
        return 0.0 if fitting else np.inf
    with np.errstate(invalid="ignore"):
        values = expected.astype(np.float64)  # truth values know no difference
        size = float(np.ptp(values)) or float(np.abs(values).max()) or 1.0
        differences = [float(np.abs(found.astype(np.float64) - order).max()) / size for order in fitting]
    best = min(differences, default=np.inf)
    return best if np.isfinite(best) else np.inf


def _axis_orders(expected: Array) -> list[Array]:
    """The values in each order of axes that a package may hold them in: its transposes only call axes otherwise."""
    return [expected.transpose(order) for order in permutations(range(expected.ndim))]
