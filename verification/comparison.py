"""What one engine makes of a package, held against what the original says, output by output."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case
from verification.engines import Engine
from verification.executor.errors import PackageError
from verification.limits import INDEX, Limit, SelfDifference
from verification.parity import Differences, ParityRow

Array = NDArray[Any]


@dataclass(frozen=True)
class Compared:
    """One output: its name, its unit, the oracle's name, and whether its number of values depends on the case."""

    name: str
    unit: str
    oracle: str
    varies: bool = False


@dataclass(frozen=True)
class Terms:
    """What a package's comparisons share: its name, an output's limit, and what its original differs from itself by."""

    package: str
    limit: Callable[[Compared, Engine], Limit]
    own: Callable[[str], SelfDifference]
    diverging: Callable[[Case], str]


class Comparison:
    """The differences between what one engine makes of the package and what the original says."""

    def __init__(self, terms: Terms, engine: Engine, outputs: Sequence[Compared]) -> None:
        self._terms = terms
        self.engine = engine
        self._outputs = outputs
        self.differences = {output.name: Differences(names=output.unit == INDEX) for output in outputs}
        self._worst: dict[str, Case] = {}
        self._cases = 0
        self.faces = 0
        """Of the cases that were added, those in which the original sees one."""

    def add(self, case: Case, found: Mapping[str, Array], expected: Mapping[str, Array], face: bool) -> None:
        """Collect how far each output of one case, with a `face` or without, is from the expected one."""
        self._cases += 1
        self.faces += face
        for output in self._outputs:
            mine, original = found[output.name], expected[output.name]
            if mine.size != original.size:
                if not output.varies:
                    what = f"{output.name} has {mine.size} values, not {original.size}"
                    raise PackageError(f"{self._terms.package}: {what}")
                mine, original = np.array([np.nan]), np.array([0.0])  # another number of rows is infinitely far off
            if self.differences[output.name].add(mine, original):
                self._worst[output.name] = case

    def rows(self) -> list[ParityRow]:
        """A row for each output."""
        return [
            self.differences[output.name].row(
                output.name,
                output.unit,
                self._terms.limit(output, self.engine),
                self._terms.own(output.name),
                oracle=output.oracle,
                executor=self.engine.name,
                arithmetic=self.engine.arithmetic,
                cases=self._cases,
                faces=self.faces,
            )
            for output in self._outputs
        ]

    def idle(self) -> list[str]:
        """Which outputs prove little."""
        idle = [name for name, collected in self.differences.items() if collected.hardly_moves]
        return [f"{name} hardly moves between the cases: its comparison proves little" for name in idle]

    def widened(self) -> list[str]:
        """Which limits are wider than their share of the range, since the original is that far from itself."""
        notes = []
        for output in self._outputs:
            rule, own = self._terms.limit(output, self.engine), self._terms.own(output.name)
            scale = self.differences[output.name].scale
            allowed = rule.allowed(scale, own)
            if allowed > rule.allowed(scale):
                by_kernels = allowed == rule.allowed(scale, SelfDifference(own.kernels))
                why = f"{own.kernels:.2g} between the original's own kernels"
                if not by_kernels:
                    why = f"{own.rounding:.2g} between the original and itself with float16 weights"
                little = "; that proves little, the mean decides" if allowed >= scale else ""
                notes.append(
                    f"{output.name} differs by {why}: its limit in {self.engine.name} {self.engine.arithmetic} is "
                    f"{allowed / scale:.2g} of its range{little}"
                )
        return notes

    def failures(self) -> list[str]:
        """The rows beyond their limits, each with the operator at which its worst case leaves the original."""
        return [self._describe(row) for row in self.rows() if not row.passed]

    def _describe(self, row: ParityRow) -> str:
        mean = "" if row.mean_limit is None else f", mean {row.mean:.2g} (limit {row.mean_limit:.2g})"
        diverging = self._terms.diverging(self._worst[row.output])
        if row.unit == INDEX:
            return (
                f"{self._terms.package}: {row.mean:.2g} of {row.output}'s whole numbers are others (limit "
                f"{row.mean_limit:.2g}) in {row.executor} {row.arithmetic}; first to diverge: {diverging}"
            )
        return (
            f"{self._terms.package}: {row.output} is off by {row.max:.3g} {row.unit} (limit {row.limit:.2g}){mean} in "
            f"{row.executor} {row.arithmetic}; first to diverge: {diverging}"
        )
