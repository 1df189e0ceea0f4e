"""`make release` with programs that only say how they were called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "scripts/environment.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "blazemesh"):
        program = tmp_path / ".venv" / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\n')
        program.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def make(clone: Path, *arguments: str) -> list[str]:
    environment = {key: value for key, value in os.environ.items() if key not in {"TAG", "OUT", "MODELS", "MAKEFLAGS"}}
    command = ["make", "-C", str(clone), "--no-print-directory", *arguments]
    ended = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60, check=True)
    return ended.stdout.splitlines()


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (("release",), "python -m blazemesh.release"),
        (("release", "TAG=v1.2.3"), "python -m blazemesh.release --tag v1.2.3"),
        (("release", "OUT=my folder"), "python -m blazemesh.release --packages my folder"),
        (("release-check",), "python -m blazemesh.release --check build/release"),
    ],
)
def test_the_targets_call_the_program(clone: Path, arguments: tuple[str, ...], last: str) -> None:
    assert make(clone, *arguments)[-1] == last


def test_the_package_is_built_and_rendered_first(clone: Path) -> None:
    assert make(clone, "release")[:2] == ["blazemesh build", "blazemesh swift"]
