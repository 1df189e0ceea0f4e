"""External commands: every one of `make mac` goes through a Runner, which the tests replace by recorded output."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from blazemesh.text_table import printable

PATIENCE = 5.0
"""Seconds between asking a command to end and ending it."""

LONGEST_LINE = 300
"""Characters of a command's own words that are quoted."""


@dataclass(frozen=True)
class Ran:
    """How a command ended: `code` is None where it did not end by itself; all it wrote; how long it took."""

    command: tuple[str, ...]
    ending: Literal["ended", "missing", "timed out"]
    code: int | None
    out: str
    err: str
    seconds: float

    @property
    def problem(self) -> str | None:
        """Why it did not end well, in one line; None where it did."""
        words = self.command[: 3 if self.command[1:2] == ("-m",) else 2]
        name = " ".join((Path(words[0]).name, *words[1:]))
        if self.ending == "missing":
            return f"there is no {self.command[0]} on PATH"
        if self.ending == "timed out":
            return f"{name} was ended after {self.seconds:.0f} s without an answer"
        if self.code == 0:
            return None
        how = f"signal {-self.code}" if self.code is not None and self.code < 0 else f"exit code {self.code}"
        said = telling_line(f"{self.out}\n{self.err}")
        return f"{name} ended with {how}" + (f": {said}" if said else "")


def telling_line(text: str) -> str:
    """The line that says most: the last with "error" in it, else the last; no path of this machine is in it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return quoted((errors or lines or [""])[-1])


def quoted(line: str) -> str:
    """Words of a command, fit to be shown to others: short, printable, the folders of whoever ran it left out."""
    for folder, shown in ((str(Path.cwd()), "."), (str(Path.home()), "~")):
        line = line.replace(folder, shown) if len(folder) > 1 else line
    return printable(line)[:LONGEST_LINE]


class Runner(Protocol):
    """Runs commands."""

    def run(
        self, command: Sequence[str], name: str, timeout: float, environment: Mapping[str, str] | None = None
    ) -> Ran:
        """Run `command` to its end, for `timeout` seconds at most, its output kept as `name`; it never raises for it.

        `environment` is added to this process's.
        """


class Processes:
    """Runs commands as processes; what they write is kept in files of a folder, also where they are ended."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        logs.mkdir(parents=True, exist_ok=True)

    def run(
        self, command: Sequence[str], name: str, timeout: float, environment: Mapping[str, str] | None = None
    ) -> Ran:
        """As Runner says; KeyboardInterrupt ends the command and everything that it started."""
        out, err = (self._logs / f"{name.replace('/', '-')}.{kind}" for kind in ("out", "err"))
        started = time.monotonic()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    env={**os.environ, **(environment or {})},
                    start_new_session=True,
                )
            except OSError as error:
                return Ran(tuple(command), "missing", None, "", str(error.strerror), 0.0)
            code = _wait(process, timeout)
        said = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
        ending: Literal["ended", "timed out"] = "timed out" if code is None else "ended"
        return Ran(tuple(command), ending, code, said[0], said[1], time.monotonic() - started)


def _wait(process: "subprocess.Popen[bytes]", timeout: float) -> int | None:
    """The exit code, or None where it took too long; then, as after Ctrl-C, its whole process group is ended."""
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        try:
            if process.returncode is None:
                _signal(process, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
        finally:  # also after a second Ctrl-C, and for those whom the command left behind
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left in the group
        os.killpg(process.pid, number)
