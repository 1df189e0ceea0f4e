"""What may come of hostile input: a result or one clear line, soon, in little memory, and no file elsewhere."""

import contextlib
import faulthandler
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blazemesh.errors import GateError, InputError
from converters.errors import ConversionError
from verification.executor.errors import PackageError
from verification.oracles.errors import OracleError

MOST_SECONDS = 10
"""Of processor time: what a busy machine adds is not the program's fault."""
MOST_MEMORY = 2 << 30
"""Bytes: of address space on top of what the imports take, and resident in all."""
UNANSWERED_SECONDS = 120
"""Of wall-clock time, after which native code that never returns to the interpreter is ended from outside."""
REFUSALS = (InputError, GateError, ConversionError, PackageError, OracleError)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    **dict.fromkeys(("os.remove", "os.rmdir", "shutil.rmtree"), 1),
    **dict.fromkeys(("os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate"), 2),
}
"""The audit events that change folders, and at which argument descriptors of open folders begin, if there are any."""


class Hang(BaseException):
    """Too much processor time; no `except Exception` may swallow it."""


@dataclass(frozen=True)
class Ended:
    """How an attempt ended: its refusal's one line, or None for a result; and what was wrong with that, or None."""

    refusal: str | None = None
    finding: str | None = None


class Guard:
    """Watches the attempts made in this process, for its whole life; `folder` is where they may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.secret = self.folder.parent / "secret"
        """What no input may make the program read."""
        self._trespass = ""
        self._output = (folder.parent / "output").open("w+b")
        limit_memory()
        signal.signal(signal.SIGPROF, _stop)
        sys.addaudithook(self._watch)

    def attempt(self, task: Callable[[], object], seconds: float = MOST_SECONDS) -> Ended:
        """Run one attempt; a `task` that returns an exit code is a command: its refusal is what it wrote."""
        self._trespass, code, refusal = "", None, None
        with self._caught(seconds) as caught:
            try:
                result = task()
                code = result if isinstance(result, int) else None
            except REFUSALS as error:
                refusal = str(error)
            except BaseException as error:
                return Ended(finding=f"{type(error).__name__}: {str(error)[:200]} at {_place(error)}")
        written = caught()
        if code is not None:
            refusal = written.removesuffix("\n") if code else None
        return Ended(refusal, self._judged(code, refusal, written))

    def _judged(self, code: int | None, refusal: str | None, written: str) -> str | None:
        if self._trespass:
            return self._trespass
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT > MOST_MEMORY:
            return "more than 2 GiB of memory"
        if refusal is not None and not _is_clear(refusal, code):
            return f"no clear line: {refusal[:300]!r}"
        if refusal is None and not all(line.startswith("  ") for line in written.splitlines()):
            return f"a result, and yet it says {written[:300]!r}"
        return None

    @contextlib.contextmanager
    def _caught(self, seconds: float) -> Iterator[Callable[[], str]]:
        """Within this block standard output and error go to a file, native libraries' too; gives what was in error."""
        self._output.truncate(0)
        self._output.seek(0)
        sys.stderr.flush()
        kept = os.dup(1), os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(self._output.fileno(), 2)
        os.close(null)
        faulthandler.dump_traceback_later(UNANSWERED_SECONDS, exit=True, file=kept[1])
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield lambda: (Path(self._output.name).read_bytes()).decode(errors="replace")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            for number, descriptor in enumerate(kept, 1):
                os.dup2(descriptor, number)
                os.close(descriptor)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes) and ((flags or 0) & WRITING or os.fsdecode(path).endswith("/secret")):
                self._note(path, "opened to write" if (flags or 0) & WRITING else "read")
        elif event in CHANGES and not any(isinstance(at, int) and at >= 0 for at in arguments[CHANGES[event] :]):
            # What is named relative to an open folder is a tree being removed, which had an event of its own.
            for path in arguments:
                if isinstance(path, str | bytes | os.PathLike):
                    self._note(path, event)

    def _note(self, path: str | bytes | os.PathLike[str], what: str) -> None:
        real = Path(os.path.realpath(os.fsdecode(path)))
        if not real.is_relative_to(self.folder) and real != Path(os.devnull):
            self._trespass = f"{what} outside the folder: {real}"


RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""What ru_maxrss counts in."""


def limit_memory() -> None:
    """As much address space as is taken now and MOST_MEMORY; on systems that don't tell, resident memory is judged."""
    status = Path("/proc/self/statm")
    if status.exists():
        taken = int(status.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + MOST_MEMORY, resource.RLIM_INFINITY))


def _stop(*_: object) -> None:
    raise Hang("too much processor time")


def _is_clear(refusal: str, code: int | None) -> bool:
    """Whether a refusal is one printable line; a failed gate may say several things, each on a line."""
    if code is None:
        return refusal.isprintable() and refusal.strip() != ""
    lines = [line for line in refusal.splitlines() if not line.startswith("  ")]
    begins = {1: "blazemesh: failed: ", 2: "blazemesh: error: "}.get(code)
    clear = begins is not None and all(line.startswith(begins) and line.isprintable() for line in lines)
    return (
        clear and (code == 1 or len(lines) == 1) and "a defect of this program" not in refusal and not _starved(lines)
    )


def _starved(lines: list[str]) -> bool:
    return any("too little memory" in line for line in lines)


def _place(error: BaseException) -> str:
    """Where an exception was raised; a hang's where the processor time ran out."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code is not _stop.__code__]
    return f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}"
