"""What the Swift core costs: its benchmark, built for release and run, beside what it is meant to stay below."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from blazemesh.errors import InputError
from blazemesh.swift_package import OUT, write_swift

SCRATCH = Path("build/swiftpm/bench")
COMMAND = "make swift && swift run -c release --package-path build/swift/Benchmarks Benchmark"

GOALS: dict[str, float] = {
    "swift/detect_896_10": 500,
    "swift/detect_896_200": 6_000,
    "swift/detect_896_all": 100_000,
    "swift/detect_2304_all": 100_000,
    "swift/frame_core": 10_000,
}
"""Nanoseconds on a quiet core of x86-64 without AVX."""


@dataclass(frozen=True)
class Cost:
    """One call's nanoseconds, its allocations once warm (−1 where nobody can count them), and what it should cost."""

    name: str
    nanoseconds: float
    allocations: int
    goal: float | None


def measure_swift(packages: Path) -> list[Cost] | None:
    """Every row of the benchmark for the packages' manifest; None where there is no Swift.

    InputError where it can't be built, or where it ends badly.
    """
    if shutil.which("swift") is None:
        return None
    write_swift(packages, OUT)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    # SwiftPM looks for new files of a package beside this one only when it plans anew.
    (OUT / "Benchmarks" / "Package.swift").touch()
    package = ["--package-path", str(OUT / "Benchmarks"), "--scratch-path", str(SCRATCH), "-c", "release"]
    with tempfile.TemporaryFile("w+") as messages:
        done = subprocess.run(
            ["swift", "run", *package, "Benchmark"], stdout=subprocess.PIPE, stderr=messages, text=True, check=False
        )
        messages.seek(0)
        last = next(reversed(messages.read().splitlines()), "no message")
    if done.returncode != 0:
        raise InputError(f"the Swift benchmark ended with {done.returncode} ({last}); run `make test`")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [Cost(r["name"], r["nanoseconds"], r["allocations"], GOALS.get(r["name"])) for r in rows]
