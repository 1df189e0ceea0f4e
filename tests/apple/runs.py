"""Runs coremltools' operator tests against the reference executor, in processes of their own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path

from tests.apple.cases import Case, read_cases

ROOT = Path(__file__).parents[2]

FOLDERS = ("iOS14", "iOS15", "iOS16", "iOS17", "iOS18")

# Packages are built for iOS 16; where it has no version of its own of an operator, iOS 15's cases are about the same.
_PART = (FOLDERS[:3], ("--judge-opsets", "iOS15,iOS16", "--judge-per-group", "1"))


def run_cases(selection: Sequence[str], options: Sequence[str] = ()) -> list[Case]:
    """The cases of `selection`, files or folders (with `::TestClass`) below coremltools' mil/ops/tests.

    `options` are those of `routing`. RuntimeError if pytest itself fails; failed cases don't do that.
    """
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "cases"
        tests = operator_tests()
        command = [
            *(sys.executable, "-m", "pytest", "-p", "tests.apple.routing", "-p", "no:cacheprovider", "-c", os.devnull),
            *("--rootdir", str(tests), "--import-mode=importlib", "--assert=plain", "-q", "--tb=line", "-W", "ignore"),
            *("--judge-record", str(record), *options),
            *(str(tests / part) for part in selection),
        ]
        # coremltools leaves the packages that it converts in the temporary folder until it ends.
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT), "TMPDIR": folder}
        run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        # 1: some tests failed; 5: none was collected.
        if run.returncode not in (0, 1) or not record.exists():
            raise RuntimeError(f"pytest ended with {run.returncode}:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
        return read_cases(record)


def part_of_cases() -> list[Case]:
    """The share that `make test` has: one case of each test, precision and mode."""
    return run_cases(*_PART)


def run_shares(selection: Sequence[str], options: Sequence[str], shares: int) -> Iterator[list[Case]]:
    """The same cases in that many parts, as they end; as many processes at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = [pool.submit(run_cases, selection, (*options, "--judge-share", f"{i}/{shares}")) for i in range(shares)]
        for part in as_completed(parts):
            yield part.result()


def operator_tests() -> Path:
    """The folder of coremltools' operator tests."""
    spec = find_spec("coremltools")
    if spec is None or spec.origin is None:
        raise RuntimeError("coremltools is not installed")
    return Path(spec.origin).parent / "converters/mil/mil/ops/tests"
