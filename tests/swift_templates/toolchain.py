"""Swift, where it is installed."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRATCH = ROOT / "build" / "swiftpm"
"""SwiftPM's own folders: one for each set of flags, kept from run to run."""
TIMEOUT = 600


@cache
def version() -> tuple[int, int] | None:
    """Swift's version; None where there is none."""
    if shutil.which("swift") is None:
        return None
    told = subprocess.run(["swift", "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    found = re.search(r"Swift version (\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else None


def needs(least: tuple[int, int] = (6, 1)) -> pytest.MarkDecorator:
    """Skip, saying why, without a Swift of this version or later."""
    found = version()
    reason = "there is no swift on PATH" if found is None else f"this is Swift {found}, {least} or later is needed"
    return pytest.mark.skipif(found is None or found < least, reason=reason)


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command's output, ended well or not."""
    environment = {**os.environ, **variables}
    arguments = [str(part) for part in command]
    return subprocess.run(
        arguments, capture_output=True, text=True, timeout=TIMEOUT, env=environment, cwd=ROOT, check=False
    )


def swiftpm(verb: str, package: Path, scratch: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """`swift build` or `swift test`, warnings being errors."""
    folders = ("--package-path", str(package), "--scratch-path", str(SCRATCH / scratch))
    golden = str(ROOT / "tests" / "golden")
    return run("swift", verb, *folders, "-Xswiftc", "-warnings-as-errors", *flags, BLAZEMESH_GOLDEN=golden)


def host() -> str:
    """The triple that modules built here are for."""
    return f"{platform.machine()}-unknown-linux-gnu"


def swift_files(folder: Path) -> Sequence[Path]:
    """The Swift files below a folder."""
    return sorted(folder.rglob("*.swift"))
