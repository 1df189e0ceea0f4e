"""Differences between a package and its original, gathered case by case and held to a limit."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.limits import NOTHING, Limit, SelfDifference

Array = NDArray[Any]

HARDLY_MOVES = 1e-3
"""An output whose range over all cases is less than this share of its size would hide almost any mistake."""


@dataclass(frozen=True)
class ParityRow:
    """One output's comparison, as the manifest has it; `max`, `mean` and `limit` are in `unit`.

    Of an "index" they are shares: `max` of the values of one case, `mean` of those of all.
    """

    output: str
    oracle: str
    executor: str
    arithmetic: str
    cases: int
    faces: int
    max: float
    mean: float
    limit: float
    mean_limit: float | None
    unit: str
    range: float | None = None
    """Highest less lowest value of the original, where the limit depends on it."""
    spread: float | None = None
    """What the original's kernels differ by, where the limit depends on it (verification/spread.py)."""
    rounding: float | None = None
    """What rounding the original's weights to float16 changes at most, where the limit depends on it."""

    @property
    def passed(self) -> bool:
        """Whether both errors are within their limits; what is not finite is in none, be the limit infinite itself."""
        return (
            self.max < math.inf and self.max <= self.limit and (self.mean_limit is None or self.mean <= self.mean_limit)
        )


class Differences:
    """Collects |package − original| of one output; where its numbers are `names`, whether they differ at all."""

    def __init__(self, names: bool = False) -> None:
        self._names = names
        self._greatest = 0.0
        self._sum = 0.0
        self._count = 0
        self._lowest = np.inf
        self._highest = -np.inf

    def add(self, found: Array, expected: Array) -> bool:
        """Add one case: two arrays of as many values. What is not finite on either side differs infinitely.

        Returns whether no case before differed as much.
        """
        before = self._greatest
        values = expected.astype(np.float64).reshape(-1)
        with np.errstate(invalid="ignore", over="ignore"):
            difference = np.abs(found.astype(np.float64).reshape(-1) - values)
        difference[~np.isfinite(difference)] = np.inf
        if self._names:
            difference = np.sign(difference)
        worst = difference.sum() / max(difference.size, 1) if self._names else difference.max(initial=0.0)
        self._greatest = max(self._greatest, float(worst))
        self._sum += float(difference.sum())
        self._count += difference.size
        self._lowest = min(self._lowest, float(values.min(initial=np.inf)))
        self._highest = max(self._highest, float(values.max(initial=-np.inf)))
        return self._greatest > before

    @property
    def greatest(self) -> float:
        """The greatest difference so far; of names, the greatest share of one case."""
        return self._greatest

    @property
    def mean(self) -> float:
        """The mean difference; of names, the share that differs."""
        return self._sum / max(self._count, 1)

    @property
    def range(self) -> float:
        """Highest less lowest value of the original over all cases."""
        return self._highest - self._lowest

    @property
    def hardly_moves(self) -> bool:
        """Whether the original's output is the same for every input, or nearly: then agreement proves little."""
        return self._count == 0 or self.range <= HARDLY_MOVES * self._size

    @property
    def _size(self) -> float:
        return max(abs(self._highest), abs(self._lowest))

    @property
    def scale(self) -> float:
        """What a relative limit is a share of: the range, or the size of an output that hardly moves; 1 for names."""
        if self._names:
            return 1.0
        return self._size if self.hardly_moves else self.range

    def row(self, output: str, unit: str, limit: Limit, own: SelfDifference = NOTHING, **about: Any) -> ParityRow:
        """The row for the manifest; a relative limit becomes one in the output's unit."""
        return ParityRow(
            output=output,
            max=self.greatest,
            mean=self.mean,
            limit=limit.allowed(self.scale, own),
            mean_limit=limit.allowed_mean(self.scale, own),
            unit=unit,
            range=self.range if limit.relative else None,
            spread=own.kernels if limit.relative else None,
            rounding=own.rounding if limit.relative else None,
            **about,
        )
