"""How far an original is from itself: what no package can be asked to stay below."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.limits import SelfDifference
from verification.oracles.original import Original
from verification.parity import Differences

Array = NDArray[Any]


class Spread:
    """What an original differs from itself by on the same inputs, output by output.

    LiteRT's plain kernels and its XNNPACK delegate's sum the same products in another order. A model that runs in the
    delegate alone is compared with itself on inputs of which each number moved to the next float32, up or down. Where
    `original` has rounded weights, `unrounded` is the one as it was, and what lies between them is the rounding.
    """

    def __init__(self, original: Original, delegated: Original | None, unrounded: Original | None = None) -> None:
        self._original = original
        self._other = delegated
        self._unrounded = unrounded
        self._generator = np.random.default_rng(0)
        self._kernels: dict[str, Differences] = {}
        self._rounding: dict[str, Differences] = {}

    def add(self, inputs: Mapping[str, Array], expected: Mapping[str, Array]) -> None:
        """One case: the inputs by tensor name, and what the original made of them."""
        if self._other is not None:
            found = self._other.run(inputs)
        else:
            found = self._original.run({name: self._moved(value) for name, value in inputs.items()})
        before = self._unrounded.run(inputs) if self._unrounded is not None else {}
        for name, values in expected.items():
            _collect(self._kernels, name, found[name], values)
            if name in before:
                _collect(self._rounding, name, before[name], values)

    def of(self, tensor: str) -> SelfDifference:
        """The differences in the output `tensor` so far."""
        kernels, rounding = (by.get(tensor, Differences()) for by in (self._kernels, self._rounding))
        return SelfDifference(kernels.greatest, rounding.greatest, rounding.mean)

    def _moved(self, value: Array) -> Array:
        if value.dtype.kind != "f":
            return value
        up = self._generator.integers(2, size=value.shape, dtype=np.int8)
        moved: Array = np.nextafter(value, np.where(up, np.inf, -np.inf).astype(value.dtype))
        return moved


def _collect(differences: dict[str, Differences], name: str, found: Array, expected: Array) -> None:
    """Adds one case of an output, but for what is not finite on both sides: that proves no difference."""
    finite = np.isfinite(found) & np.isfinite(expected)
    collected = differences.setdefault(name, Differences(names=expected.dtype.kind in "iu"))
    collected.add(found[finite], expected[finite])
