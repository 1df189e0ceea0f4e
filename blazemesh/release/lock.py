"""What requirements.lock says that a build is made with."""

import re
from dataclasses import dataclass
from pathlib import Path

from blazemesh.errors import InputError

LOCK = Path(__file__).parents[2] / "requirements.lock"
OURSELVES = "blazemesh (pyproject.toml)"
"""Who asks for the libraries that BlazeMesh itself needs; the tools of its developers say so in another way."""
_PACKAGE = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)
_PARENTS = re.compile(r"# via(?: (.+))?$((?:\n    #   .+$)*)", re.MULTILINE)


@dataclass(frozen=True)
class Locked:
    """A library, its version, and who asks for it."""

    name: str
    version: str
    parents: tuple[str, ...]


def read_lock(text: str) -> dict[str, Locked]:
    """Every library of a lock by name; InputError where it has none, or one that nobody asks for."""
    starts = [*_PACKAGE.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    locked = {found[1]: _locked(found, text[found.end() : end]) for found, end in zip(starts, ends, strict=False)}
    if not locked or not all(library.parents for library in locked.values()):
        raise InputError(f"{LOCK.name}: found no libraries with those who need them; run `make lock`")
    return locked


def _locked(found: re.Match[str], about: str) -> Locked:
    via = _PARENTS.search(about)
    said = [via[1] or "", *via[2].splitlines()] if via else []
    parents = tuple(filter(None, (line.replace("#", "").strip() for line in said)))
    return Locked(found[1], found[2], parents)


def build_tools(locked: dict[str, Locked]) -> list[Locked]:
    """What BlazeMesh needs to make packages, with all that these need, by name."""
    wanted: set[str] = set()
    grown = True
    while grown:
        more = {
            library.name
            for library in locked.values()
            if any(parent == OURSELVES or parent in wanted for parent in library.parents)
        }
        grown, wanted = more != wanted, more
    return [locked[name] for name in sorted(wanted)]
