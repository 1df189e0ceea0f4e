"""What is rendered against what git has of it, and what lies in the folder."""

import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from swift_templates.app import PROJECT
from swift_templates.teams import with_teams

REMEDY = "run `make app` and commit it"


def committed(root: Path, folder: str) -> dict[str, bytes]:
    """The files below `folder` as git's index has them, whatever Xcode changed since, by their path below it."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=root, capture_output=True, timeout=60, check=True)
    with tempfile.TemporaryDirectory() as out:
        checkout = ["git", "checkout-index", "-z", "--stdin", f"--prefix={out}/"]
        subprocess.run(checkout, cwd=root, input=listed.stdout, capture_output=True, timeout=60, check=True)
        top = Path(out) / folder
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def on_disk(root: Path, folder: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Those of `paths`, below `folder`, that are files there; what else lies beside them is the user's or Xcode's."""
    return {path: (root / folder / path).read_bytes() for path in paths if (root / folder / path).is_file()}


def with_chosen_teams(rendered: Mapping[str, bytes], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """What `make app` writes over the folder's files `kept`: a team that was chosen there stays."""
    return {**rendered, PROJECT: with_teams(rendered[PROJECT], kept.get(PROJECT, b""))}


def drift_findings(kept: Mapping[str, bytes], rendered: Mapping[str, bytes], folder: str) -> list[str]:
    """A line for each file that git lacks, has too many, or has otherwise."""
    missing = [f"{folder}/{each} is missing; {REMEDY}" for each in sorted(rendered.keys() - kept.keys())]
    extra = [f"{folder}/{each} is not rendered any more; {REMEDY}" for each in sorted(kept.keys() - rendered.keys())]
    both = sorted(kept.keys() & rendered.keys())
    changed = [f"{folder}/{each} is not what is rendered; {REMEDY}" for each in both if kept[each] != rendered[each]]
    return [*missing, *extra, *changed]
