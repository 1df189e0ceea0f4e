"""Where a run takes place: what its steps share."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from blazemesh.errors import InputError
from blazemesh.mac.outcome import Outcome
from blazemesh.mac.runner import Runner
from blazemesh.mac.units import UNITS, missing
from blazemesh.manifest import Entry, read_manifest


@dataclass
class Site:
    """The commands' runner, the folders of packages and of what the run makes, and the steps' outcomes so far."""

    runner: Runner
    packages: Path
    work: Path
    units: tuple[str, ...] = UNITS
    """The compute units that were asked for."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        """The packages that are built; none where there is no manifest."""
        try:
            return list(read_manifest(self.packages).models)
        except InputError:
            return []

    def missing(self, unit: str) -> str:
        """Why a compute unit is left out, in one line; empty where it is tried."""
        if unit not in self.units:
            return f"not asked for: UNITS is {' '.join(self.units)}"
        plans = self.outcomes["plan"].rows if "plan" in self.outcomes else ()
        return missing(unit, plans, self.outcomes["machine"].rows[0])

    def package(self, entry: Entry) -> Path:
        """Where a package lies."""
        return self.packages / str(entry["package"])

    def compiled(self, entry: Entry) -> Path:
        """Where Xcode's compiler puts it."""
        return self.work / "compiled" / f"{entry['name']}.mlmodelc"


class Budget:
    """The seconds that a step of many commands has in all: where one hangs, others may too, and a run has to end."""

    LEAST = 1.0
    """What is left for each command when nothing is."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """The seconds for the next command, `most` at best."""
        return max(self.LEAST, min(most, self._end - time.monotonic()))


NO_PACKAGES = "there are no packages: see what became of `make coreml` above"
