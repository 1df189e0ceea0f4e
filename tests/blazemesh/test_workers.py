"""Real processes, with tasks that take no time."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from blazemesh.cli import _place
from blazemesh.errors import InputError
from blazemesh.workers import workers
from tests.conftest import ROOT


def test_tasks_are_done_by_other_processes() -> None:
    with workers(2) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


def test_a_worker_ignores_ctrl_c_and_nobody_else_does() -> None:
    before = signal.getsignal(signal.SIGINT)
    with workers(1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is before


def test_a_worker_may_be_started_by_any_thread() -> None:
    found: list[int] = []

    def start() -> None:
        with workers(1) as pool:
            found.append(pool.submit(abs, -1).result())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert found == [1]


def break_off() -> None:
    with workers(1) as pool:
        pool.submit(abs, -1).result()
        pool.submit(time.sleep, 60)
        raise KeyError


def test_an_exception_ends_the_workers_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(KeyError):
        break_off()
    assert time.perf_counter() - started < 10


def kill_a_worker() -> None:
    with workers(1) as pool:
        pool.submit(os._exit, 1).result()


def test_a_killed_worker_is_one_line() -> None:
    with pytest.raises(InputError, match=r"^a process that converts was killed, perhaps for want of memory; close"):
        kill_a_worker()


def test_the_place_of_a_workers_exception_is_where_it_was_raised() -> None:
    with workers(1) as pool:
        error = pool.submit(Path("/nowhere").read_bytes).exception()
    assert isinstance(error, FileNotFoundError)
    assert _place(error).startswith("pathlib")


DEAD_PARENT = """
import os, signal, time
from blazemesh.workers import workers

if __name__ == "__main__":
    with workers(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 60)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_ends_when_its_parent_was_killed(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(DEAD_PARENT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(tmp_path / "parent.py")]
    # Both pipes are inherited by the worker: they end, and this returns, when it does.
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == -signal.SIGKILL
    assert int(done.stdout) > 0
