"""Processes that convert: as many as there are cores, and none that outlives the one that started it."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from blazemesh.errors import InputError
from blazemesh.quiet import quiet_destructors


class Workers(ProcessPoolExecutor):
    """A pool whose processes ignore Ctrl-C: it ends the one that waits for them, and that ends them."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Future[Any]":
        """As ProcessPoolExecutor has it; a process that is started here inherits that the signal is ignored."""
        if threading.current_thread() is not threading.main_thread():
            return super().submit(function, *arguments, **options)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return super().submit(function, *arguments, **options)
        finally:
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def workers(tasks: int) -> Iterator[Workers]:
    """Fresh processes for that many tasks: coremltools and ONNX Runtime do not survive a fork.

    They end with this block, at once where it ends by an exception, or with this process, however that ends.
    InputError where one of them is killed.
    """
    context = get_context("spawn")
    lifeline, held_open = context.Pipe(duplex=False)
    size = max(1, min(tasks, os.cpu_count() or 1))
    pool = Workers(size, mp_context=context, initializer=_live_by, initargs=(lifeline,))
    try:
        yield pool
        pool.shutdown()
    except BrokenProcessPool as error:
        raise InputError(
            "a process that converts was killed, perhaps for want of memory; close other programs, or build one "
            "package at a time with --only"
        ) from error
    finally:
        held_open.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()


def _live_by(lifeline: Connection) -> None:
    """A worker's beginning: it ends when the other end of `lifeline` is closed, be it by the death of who holds it."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            lifeline.poll(None)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    quiet_destructors()
    from tqdm import tqdm  # type: ignore[import-untyped]

    # Its own lock is one between processes too, which would be reported as leaked when this one has to end at once.
    tqdm.set_lock(threading.RLock())
