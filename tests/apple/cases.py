"""What a run of Apple's cases leaves behind."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Outcome = Literal["", "matched", "uncompared", "skipped", "expected failure", "failed"]


@dataclass
class Case:
    """One case of Apple's: what it is, what of it reached the executor, and how it ended.

    `compared` counts the values that were held against Apple's and agreed, and that the same comparison refuses when
    they are changed. `operators` are those that the case is about, that its program executed, and whose fault makes it
    fail. "uncompared" cases pass without one: they test type inference or the like. `reason` is Apple's word for a skip
    or an expected failure, and the error of a failure.
    """

    test: str
    opset: str
    precision: str
    operators: list[str] = field(default_factory=list)
    compared: int = 0
    outcome: Outcome = ""
    reason: str = ""


def append_case(path: Path, case: Case) -> None:
    """Adds a case to a record: one JSON object a line."""
    with path.open("a") as record:
        record.write(f"{json.dumps(asdict(case))}\n")


def read_cases(path: Path) -> list[Case]:
    """The cases of a record."""
    return [Case(**json.loads(line)) for line in path.read_text().splitlines()]
