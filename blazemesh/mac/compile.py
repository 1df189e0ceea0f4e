"""Xcode's model compiler, on every package: what it refuses or warns of, no check on Linux can tell for sure."""

import shutil
from pathlib import Path

from blazemesh.mac.outcome import Outcome, Row, not_understood, skipped, summed
from blazemesh.mac.runner import quoted
from blazemesh.mac.site import NO_PACKAGES, Budget, Site
from blazemesh.manifest import Entry

COMMAND = ("xcrun", "coremlcompiler", "compile")
SECONDS, SECONDS_IN_ALL = 120.0, 300.0


def compile_packages(site: Site) -> Outcome:
    """The step: a row for each package, with its compiled size in bytes, seconds, and the compiler's warnings."""
    if not (entries := site.entries()):
        return skipped(NO_PACKAGES)
    shutil.rmtree(site.work / "compiled", ignore_errors=True)
    (site.work / "compiled").mkdir(parents=True)
    budget = Budget(SECONDS_IN_ALL)
    return summed([_compile(site, entry, budget) for entry in entries])


def _compile(site: Site, entry: Entry, budget: Budget) -> Row:
    compiled = site.compiled(entry)
    command = (*COMMAND, str(site.package(entry)), str(compiled.parent))
    ran = site.runner.run(command, f"compile-{entry['name']}", budget.left(SECONDS))
    size = folder_bytes(compiled)
    reason = ran.problem or ("" if size else not_understood(f"the compiler ended well and left no {compiled.name}"))
    return {
        "package": entry["name"],
        "bytes": size,
        "seconds": round(ran.seconds, 3),
        "warnings": warnings(f"{ran.out}\n{ran.err}"),
        "verdict": "failed" if reason else "held",
        "reason": reason,
    }


def warnings(text: str) -> list[str]:
    """The lines of a compiler's output that warn."""
    return [quoted(line.strip()) for line in text.splitlines() if "warning" in line.lower()]


def folder_bytes(folder: Path) -> int:
    """The bytes of all files in a folder; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
