"""Tables and a picture that the project takes from elsewhere: each names what it is, its source and its licence."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


class FactError(LookupError):
    """There is no such table: one line that names what was asked for and what there is."""


def path(name: str) -> Path:
    """The file called `name`, suffix included, beside this module; FactError if it is no file of this folder."""
    file = FOLDER / name
    if file.parent != FOLDER or not file.is_file():
        known = ", ".join(sorted(entry.name for entry in FOLDER.iterdir() if entry.suffix in {".json", ".png"}))
        raise FactError(f"no file {name!r} among the facts; expected one of: {known}")
    return file


def load(name: str) -> dict[str, Any]:
    """The table `name` (its file's name without `.json`), with at least the keys what, source and licence."""
    table: dict[str, Any] = json.loads(path(f"{name}.json").read_text(encoding="utf-8"))
    return table
