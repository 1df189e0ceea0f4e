"""scripts/environment.sh and the Makefile, with interpreters that only say what they are: no environment is made."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = "CPython 3.12.4 Linux x86_64 glibc-2.36 venv"
NAMES = ("python3", "python3.13", "python3.12", "python3.11")

# Asked with -c for facts it answers with the given line, and it locks as a real one does; as -m venv it makes the
# environment that its last argument names, whose pip does as told.
INTERPRETER = """#!/bin/sh
case "$1" in
-c) case "$2" in *ensurepip*) echo "{facts}" ;; *) exec "{real}" "$@" ;; esac ;;
--version) echo "Python, a fake called $(basename "$0")" ;;
-m) for made; do :; done; mkdir -p "$made/bin" && cp "{pip}" "$made/bin/python" ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that the environment is made of, and nothing else."""
    folder = tmp_path / "a clone"
    (folder / "scripts").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "scripts/environment.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder to stand alone on PATH, with the tools that the script calls and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "basename", "rm", "mkdir", "cp", "cat", "make", "awk"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return folder


def interpreter(path: Path, name: str, facts: str, pip: str = "exit 0") -> None:
    """Put a fake interpreter on PATH that states `facts` and makes environments whose `python` runs `pip`."""
    script = path / f"{name}.pip"
    script.write_text(f'#!/bin/sh\necho "$*" >>"${{0%/*}}/../asked"\n{pip}\n')
    script.chmod(0o755)
    fake = path / name
    fake.write_text(INTERPRETER.format(facts=facts, pip=script, real=sys.executable))
    fake.chmod(0o755)


def run(clone: Path, path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command or ("sh", "scripts/environment.sh"),
        cwd=clone,
        env={"PATH": str(path), **variables},
        capture_output=True,
        text=True,
        timeout=20,
    )


def refusal(clone: Path, path: Path, **variables: str) -> str:
    """The one line that the script ends with, having made nothing."""
    done = run(clone, path, **variables)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert not (clone / ".venv").exists()
    return done.stderr.rstrip("\n")


@pytest.mark.parametrize(
    "facts",
    [
        "CPython 3.11.0 Linux x86_64 glibc-2.28 venv",
        "CPython 3.13.9 Linux x86_64 glibc-2.41 venv",
        "CPython 3.12.4 Darwin arm64 macos-14.0 venv",
        "CPython 3.13.0 Darwin arm64 macos-26.1.2 venv",
    ],
)
def test_a_supported_interpreter_makes_the_environment_from_the_lock_alone(clone: Path, path: Path, facts: str) -> None:
    interpreter(path, "python3", facts)
    done = run(clone, path)
    assert done.returncode == 0, done.stderr
    assert (clone / ".venv" / ".ready").exists()
    first, second = (clone / ".venv" / "asked").read_text().splitlines()
    assert "--require-hashes -r requirements.lock" in first
    assert "--no-deps --no-build-isolation -e ." in second


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("CPython 3.10.14 Linux x86_64 glibc-2.36 venv", "is CPython 3.10.14"),
        ("CPython 3.14.0 Linux x86_64 glibc-2.36 venv", "is CPython 3.14.0"),
        ("CPython 2.7.18 Linux x86_64 glibc-2.36 no-venv", "is CPython 2.7.18"),
        ("PyPy 3.11.9 Linux x86_64 glibc-2.36 venv", "is PyPy 3.11.9"),
        ("free-threaded-CPython 3.13.1 Linux x86_64 glibc-2.36 venv", "is free-threaded-CPython 3.13.1"),
        ("CPython 3.12.4 Linux aarch64 glibc-2.36 venv", "runs on Linux aarch64"),
        ("CPython 3.12.4 Linux 32-bit glibc-2.36 venv", "runs on Linux 32-bit"),
        ("CPython 3.12.4 Linux x86_64 other venv", "runs on Linux without glibc"),
        ("CPython 3.12.4 Linux x86_64 glibc-2.17 venv", "runs on glibc-2.17"),
        ("CPython 3.12.4 Darwin x86_64 macos-15.1 venv", "is an Intel build (on an Intel Mac, or under Rosetta)"),
        ("CPython 3.12.4 Darwin arm64 macos-13.7 venv", "runs on macos-13.7"),
        ("CPython 3.12.4 Darwin arm64 macos- venv", "runs on macos-"),
        ("CPython 3.12.4 Windows AMD64 other venv", "runs on Windows AMD64"),
        (
            "CPython 3.12.4 Linux x86_64 glibc-2.36 no-venv",
            "has no venv or ensurepip (on Debian and Ubuntu: apt install",
        ),
        ("", "does not run"),
        ("* * *", "does not run"),
    ],
)
def test_any_other_interpreter_ends_in_one_line(clone: Path, path: Path, facts: str, said: str) -> None:
    interpreter(path, "python3", facts)
    line = refusal(clone, path)
    assert line.startswith(f"environment: found no usable Python: python3 {said}")
    assert "python3.13 is not there, python3.12 is not there, python3.11 is not there; expected CPython 3.11" in line
    assert line.endswith("; install one, or name it with PYTHON=…")


@pytest.mark.parametrize("usable", NAMES)
def test_the_first_usable_interpreter_is_taken(clone: Path, path: Path, usable: str) -> None:
    for name in NAMES[: NAMES.index(usable)]:
        (path / name).write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
        (path / name).chmod(0o755)
    for name in NAMES[NAMES.index(usable) :]:
        interpreter(path, name, GOOD)
    done = run(clone, path)
    assert done.returncode == 0
    assert done.stderr.startswith(f"environment: making .venv with Python, a fake called {usable}\n")


def test_a_named_interpreter_is_the_only_one_tried(clone: Path, path: Path) -> None:
    interpreter(path, "python3", GOOD)
    interpreter(path, "old one", "CPython 3.9.2 Linux x86_64 glibc-2.36 venv")
    line = refusal(clone, path, PYTHON=str(path / "old one"))
    assert line.startswith(
        f"environment: found no usable Python: {path}/old one is CPython 3.9.2; expected CPython 3.11"
    )
    interpreter(path, "another", GOOD)
    assert "a fake called another" in run(clone, path, PYTHON="another").stderr


def test_progress_is_a_line_a_package_and_warnings_stay(clone: Path, path: Path) -> None:
    pip = 'echo "Collecting numpy==2.4.6 (from -r x)"; echo "  Downloading 16 MB"; echo "WARNING: slow" >&2'
    interpreter(path, "python3", GOOD, pip)
    lines = run(clone, path).stderr.splitlines()
    assert "  numpy==2.4.6" in lines
    assert "WARNING: slow" in lines
    assert not any("Downloading" in line for line in lines)


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (
            "requirements.lock",
            "pip could not install requirements.lock (its message is above); connect to a package index",
        ),
        (
            "no-build-isolation",
            "pip could not install this folder (its message is above); check that the clone is whole",
        ),
    ],
)
def test_a_pip_that_fails_leaves_no_environment_and_one_last_line(
    clone: Path, path: Path, failing: str, said: str
) -> None:
    interpreter(path, "python3", GOOD, f'case "$*" in *{failing}*) echo "ERROR: no" >&2; exit 1 ;; esac')
    done = run(clone, path)
    assert done.returncode == 2
    assert "ERROR: no" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"environment: {said}")
    assert not (clone / ".venv").exists()


def test_a_killed_run_leaves_no_stamp(clone: Path, path: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".ready").touch()
    interpreter(path, "python3", GOOD, 'case "$*" in *no-build-isolation*) kill -9 $PPID ;; esac')
    assert run(clone, path).returncode == -9
    assert not (clone / ".venv" / ".ready").exists()


def test_two_runs_wait_for_each_other(clone: Path, path: Path) -> None:
    log = path / "log"
    (path / "sleep").symlink_to(shutil.which("sleep") or "")
    interpreter(path, "python3", GOOD, f'echo "begin" >>"{log}"; sleep 0.1; echo "end" >>"{log}"')
    command = ("sh", "scripts/environment.sh")
    runs = [
        subprocess.Popen(command, cwd=clone, env={"PATH": str(path)}, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = "".join(each.communicate(timeout=20)[1] for each in runs)
    assert [each.returncode for each in runs] == [0, 0]
    assert said.count("environment: waiting for another run to end\n") == 1
    assert log.read_text().split() == ["begin", "end"] * 4


def test_the_user_s_pip_settings_reach_pip_and_pythonpath_does_not(clone: Path, path: Path) -> None:
    interpreter(path, "python3", GOOD, 'echo "<$PIP_TIMEOUT> <$PYTHONPATH>" >&2')
    assert "<7> <>" in run(clone, path, PIP_TIMEOUT="7", PYTHONPATH="/elsewhere").stderr


def test_a_real_interpreter_answers_the_question(clone: Path, path: Path) -> None:
    """The one that runs this test is supported, so nothing is refused and making the environment begins."""
    real = path / "real"
    real.write_text(f'#!/bin/sh\n[ "$1" != -m ] || exit 1\nexec "{sys.executable}" "$@"\n')
    real.chmod(0o755)
    first, last = run(clone, path, PYTHON="real").stderr.splitlines()
    assert first == f"environment: making .venv with Python {platform.python_version()}"
    assert last.startswith("environment: could not make .venv with real (its message is above)")


def dry_run(clone: Path, path: Path, *arguments: str) -> list[str]:
    done = run(clone, path, "make", "-n", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


BUILD = '.venv/bin/blazemesh build ${OUT:+--out "$OUT"} ${MODELS:+--models "$MODELS"}'
PYTHON_STYLE = (".venv/bin/ruff check", ".venv/bin/ruff format --check", ".venv/bin/mypy")


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("coreml", [BUILD]),
        ("test", [BUILD, ".venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile"]),
        ("judge", ["sh scripts/judge.sh"]),
        ("lint", [*PYTHON_STYLE, "sh scripts/swift_lint.sh"]),
        ("swift", [BUILD, '.venv/bin/blazemesh swift ${OUT:+--packages "$OUT"}']),
        ("bench", [BUILD, ".venv/bin/python -m blazemesh.bench"]),
        ("demo", [BUILD, '.venv/bin/blazemesh demo ${OUT:+--packages "$OUT"}']),
    ],
)
def test_a_target_makes_what_it_needs(clone: Path, path: Path, target: str, commands: list[str]) -> None:
    assert dry_run(clone, path, target) == ["sh scripts/environment.sh", *commands]
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".ready").touch()
    assert dry_run(clone, path, "-j4", target) == commands


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("keras", '.venv-train/bin/blazemesh homes ${MODELS:+--models "$MODELS"}'),
        ("test-keras", ".venv-train/bin/pytest tests/keras"),
        ("peers", "sh scripts/peers.sh"),
    ],
)
def test_tensorflow_has_an_environment_of_its_own(clone: Path, path: Path, target: str, command: str) -> None:
    (clone / "train.lock").touch()
    assert dry_run(clone, path, target) == ["sh scripts/environment.sh .venv-train train.lock", command]
    (clone / ".venv-train").mkdir()
    (clone / ".venv-train" / ".ready").touch()
    assert dry_run(clone, path, target) == [command]


def test_another_environment_is_made_of_another_lock(clone: Path, path: Path) -> None:
    interpreter(path, "python3", GOOD)
    done = run(clone, path, "sh", "scripts/environment.sh", ".venv-train", "train.lock")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("environment: making .venv-train with ")
    assert "--require-hashes -r train.lock" in (clone / ".venv-train" / "asked").read_text()
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "scripts/environment.sh"])
def test_the_environment_is_made_again_when_what_it_is_made_of_changes(clone: Path, path: Path, name: str) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".ready").touch()
    changed = (clone / ".venv" / ".ready").stat().st_mtime + 1
    os.utime(clone / name, (changed, changed))
    assert dry_run(clone, path, "lint")[0] == "sh scripts/environment.sh"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], ["build"]),
        (["OUT=a b"], ["build", "--out", "a b"]),
        (["MODELS=it's", "OUT=out"], ["build", "--out", "out", "--models", "it's"]),
    ],
)
def test_folders_reach_the_build_as_they_are(clone: Path, path: Path, arguments: list[str], said: list[str]) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    build = clone / ".venv" / "bin" / "blazemesh"
    build.write_text('#!/bin/sh\nfor argument in "$@"; do echo "$argument"; done\n')
    build.chmod(0o755)
    (clone / ".venv" / ".ready").touch()
    assert run(clone, path, "make", "coreml", *arguments).stdout.splitlines() == said


def test_every_target_is_listed_by_help(clone: Path, path: Path) -> None:
    listed = [line.split()[0] for line in run(clone, path, "make").stdout.splitlines()]
    assert listed == [
        "help",
        "coreml",
        "keras",
        "swift",
        "app",
        "test",
        "test-keras",
        "swiftcheck",
        "applecheck",
        "mac",
        "judge",
        "lint",
        "bench",
        "report",
        "demo",
        "screens",
        "golden",
        "peers",
        "vectors",
        "fuzz",
        "torture",
        "release",
        "release-check",
        "lock",
        "clean",
    ]
