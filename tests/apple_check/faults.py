"""Small sources with one mistake each, and what must be said of it."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("refused")

EXPECTATION = re.compile(r"// (?P<target>\w+) refuses: (?P<message>.+)")


@dataclass(frozen=True)
class Fault:
    """A source that `target` must refuse, in words that hold `message`."""

    path: Path
    target: str
    message: str


def read_faults() -> list[Fault]:
    """All of the folder's; ValueError for one that does not say in its first line what is expected."""
    faults = []
    for path in sorted(FOLDER.glob("*.swift")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        expected = EXPECTATION.fullmatch(first)
        if expected is None:
            raise ValueError(f"{path.name} begins with {first!r}; expected // PLATFORM refuses: MESSAGE")
        faults.append(Fault(path, expected["target"], expected["message"]))
    return faults
