"""build/mac.json: what a run on a Mac found. docs/mac.json is a committed copy of one; docs/mac.md describes both."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from blazemesh.errors import InputError
from blazemesh.files import write_atomically
from blazemesh.json_files import has_fields, read_json
from blazemesh.mac.outcome import Outcome, Row

SCHEMA = 1
LARGEST = 1 << 24
VERDICTS = ("held", "failed", "skipped")


@dataclass(frozen=True)
class Step:
    """One step: what it was for, what it ran, seconds, verdict, the reason where it did not hold, and its rows."""

    name: str
    title: str
    command: str
    seconds: float
    verdict: str
    reason: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    """A run: when it began (ISO 8601, UTC), where it stopped if it did, the packages' SHA-256 and its steps."""

    when: str
    stopped: str | None
    """The step in which it was stopped, or is now, and why; None where it came to its end."""
    packages: Mapping[str, str]
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step | None:
        """The step of that name, if the run came so far."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def machine(self) -> Row:
        """The machine's facts; empty where nothing was asked yet."""
        step = self.step("machine")
        return step.rows[0] if step and step.rows else {}

    @property
    def date(self) -> str:
        """The day on which it began."""
        return self.when[:10]

    def with_step(self, step: Step) -> "Document":
        """The document with one step more."""
        return replace(self, steps=(*self.steps, step))


def made_step(name: str, title: str, command: str, seconds: float, outcome: Outcome) -> Step:
    """A step with what came of it."""
    return Step(name, title, command, round(seconds, 1), outcome.verdict, outcome.reason, outcome.rows)


def write_document(path: Path, document: Document) -> None:
    """Write it in one step; OSError where the disk refuses."""
    from blazemesh import __version__

    found = {"schema": SCHEMA, "generator": f"blazemesh {__version__}", **asdict(document)}
    write_atomically(path, (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace"))


def read_document(path: Path) -> Document | None:
    """The document at `path`, None where there is none; InputError, one line, where it can't be read."""
    advice = "copy build/mac.json again, or run `make mac` on a Mac"
    try:
        found = read_json(path, LARGEST, advice)
    except FileNotFoundError:
        return None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(f"{path}: expected the result of make mac, schema {SCHEMA}; {advice}")
    if (wrong := _wrong(found)) is not None:
        raise InputError(f"{path}: its {wrong} is not what make mac writes; {advice}")
    steps = tuple(Step(**{**step, "rows": tuple(step["rows"])}) for step in found["steps"])
    return Document(found["when"], found["stopped"], found["packages"], steps)


STEP: Mapping[str, Any] = {
    **dict.fromkeys(("name", "title", "command", "verdict", "reason"), str),
    "seconds": int | float,
    "rows": list,
}


def _wrong(found: Mapping[str, Any]) -> str | None:
    """The first field that is missing or of another kind; None where all are as they are written."""
    packages, steps = found.get("packages"), found.get("steps")
    if not _is_time(found.get("when")):
        return "when"
    if "stopped" not in found or not (found["stopped"] is None or _is_line(found["stopped"])):
        return "stopped"
    if not isinstance(packages, dict) or not all(isinstance(digest, str) for digest in packages.values()):
        return "packages"
    if not isinstance(steps, list):
        return "steps"
    wrong = (number for number, step in enumerate(steps, 1) if not _is_step(step))
    return next((f"step {number}" for number in wrong), None)


def _is_time(text: Any) -> bool:
    """Whether it is an ISO 8601 time whose first ten characters are the day."""
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).date().isoformat() == text[:10]
    except ValueError:
        return False


def _is_line(text: Any) -> bool:
    return isinstance(text, str) and text.isprintable()


def _is_step(step: Any) -> bool:
    return (
        has_fields(step, STEP)
        and step.keys() == STEP.keys()
        and all(_is_line(text) for text in step.values() if isinstance(text, str))
        and step["verdict"] in VERDICTS
        and all(isinstance(row, dict) for row in step["rows"])
    )
