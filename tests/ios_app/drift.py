"""What is rendered against what git has of it, and what lies in the folder."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

REMEDY = "run `make app` and commit it"
TEAM = re.compile(rb"^\s*DEVELOPMENT_TEAM = .*;\n", re.MULTILINE)
"""What Xcode adds to the project file where somebody chooses a team, the one change that the README asks for."""


def committed(root: Path, folder: str) -> dict[str, bytes]:
    """The files below `folder` as git's index has them, whatever Xcode changed since, by their path below it."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=root, capture_output=True, timeout=60, check=True)
    with tempfile.TemporaryDirectory() as out:
        checkout = ["git", "checkout-index", "-z", "--stdin", f"--prefix={out}/"]
        subprocess.run(checkout, cwd=root, input=listed.stdout, capture_output=True, timeout=60, check=True)
        top = Path(out) / folder
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def lying(folder: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """Those of `paths` that are in `folder`, as they lie there but for the team that somebody chose."""
    return {path: TEAM.sub(b"", (folder / path).read_bytes()) for path in paths if (folder / path).is_file()}


def drift_findings(kept: Mapping[str, bytes], rendered: Mapping[str, bytes], folder: str) -> list[str]:
    """A line for each file that git lacks, has too many, or has otherwise."""
    missing = [f"{folder}/{each} is missing; {REMEDY}" for each in sorted(rendered.keys() - kept.keys())]
    extra = [f"{folder}/{each} is not rendered any more; {REMEDY}" for each in sorted(kept.keys() - rendered.keys())]
    both = sorted(kept.keys() & rendered.keys())
    changed = [f"{folder}/{each} is not what is rendered; {REMEDY}" for each in both if kept[each] != rendered[each]]
    return [*missing, *extra, *changed]
