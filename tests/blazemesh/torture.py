"""`make torture`: builds killed with SIGKILL, most at a random change of the file system, each tenth at a random time.

After each kill every package that can be seen has to be whole, and the manifest readable or absent. The next build
finds what was left: it is killed too or, each fifth time, comes to its end, and then has to give what an undisturbed
build gives, byte for byte, and leave nothing else. The kills at a change of the file system are of builds that copy
packages instead of converting, which take a second; those at a random time are of real ones, workers and all.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from blazemesh.build import build
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.manifest import package_digest, read_manifest
from tests.blazemesh.test_build import killed_build
from tests.conftest import ROOT, files

NEVER = 1_000_000
REAL_EVERY, WHOLE_EVERY = 10, 5
REAL = "BlazeFaceShortRange"


def faults(out: Path, whole: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a folder in which a build was killed; `whole` has each package's SHA-256 by its name."""
    for package in sorted(out.glob("*.mlpackage")):
        if package_digest(package)[0] != whole.get(package.name):
            yield f"{package.name} is not whole"
    if (out / "manifest.json").exists():
        try:
            read_manifest(out)
        except InputError as error:
            yield str(error)


def leftovers(out: Path, right: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with a folder in which a build came to its end; `right` has what should be in it."""
    found = files(out)
    for name in sorted({*found, *right}):
        if found.get(name) != right.get(name):
            yield f"{name} is not what an undisturbed build makes"
    yield from (f"{path.name} is left" for path in out.glob(".*"))


def real_build(out: Path, seconds: float | None) -> float:
    """A real build of one package, killed after so many seconds, or not; how long it took."""
    started = time.perf_counter()
    words = [sys.executable, "-m", "blazemesh", "build", "--out", str(out), "--only", REAL, "--force"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)  # the workers inherited the pipes: they end when the last of them does
    return time.perf_counter() - started


class Torture:
    """Kills, and what they found; `built` is a folder in which everything is built."""

    def __init__(self, built: Path, folder: Path, seed: int) -> None:
        self.built = built
        self.source = random.Random(seed)
        self.whole = {entry["package"]: entry["sha256"] for entry in read_manifest(built).models}
        self.copied, self.real = folder / "copied", folder / "real"
        self.changes = NEVER - int(killed_build(self.copied, built, NEVER).stdout)
        self.right_copied = files(self.copied)
        self.seconds = real_build(self.real, None)
        self.right_real = files(self.real)

    def kill(self, number: int) -> list[str]:
        """One kill, and what is wrong after it or after the build that follows."""
        if number % REAL_EVERY == 0:
            return self._kill_real(number // REAL_EVERY)
        moment = self.source.randint(1, self.changes)
        ended = killed_build(self.copied, self.built, moment)
        found = list(faults(self.copied, self.whole))
        if ended.returncode not in (0, -signal.SIGKILL):  # with nothing to tidy up there are fewer changes
            found.append(f"it ends in {ended.returncode}: {ended.stderr[-300:]}")
        if number % WHOLE_EVERY == 1:
            killed_build(self.copied, self.built, NEVER)
            found += leftovers(self.copied, self.right_copied)
        return [f"change {moment}: {fault}" for fault in found]

    def _kill_real(self, number: int) -> list[str]:
        seconds = self.source.uniform(0, self.seconds)
        real_build(self.real, seconds)
        found = list(faults(self.real, self.whole))
        if number % WHOLE_EVERY == 0:
            real_build(self.real, None)
            found += leftovers(self.real, self.right_real)
        return [f"{seconds:.2f} s: {fault}" for fault in found]


def main(arguments: list[str]) -> int:
    """Torture; the exit code is 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.blazemesh.torture")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    started, found = time.perf_counter(), 0
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        built = ROOT / "build" / "coreml"
        build(load_catalog(), built)
        torture = Torture(built, Path(folder), options.seed)
        print(f"{torture.changes} changes of the file system, {torture.seconds:.1f} s a real build", flush=True)
        for number in range(1, options.kills + 1):
            for fault in torture.kill(number):
                print(f"kill {number}: {fault}", flush=True)
                found += 1
            if number % 20 == 0:
                print(f"{number} kills, {found} faults", flush=True)
    print(f"{options.kills} kills, {found} faults in {time.perf_counter() - started:.0f} s")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
