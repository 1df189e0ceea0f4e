"""Real processes: how they end, and that they are ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from blazemesh.mac.runner import LONGEST_LINE, Processes, quoted, telling_line

MINUTE = 60.0


def sh(line: str) -> tuple[str, ...]:
    return ("sh", "-c", line)


def test_a_command_s_output_is_read_and_kept(tmp_path: Path) -> None:
    ran = Processes(tmp_path / "logs").run(sh('echo out; echo "$COLOUR" >&2'), "a/b", MINUTE, {"COLOUR": "red"})
    assert (ran.ending, ran.code, ran.out, ran.err, ran.problem) == ("ended", 0, "out\n", "red\n", None)
    assert (tmp_path / "logs" / "a-b.out").read_text() == "out\n"


def test_a_failure_is_one_line_with_what_the_command_said(tmp_path: Path) -> None:
    ran = Processes(tmp_path).run(sh("echo 'x: error: no such thing'; echo done; exit 65"), "a", MINUTE)
    assert ran.problem == "sh -c ended with exit code 65: x: error: no such thing"
    ran = Processes(tmp_path).run(sh("kill -SEGV $$"), "a", MINUTE)
    assert ran.problem == f"sh -c ended with signal {int(signal.SIGSEGV)}"


def test_a_tool_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    ran = Processes(tmp_path).run(("no-such-tool-at-all", "x"), "a", MINUTE)
    assert (ran.ending, ran.problem) == ("missing", "there is no no-such-tool-at-all on PATH")


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def gone(process: int) -> bool:
    """Whether it is gone within a few seconds."""
    deadline = time.monotonic() + 5
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(process)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_command_that_hangs_is_ended_with_everything_it_started(tmp_path: Path) -> None:
    ran = Processes(tmp_path).run(sh("sleep 100 & echo $!; sleep 100"), "a", 0.3)
    assert (ran.ending, ran.code) == ("timed out", None)
    assert ran.problem == "sh -c was ended after 0 s without an answer"
    assert gone(int(ran.out))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_command_leaves_behind_is_ended_though_it_does_not_listen(tmp_path: Path) -> None:
    ran = Processes(tmp_path).run(sh("trap '' TERM; sleep 100 & echo $!"), "a", MINUTE)
    assert (ran.ending, ran.code) == ("ended", 0)
    assert gone(int(ran.out))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_ends_the_command_and_leaves_what_it_wrote(tmp_path: Path) -> None:
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        Processes(tmp_path).run(sh("sleep 100 & echo $!; sleep 100"), "a", MINUTE)
    assert gone(int((tmp_path / "a.out").read_text()))


def test_a_command_gets_no_terminal_to_ask_at(tmp_path: Path) -> None:
    ran = Processes(tmp_path).run(("cat",), "a", MINUTE)
    assert (ran.code, ran.out) == (0, "")


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    assert Processes(tmp_path).run(("printf", "\\377ok"), "a", MINUTE).out == "�ok"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("one\n\n  two  \n", "two"),
        ("a: error: x\nlater\n", "a: error: x"),
        ("Error: first\nb: ERROR 2\nlater", "b: ERROR 2"),
        ("bell \a", "bell \\x07"),
        ("x" * 1000, "x" * LONGEST_LINE),
    ],
)
def test_the_line_that_says_most(text: str, line: str) -> None:
    assert telling_line(text) == line


def test_folders_of_whoever_ran_it_are_left_out() -> None:
    assert quoted(f"{Path.cwd()}/ios_app/App.swift and {Path.home()}/Library") == "./ios_app/App.swift and ~/Library"


def test_processes_keeps_nothing_open(tmp_path: Path) -> None:
    """Warnings are errors here: an unclosed file or an unreaped process would fail this."""
    for _ in range(3):
        Processes(tmp_path).run(("true",), "a", MINUTE)
    assert subprocess.run(["true"], check=True).returncode == 0
