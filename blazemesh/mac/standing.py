"""What a Mac has said of the packages as they are now: from the committed copy of a run, docs/mac.json."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blazemesh.mac.document import Document, Step
from blazemesh.mac.machine import described
from blazemesh.mac.outcome import Row

COPY = Path("docs/mac.json")
NEVER = "*never yet*"
PREDICT = "predict/"


@dataclass(frozen=True)
class Standing:
    """The copy, None where there is none, and whether it is of other packages than today's."""

    document: Document | None
    stale: bool = False

    @property
    def sentence(self) -> str:
        """Which Mac it was and when, or that there was none."""
        if self.document is None:
            return "No Mac has run `make mac` yet."
        other = " The packages have other bytes now." if self.stale else ""
        stopped = f" The run did not end: it stopped in {self.document.stopped}." if self.document.stopped else ""
        return f"Mac of {self.document.date}: {described(self.document.machine)}.{other}{stopped}"

    def cell(self, names: Sequence[str]) -> str:
        """What became of these steps: verdict, date and, where they have several rows, how many held."""
        if self.document is None:
            return NEVER
        steps = [step for name in names if (step := self.document.step(name))]
        if not steps:
            return f"{NEVER}: the run of {self.document.date} did not come so far"
        tried = [step for step in steps if step.verdict != "skipped"]
        if not tried:
            return f"skipped on {self.document.date}: {steps[0].reason}"
        verdict = "**failed**" if any(step.verdict == "failed" for step in tried) else "held"
        other = " for other bytes" if self.stale else ""
        return f"{verdict} on {self.document.date}{other}" + _counted(tried)

    def package_cell(self, package: str) -> str:
        """What became of one package in Core ML's predict, on the units that were tried."""
        if self.document is None:
            return NEVER
        rows = [
            (step.name.removeprefix(PREDICT), row["verdict"])
            for step in self.document.steps
            if step.name.startswith(PREDICT)
            for row in step.rows
            if row.get("package") == package and row.get("verdict") in ("held", "failed")
        ]
        if not rows:
            return f"{NEVER}: not in the run of {self.document.date}"
        other = " for other bytes" if self.stale else ""
        units = ", ".join(dict.fromkeys(unit for unit, _ in rows))
        verdict = "**failed**" if any(found == "failed" for _, found in rows) else "held"
        return f"{verdict} on {self.document.date}{other} ({units})"


def _counted(steps: Sequence[Step]) -> str:
    """How many rows held of those that have a verdict; a reason where rows don't have it, or not what failed."""
    rows: list[Row] = [row for step in steps for row in step.rows if row.get("verdict") in ("held", "failed")]
    held = sum(row["verdict"] == "held" for row in rows)
    failures = [step for step in steps if step.verdict == "failed"]
    if rows and (held < len(rows) or not failures):
        return f", {held} of {len(rows)}"
    reasons = [step.reason for step in failures or steps if step.reason]
    return f": {reasons[0]}" if reasons else ""


def standing(document: Document | None, packages: Mapping[str, str]) -> Standing:
    """How the copy stands to the `packages` of today, SHA-256 by name."""
    return Standing(document, document is not None and dict(document.packages) != dict(packages))
