"""LiteRT in a process of its own: a model that makes it crash, or use up the memory, ends in one line."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from verification.oracles.errors import OracleError
from verification.oracles.litert import Array, LiteRT
from verification.oracles.original import Original, open_original

MOST_MEMORY = 2 << 30
"""Bytes that LiteRT may take; a network for a phone takes some ten million, its tensors between operators included."""
LONGEST_ANSWER = 60
"""Seconds; a face network answers in a fiftieth of one."""
_PROGRAM = "import sys; from verification.oracles.apart import serve; serve(int(sys.argv[1]))"


@contextlib.contextmanager
def original_apart(model: bytes, file: str, delegate: bool = False) -> Iterator["Apart"]:
    """The `.tflite` in LiteRT in another process, which ends with this block or with this process.

    With `delegate` in its XNNPACK delegate's kernels, else as `open_original` has it.

    OracleError where LiteRT refuses the model, crashes on it or does not come back.
    """
    ours, theirs = Pipe()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        try:
            yield Apart(ours, process, model, file, delegate)
        finally:
            process.kill()
            process.wait()


class Apart:
    """What an `Original` does, asked of the other process."""

    def __init__(
        self, connection: Connection, process: "subprocess.Popen[bytes]", model: bytes, file: str, delegate: bool
    ) -> None:
        self.file = file
        self._connection = connection
        self._process = process
        self._ask(model, file, delegate)

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """See Original."""
        return dict(self._ask("run", dict(inputs)))

    @property
    def operators(self) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
        """See Original."""
        return tuple(self._ask("operators"))

    def tensor(self, index: int) -> Array | None:
        """See Original."""
        value: Array | None = self._ask("tensor", index)
        return value

    def name(self, index: int) -> str:
        """See Original."""
        return str(self._ask("name", index))

    @property
    def needs_delegate(self) -> bool:
        """See Original."""
        return bool(self._ask("needs_delegate"))

    @property
    def weights_fit_float16(self) -> bool:
        """See Original."""
        return bool(self._ask("weights_fit_float16"))

    def _ask(self, *question: Any) -> Any:
        try:
            self._connection.send(question)
            if not self._connection.poll(LONGEST_ANSWER):
                raise OracleError(f"{self.file}: LiteRT did not answer within {LONGEST_ANSWER} s; the model is broken")
            answer = self._connection.recv()
        except (EOFError, OSError):
            how = self._end()
            raise OracleError(f"{self.file}: LiteRT {how} on it; the model is broken, export it again") from None
        if isinstance(answer, OracleError):
            raise answer
        return answer

    def _end(self) -> str:
        """How the other process ended."""
        code = self._process.wait()
        return f"crashed ({signal.Signals(-code).name})" if code < 0 else f"ended ({code})"


def serve(descriptor: int) -> None:
    """The other process: answer until nobody asks any more."""
    from ai_edge_litert import interpreter  # noqa: F401 — before memory is counted

    _limit_memory()
    with Connection(descriptor) as connection, contextlib.suppress(EOFError):
        original: Original | None = None
        while True:
            question = connection.recv()
            try:
                if original is None:
                    answer, original = None, _opened(*question)
                else:
                    value = getattr(original, question[0])
                    answer = value(*question[1:]) if callable(value) else value
            except OracleError as error:
                answer = error
            except Exception as error:  # names that are no UTF-8, and whatever else its bindings make of broken tables
                file = question[1] if original is None else original.file
                reason = " ".join(str(error).split()) or type(error).__name__
                answer = OracleError(f"{file}: LiteRT does not run it: {reason}")
            connection.send(answer)


def _opened(model: bytes, file: str, delegate: bool) -> Original:
    return LiteRT(model, file, delegate=True) if delegate else open_original(model, file)


def _limit_memory() -> None:
    """Address space for MOST_MEMORY more than there is; Linux alone says how much that is."""
    taken = Path("/proc/self/statm")
    if taken.exists():
        pages = int(taken.read_text().split()[0])
        most, hard = pages * resource.getpagesize() + MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
