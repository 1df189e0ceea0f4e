"""Runs coremltools' operator tests against the reference executor, in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.apple.cases import Case, read_cases

ROOT = Path(__file__).parents[2]


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


def operator_tests() -> Path:
    """The folder of coremltools' operator tests."""
    spec = find_spec("coremltools")
    if spec is None or spec.origin is None:
        raise RuntimeError("coremltools is not installed")
    return Path(spec.origin).parent / "converters/mil/mil/ops/tests"
