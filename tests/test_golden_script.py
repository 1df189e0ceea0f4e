"""scripts/golden.sh, with interpreters that only say what they are: no environment is made, MediaPipe is not run."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# With -c it is asked whether it is usable; as -m venv it makes an environment whose python is `inner`.
INTERPRETER = """#!/bin/sh
case "$1" in
-c) exit {usable} ;;
--version) echo "Python, a fake" ;;
-m) mkdir -p build/golden/bin && cp "{inner}" build/golden/bin/python ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "a clone"
    (folder / "scripts").mkdir(parents=True)
    for name in ("Makefile", "golden.lock", "scripts/golden.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder to stand alone on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "mkdir", "cp", "cat", "cmp", "make"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return folder


def interpreter(path: Path, name: str, usable: bool = True, inner: str = "exit 0") -> None:
    """Put an interpreter on PATH whose environment's `python` notes what it is asked, then runs `inner`."""
    scripts = {f"{name}.inner": f'#!/bin/sh\necho "$*" >>asked\n{inner}\n'}
    scripts[name] = INTERPRETER.format(usable=int(not usable), inner=path / f"{name}.inner")
    for file, text in scripts.items():
        (path / file).write_text(text)
        (path / file).chmod(0o755)


def run(clone: Path, path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ("sh", "scripts/golden.sh", *arguments)
    environment = {"PATH": str(path), **variables}
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=20)


def test_the_environment_is_made_from_the_lock_alone_and_once(clone: Path, path: Path) -> None:
    interpreter(path, "python3", usable=False)
    interpreter(path, "python3.12")
    assert [run(clone, path).returncode for _ in range(2)] == [0, 0]
    asked = (clone / "asked").read_text().splitlines()
    assert len(asked) == 3
    assert asked[0].endswith("--no-deps --require-hashes -r golden.lock")
    assert asked[1:] == ["-m blazemesh.golden"] * 2


def test_the_benchmark_asks_for_the_environment_alone(clone: Path, path: Path) -> None:
    interpreter(path, "python3")
    assert [run(clone, path, "environment").returncode for _ in range(2)] == [0, 0]
    (asked,) = (clone / "asked").read_text().splitlines()
    assert "--require-hashes" in asked


def test_another_lock_makes_another_environment(clone: Path, path: Path) -> None:
    interpreter(path, "python3")
    assert run(clone, path).returncode == 0
    (clone / "golden.lock").write_text("mediapipe==0\n")
    assert run(clone, path).stderr.startswith("golden: making build/golden with Python, a fake\n")


def test_without_a_usable_interpreter_nothing_is_made(clone: Path, path: Path) -> None:
    interpreter(path, "python3", usable=False)
    for variables in ({}, {"PYTHON": "python3"}):
        done = run(clone, path, **variables)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith("golden: none of these is usable: python3")
        assert not (clone / "build").exists()


def test_a_pip_that_fails_leaves_no_stamp(clone: Path, path: Path) -> None:
    interpreter(path, "python3", inner='echo "ERROR: no" >&2; exit 1')
    done = run(clone, path)
    assert done.returncode == 2
    assert "ERROR: no" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("golden: pip could not install golden.lock")
    assert not (clone / "build/golden/.ready").exists()


def test_mediapipe_s_notes_are_shown_where_it_fails_and_only_there(clone: Path, path: Path) -> None:
    inner = 'case "$*" in *blazemesh.golden) echo "W0000 a note" >&2; exit ${FAILING:-0} ;; esac'
    interpreter(path, "python3", inner=inner)
    assert "a note" not in run(clone, path).stderr
    done = run(clone, path, FAILING="1")
    assert done.returncode == 1
    assert done.stderr == "W0000 a note\ngolden: MediaPipe did not compute the vectors (its messages are above)\n"


def test_make_golden_runs_it(clone: Path, path: Path) -> None:
    done = subprocess.run(("make", "-n", "golden"), cwd=clone, env={"PATH": str(path)}, capture_output=True, text=True)
    assert done.stdout == "sh scripts/golden.sh\n"
