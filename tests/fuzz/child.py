"""Makes mutations in this process and writes what came of them: `python -m tests.fuzz.child REPORT FOLDER JOB…`.

A job is TARGET:SUBJECT:FIRST:COUNT. The report is a line of JSON for each attempt that begins, for each finding
and for each job that ends, so that whoever reads it knows which mutation a crash was.
"""

import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TextIO

from tests.fuzz.guard import MOST_SECONDS, Guard
from tests.fuzz.targets import TARGETS

PLANTED_SECONDS = 1
"""As long may a hang take that is one on purpose."""


def main(report: Path, folder: Path, jobs: list[str]) -> None:
    """Do the jobs, one after the other."""
    prepare(folder)
    guard = Guard(folder / "work")
    with report.open("a", buffering=1) as file:
        for job in jobs:
            target, subject, first, count = job.split(":")
            _do(guard, target, subject, range(int(first), int(first) + int(count)), file)


def prepare(folder: Path) -> None:
    """The folders, and what is imported before memory is counted."""
    from blazemesh.quiet import quiet_coremltools, quiet_destructors

    (folder / "work").mkdir(parents=True, exist_ok=True)
    (folder / "secret").write_bytes(b"nobody may read this")
    sys.dont_write_bytecode = True
    tempfile.tempdir = str(folder / "work")
    quiet_destructors()
    quiet_coremltools()
    from tests.fuzz.targets import sound_package

    shutil.rmtree(folder / "sound", ignore_errors=True)
    sound_package(folder / "sound")


def _do(guard: Guard, name: str, subject: str, numbers: range, report: TextIO) -> None:
    target, _ = TARGETS[name]
    ended: Counter[str] = Counter()
    for number in numbers:
        label = f"{name}:{subject}:{number}"
        report.write(json.dumps({"began": label}) + "\n")
        folder = guard.folder / f"{name}-{number}"
        folder.mkdir()
        for step in target(subject, number, folder):
            outcome = guard.attempt(step, PLANTED_SECONDS if name == "planted" else MOST_SECONDS)
            if not outcome.finding:
                ended["result" if outcome.refusal is None else "refusal"] += 1
            else:
                report.write(json.dumps({"finding": f"{label}: {outcome.finding}"}) + "\n")
        shutil.rmtree(folder)
    counts = {"results": ended["result"], "refusals": ended["refusal"]}
    report.write(json.dumps({"name": f"{name}:{subject}", **counts}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
