"""One engine's comparisons: of a package's outputs, and of what its network hands over inside the program."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from verification.cases import Case
from verification.comparison import Compared, Comparison
from verification.engines import Engine
from verification.judge import Judge

Array = NDArray[Any]

BORDER: Mapping[str, float] = {"float32": 1e-4, "float16": 5e-3}
"""How close to its threshold a score or an overlap says nothing any more, by arithmetic.

The greatest errors measured in scores are 1e-6 and 4.7e-3, as the manifests of the Proposals packages have them.
"""


class Pair:
    """One engine's comparisons: of the package's outputs, and of what its network hands over inside the program."""

    def __init__(self, judge: Judge, engine: Engine) -> None:
        self._judge = judge
        self._engine = engine
        self.outputs = Comparison(judge.terms, engine, judge.outputs)
        self._inside = judge.inside if engine.watches else {}
        self.network = Comparison(judge.terms, engine, judge.raw) if self._inside else None
        self._borderline = 0
        self._cases = 0
        self._faces = 0

    def add(self, case: Case, raw: dict[str, Array], face: bool) -> None:
        """Execute one case, in which the original sees a `face` or none."""
        self._cases += 1
        self._faces += face
        given = case.as_prediction_input(self._judge.pictured)
        found, inside = self._engine.predict(given, tuple(self._inside.values()))
        if self.network:
            self.network.add(case, {name: inside[value] for name, value in self._inside.items()}, raw, face)
        margin = BORDER[self._engine.arithmetic]
        if (done := self._judge.finished) and done.is_borderline(raw, margin, self._change()):
            self._borderline += 1
            return
        self.outputs.add(case, found, self._judge.expected(raw), face)

    def _change(self) -> float:
        """The least change that counts: half of what the boxes may be off by."""
        return self._judge.limit(Compared("landmarks", "normalised", "numpy"), self._engine).max / 2

    def notes(self) -> list[str]:
        """What is to be known of the comparisons."""
        notes = self.outputs.widened()
        if self._borderline:
            notes.append(
                f"{self._borderline} of {self._cases} cases have a score or an overlap beside its threshold: "
                f"not compared in {self._engine.name} {self._engine.arithmetic}"
            )
        return notes

    def failures(self) -> list[str]:
        """What is beyond its limits."""
        failures = [*self.outputs.failures(), *(self.network.failures() if self.network else [])]
        if 2 * self._borderline > self._cases or 2 * self.outputs.faces < self._faces:
            left = f"too few are left, {self.outputs.faces} of them with a face"
            beside = f"{self._borderline} of {self._cases} cases lie beside a threshold"
            failures.append(f"{self._judge.package.name}: {beside}: {left}")
        return failures
