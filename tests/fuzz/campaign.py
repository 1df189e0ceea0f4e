"""Fuzzing from outside: a child makes the mutations; one that ends it is a finding, and another child goes on."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROCESSORS = os.cpu_count() or 1


@dataclass(frozen=True)
class Job:
    """Mutations `first`, `first` + 1, … of a target's subject."""

    target: str
    subject: str
    first: int
    count: int

    @property
    def name(self) -> str:
        """What the report calls it."""
        return f"{self.target}:{self.subject}"

    def __str__(self) -> str:
        return f"{self.name}:{self.first}:{self.count}"

    def behind(self, number: int) -> "Job":
        """What is left of it after mutation `number`."""
        return replace(self, first=number + 1, count=self.first + self.count - number - 1)


@dataclass
class Outcome:
    """What came of a campaign: how many mutations were made, how many attempts ended how, and what should not be."""

    mutations: int = 0
    results: int = 0
    refusals: int = 0
    findings: list[str] = field(default_factory=list)


def fuzz(jobs: Iterable[Job]) -> dict[str, Outcome]:
    """Do the jobs in a child process for each processor; the outcomes by the jobs' names, which differ."""
    dealt = list(jobs)
    outcomes = {job.name: Outcome() for job in dealt}
    piles = [pile for number in range(PROCESSORS) if (pile := dealt[number::PROCESSORS])]
    with ThreadPoolExecutor(len(piles) or 1) as threads:
        list(threads.map(lambda pile: _finish(pile, outcomes), piles))
    return outcomes


def _finish(left: list[Job], outcomes: dict[str, Outcome]) -> None:
    while left:
        left = _run(left, outcomes)


def _run(jobs: list[Job], outcomes: dict[str, Outcome]) -> list[Job]:
    """One child; the jobs that it left undone because it was ended."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        report = Path(folder, "report")
        report.touch()
        words = [sys.executable, "-m", "tests.fuzz.child", str(report), str(Path(folder, "child")), *map(str, jobs)]
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        began = _read(report, outcomes)
    if ended.returncode == 0:
        return []
    if not began:
        raise RuntimeError(f"the child that fuzzes did not begin:\n{ended.stderr[-2000:]}")
    name, _, number = began.rpartition(":")
    outcomes[name].findings.append(f"{began}: ends the process ({ended.returncode}) {ended.stderr[-1000:]}")
    place = next(index for index, job in enumerate(jobs) if job.name == name)
    rest = jobs[place].behind(int(number))
    return [*([rest] if rest.count else []), *jobs[place + 1 :]]


def _read(report: Path, outcomes: dict[str, Outcome]) -> str:
    """Add what a report says to the outcomes; the mutation that was begun last."""
    began = ""
    for line in report.read_text().splitlines():
        entry = json.loads(line)
        if "began" in entry:
            began = entry["began"]
            outcomes[began.rpartition(":")[0]].mutations += 1
        elif "finding" in entry:
            outcomes[":".join(entry["finding"].split(":")[:2])].findings.append(entry["finding"])
        else:
            outcomes[entry["name"]].results += entry["results"]
            outcomes[entry["name"]].refusals += entry["refusals"]
    return began
