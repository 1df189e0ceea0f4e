"""Whole runs on a fake Mac: what is written, what is said, and how they end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blazemesh.mac import __main__ as command
from blazemesh.mac.document import Document, read_document
from blazemesh.mac.machine import COMMANDS
from blazemesh.mac.outcome import Outcome, failed
from blazemesh.mac.steps import STEPS, Planned, go
from tests.blazemesh.mac.conftest import Place
from tests.blazemesh.mac.fakes import HOSTED, HUNG, MISSING, ended, worker
from tests.conftest import ROOT

NAMES = [step.name for step in STEPS]


def run(place: Place, **changed: Any) -> tuple[int, dict[str, Any]]:
    site = place(**changed)
    code = command.run(site.runner)
    return code, json.loads(command.OUT.read_bytes())


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["verdict"] for step in found["steps"]}


def test_where_everything_holds_it_is_said_and_written(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(place)
    assert (code, found["schema"], found["stopped"]) == (0, 1, None)
    assert verdicts(found) == dict.fromkeys(NAMES, "held")
    assert found["packages"] == {"Eye": "eye" * 4, "Finder": "finder" * 4}
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0].startswith("[1/11] The machine: sysctl")
    assert lines[-2] == "11 held, 0 failed, 0 skipped: build/mac.html, build/mac.json"
    assert lines[-1].startswith("to commit what this Mac says: cp build/mac.json docs/mac.json && ")
    assert "BlazeMesh on a Mac" in command.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("reply", [ended(err="x: error: no", code=1), MISSING, HUNG, ended("garbage ☃")])
@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("machine", "machine__xcodebuild"),
        ("coreml", "coreml"),
        ("compile", "compile"),
        ("plan", "plan"),
        ("predict/CPU_ONLY", "predict"),
        ("swift", "swift__test"),
        ("app", "app"),
        ("times", "times"),
    ],
)
def test_a_step_that_fails_ends_nothing_but_the_run_s_success(place: Place, step: str, name: str, reply: Any) -> None:
    """`make coreml` is believed where it ends well and there are rows, whatever it prints."""
    if (step, reply.out) == ("coreml", "garbage ☃"):
        assert run(place, **{name: reply})[0] == 0
        return
    code, found = run(place, **{name: reply})
    told = verdicts(found)
    assert code == 1
    assert told[step] == "failed"
    assert list(told) == NAMES
    others = {"predict/CPU_AND_GPU", "predict/CPU_AND_NE", "predict/ALL"} if step.startswith("predict") else set()
    expected = {"skipped"} if step == "compile" and reply.ending != "ended" else {"held", "skipped"}
    assert {told[name] for name in set(NAMES) - {step} - others} <= expected | {"held"}


def test_a_hosted_mac_holds_without_its_neural_engine(place: Place) -> None:
    code, found = run(place, **HOSTED)
    told = verdicts(found)
    assert code == 0
    assert [name for name, verdict in told.items() if verdict == "skipped"] == ["predict/CPU_AND_NE", "predict/ALL"]
    assert told["times"] == "held"


def test_what_is_known_is_written_before_and_after_each_step(place: Place) -> None:
    kept: list[Document] = []
    go(place(), Document("2026-11-21T10:00:00+00:00", None, {}, ()), kept.append, lambda line: None)
    assert [len(document.steps) for document in kept] == [*range(len(NAMES)), len(NAMES)]
    assert [(document.stopped or "").partition(":")[0] for document in kept] == [*NAMES, ""]


def interrupting(*given: Any) -> Any:
    raise KeyboardInterrupt


def test_ctrl_c_leaves_what_is_known(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(place, plan=interrupting)
    assert (code, found["stopped"]) == (130, "plan: interrupted")
    assert verdicts(found) == dict.fromkeys(["machine", "coreml", "compile"], "held")
    assert capsys.readouterr().err.endswith("interrupted; what is known stands in build/mac.json and build/mac.html\n")
    document = read_document(command.OUT)
    assert document is not None
    assert document.stopped == "plan: interrupted"
    assert "did not come to its end" in command.PAGE.read_text(encoding="utf-8")


def test_a_job_that_is_cancelled_leaves_what_is_known(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancels(*given: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)

    runner, before = place(swift__test=cancels).runner, signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(command, "Processes", lambda logs: runner)
    try:
        assert main_on_a_mac(monkeypatch, "") == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert json.loads(command.OUT.read_bytes())["stopped"] == "swift: interrupted"


def test_a_fault_in_a_step_s_own_code_is_that_step_s_failure(place: Place) -> None:
    def breaks(site: Any) -> Outcome:
        raise KeyError("rows")

    steps = [Planned("a", "A", "a", breaks), Planned("b", "B", "b", lambda site: failed("as it is"))]
    document = go(place(), Document("2026-11-21", None, {}, ()), lambda document: None, lambda line: None, steps)
    assert [step.reason for step in document.steps] == ["the step itself went wrong: KeyError: 'rows'", "as it is"]


def test_a_machine_that_says_nothing_still_has_a_row(place: Place) -> None:
    """Later steps ask it whether it is virtual."""
    silent = {f"machine__{name}": MISSING for name in COMMANDS}
    code, found = run(place, **silent, plan=worker({"problem": "not understood: nothing"}))
    assert code == 1
    assert verdicts(found)["predict/CPU_ONLY"] == "held"
    assert "unknown (unknown), macOS unknown (unknown)" in command.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("system", "machine", "release", "found"),
    [
        ("Linux", "x86_64", "", "this is Linux on x86_64"),
        ("Darwin", "x86_64", "15.1", "this is macOS 15.1 on x86_64"),
        ("Darwin", "arm64", "13.7", "this is macOS 13.7 on arm64"),
        ("Darwin", "arm64", "", "this is macOS of an unknown version on arm64"),
    ],
)
def test_what_is_no_such_mac_is_refused(system: str, machine: str, release: str, found: str) -> None:
    assert command.refusal(system, machine, release) == f"make mac needs macOS 14 on Apple silicon; {found}"


@pytest.mark.parametrize("release", ["14.0", "26.1.2", "27"])
def test_a_mac_is_not_refused(release: str) -> None:
    assert command.refusal("Darwin", "arm64", release) is None


def main_on_a_mac(monkeypatch: pytest.MonkeyPatch, units: str) -> int:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("platform.mac_ver", lambda: ("26.1", ("", "", ""), "arm64"))
    monkeypatch.setenv("UNITS", units)
    return command.main()


def test_units_can_be_chosen(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    runner = place().runner
    monkeypatch.setattr(command, "Processes", lambda logs: runner)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    assert main_on_a_mac(monkeypatch, "CPU_ONLY, ALL") == 0
    found = verdicts(json.loads(command.OUT.read_bytes()))
    assert (found["predict/CPU_ONLY"], found["predict/CPU_AND_GPU"], found["predict/ALL"]) == (
        "held",
        "skipped",
        "held",
    )
    capsys.readouterr()
    assert main_on_a_mac(monkeypatch, "TPU") == 2
    assert capsys.readouterr().err == "UNITS names 'TPU', expected some of CPU_ONLY CPU_AND_GPU CPU_AND_NE ALL\n"


def test_a_folder_that_can_t_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").write_text("a file")
    assert main_on_a_mac(monkeypatch, "") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mac: cannot ")


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="it would take the Mac's turn")
def test_elsewhere_it_says_in_one_line_that_it_needs_a_mac(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "blazemesh.mac"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith("make mac needs macOS 14 on Apple silicon; this is Linux on ")
    assert list(tmp_path.iterdir()) == []


def test_make_mac_runs_it() -> None:
    command = ["make", "--no-print-directory", "-n", "mac"]  # as these tests are often run by a make themselves
    plan = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert plan.stdout.splitlines()[-1] == ".venv/bin/python -m blazemesh.mac"
