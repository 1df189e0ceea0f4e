"""What tests of several rooms need: the pinned models, the packages built from them, and a command run in-process."""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blazemesh.build import build
from blazemesh.catalog import PinnedFile, load_catalog
from blazemesh.cli import main
from blazemesh.fetch import fetch

ROOT = Path(__file__).parents[1]


SAID = pytest.StashKey[list[str]]()
"""Lines for the end of the report; with several workers each hands over its own."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SAID] = []
    # ct.convert leaves the folder of its weights to the garbage collector.
    config.addinivalue_line("filterwarnings", "ignore:Implicitly cleaning up:ResourceWarning")


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["said"] = session.config.stash[SAID]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker ended."""
    node.config.stash[SAID] += getattr(node, "workeroutput", {}).get("said", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[SAID]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def models() -> dict[str, Path]:
    """The pinned models' files by name: out of $MODELS or the cache, into which they are downloaded if need be."""
    return _fetched(load_catalog().models)


@pytest.fixture(scope="session")
def samples() -> dict[str, Path]:
    """The files of the models beyond faces by name, from the same places."""
    return _fetched(load_catalog().samples)


def _fetched(pinned: Sequence[PinnedFile]) -> dict[str, Path]:
    folder = os.environ.get("MODELS")
    return fetch(pinned, load_catalog(), Path(folder) if folder else None)


@pytest.fixture(scope="session")
def built(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every package and the manifest, to read only: a copy of build/coreml, brought up to date."""
    folder = tmp_path_factory.mktemp("built") / "coreml"
    if (ROOT / "build" / "coreml").is_dir():
        shutil.copytree(ROOT / "build" / "coreml", folder)
    build(load_catalog(), folder)
    return folder


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line that a failed command writes, without "blazemesh: "."""
        assert self.out == ""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("blazemesh: ")
        return lines[0].removeprefix("blazemesh: ")


Command = Callable[..., Ended]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs one command in this process: `command("inspect", path)`; native libraries' output is caught too."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ending:  # argparse's way
            code = ending.code if isinstance(ending.code, int) else 1
        caught = capfd.readouterr()
        assert "Traceback" not in caught.err
        return Ended(code, caught.out, caught.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """A block in which nothing may change in the test's folder, which temporary files are also in."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(temporary))

    @contextlib.contextmanager
    def unchanged() -> Iterator[None]:
        before = listing(tmp_path)
        yield
        assert listing(tmp_path) == before

    return unchanged


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every path below a folder with its size and time of change; a folder's own size says nothing."""
    return {
        str(path.relative_to(folder)): (0 if path.is_dir() else path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


def files(folder: Path) -> dict[str, bytes]:
    """The contents of every file below a folder."""
    return {os.fspath(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
