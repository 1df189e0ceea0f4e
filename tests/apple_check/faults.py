"""Small sources with one mistake each, and what must be said of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.apple_check.check import Checker

FOLDER = Path(__file__).with_name("refused")
APP = FOLDER / "app"
"""What an app may get wrong; these import the package's modules."""

EXPECTATION = re.compile(r"// (?P<target>\w+) refuses: (?P<message>.+)")


@dataclass(frozen=True)
class Fault:
    """A source that `target` must refuse, in words that hold `message`."""

    path: Path
    target: str
    message: str


def read_faults(folder: Path = FOLDER) -> list[Fault]:
    """All of the folder's; ValueError for one that does not say in its first line what is expected."""
    faults = []
    for path in sorted(folder.glob("*.swift")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        expected = EXPECTATION.fullmatch(first)
        if expected is None:
            raise ValueError(f"{path.name} begins with {first!r}; expected // PLATFORM refuses: MESSAGE")
        faults.append(Fault(path, expected["target"], expected["message"]))
    return faults


def missed(checker: Checker, faults: Sequence[Fault]) -> list[str]:
    """What of `faults` the checker's platform should refuse and does not, or in other words."""
    found = []
    for fault in faults:
        if fault.target == checker.target.name:
            said = [each.message for each in checker.check([fault.path], "Fault")]
            if not any(fault.message in message for message in said):
                found.append(f"{fault.path.name} is not refused with '{fault.message}' but with {said}")
    return found
