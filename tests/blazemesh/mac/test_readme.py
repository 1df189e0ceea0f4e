"""README's Mac column: never yet, held, failed, stale, stopped, and a copy that can't be read."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blazemesh.errors import InputError
from blazemesh.mac import __main__ as command
from blazemesh.mac.document import Document, made_step, read_document, write_document
from blazemesh.mac.outcome import Outcome, skipped
from blazemesh.mac.readme import HEADER, PART, ROWS, main, part
from blazemesh.mac.standing import COPY, NEVER, Standing, standing
from blazemesh.mac.steps import STEPS
from blazemesh.manifest import read_manifest
from blazemesh.readme import END, read_part
from tests.blazemesh.mac.conftest import Place, write_manifest
from tests.blazemesh.mac.fakes import HOSTED, ended, entry, figures, pass_tests
from tests.conftest import ROOT

TODAY = {"Eye": "eye" * 4, "Finder": "finder" * 4}
MAC = "Mac15,12 (Apple M3), macOS 26.1 (25B78), Xcode 26.6 (17F113), commit 0123456789ab"


def test_readme_says_what_the_committed_copy_says(request: pytest.FixtureRequest) -> None:
    copy = read_document(ROOT / COPY)
    if copy is None:
        found = Standing(None)
    elif sys.platform == "darwin":
        pytest.skip("README speaks of the packages as Linux builds them")
    else:
        entries = read_manifest(request.getfixturevalue("built")).models
        found = standing(copy, {entry["name"]: entry["sha256"] for entry in entries})
    stated = read_part((ROOT / "README.md").read_text(encoding="utf-8"), PART)
    assert stated == part(found), "run python -m blazemesh.mac.readme"


def ran(place: Place, **changed: Any) -> Document:
    """A run's document, as it comes back from its file."""
    command.run(place(**changed).runner)
    document = read_document(command.OUT)
    assert document is not None
    return replace(document, when="2026-12-01T10:00:00+00:00")


def column(found: Standing) -> dict[str, str]:
    """The Mac column by what is verified."""
    lines = part(found).split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [cell[0] for cell in cells] == [what for what, _, _ in ROWS]
    return {what: cell for what, _, cell in cells}


def test_every_step_but_the_machine_has_a_row() -> None:
    named = {step for _, _, steps in ROWS for step in steps}
    assert named == {step.name for step in STEPS} - {"machine"}


def test_without_a_copy_it_says_never_yet() -> None:
    assert set(column(Standing(None)).values()) == {NEVER}
    assert part(Standing(None)).endswith("\n\nNo Mac has run `make mac` yet.")
    assert part(Standing(None)).splitlines()[0] == f"| {' | '.join(HEADER)} |"


def test_a_run_that_held_is_dated_and_counted(place: Place) -> None:
    found = standing(ran(place), TODAY)
    cells = column(found)
    assert cells["Core ML itself (`predict`, CPU only), against LiteRT and MediaPipe's results"] == (
        "held on 2026-12-01, 2 of 2"
    )
    assert cells["the same, with the Neural Engine"] == "held on 2026-12-01, 4 of 4"
    assert cells["Xcode's model compiler"] == "held on 2026-12-01, 2 of 2"
    assert cells["the Swift layer for Apple's platforms"] == "held on 2026-12-01: 58 tests"
    assert cells["the sample app"] == "held on 2026-12-01"
    assert found.sentence == f"Mac of 2026-12-01: {MAC}."
    assert found.package_cell("Eye") == "held on 2026-12-01 (CPU_ONLY, CPU_AND_GPU, CPU_AND_NE, ALL)"
    assert found.package_cell("Other") == "*never yet*: not in the run of 2026-12-01"


def off(command: tuple[str, ...], environment: Any) -> Any:
    rows = [figures("Eye"), figures("Finder", max=9.0, verdict="failed", reason="landmarks is off by 9")]
    Path(environment["BLAZEMESH_RECORD"]).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ended("FAILED tests/mac/x.py::test_x[Finder] - assert\n1 failed, 1 passed in 1.0s\n", code=1)


def test_a_run_that_failed_says_how_much_of_it(place: Place) -> None:
    found = standing(ran(place, predict=off, app=ended("x", code=65)), TODAY)
    cells = column(found)
    assert cells["the same, with the GPU"] == "**failed** on 2026-12-01, 1 of 2"
    assert cells["the sample app"] == "**failed** on 2026-12-01: xcodebuild build ended with exit code 65: x"
    assert found.package_cell("Finder").startswith("**failed** on 2026-12-01 (CPU_ONLY")
    assert found.package_cell("Eye").startswith("held on 2026-12-01 (CPU_ONLY")


def test_a_step_that_failed_though_its_figures_held_says_why(place: Place) -> None:
    def other_tests_fail(command: tuple[str, ...], environment: Any) -> Any:
        pass_tests(command, environment)
        return ended("FAILED tests/test_packages.py::test_y[z] - assert\n1 failed, 1 passed in 1.0s\n", code=1)

    cells = column(standing(ran(place, predict=other_tests_fail), TODAY))
    assert cells["the same, with the GPU"] == "**failed** on 2026-12-01: failed: test_y[z]"


def test_what_a_mac_could_not_try_is_skipped_with_its_reason(place: Place) -> None:
    cells = column(standing(ran(place, **HOSTED), TODAY))
    assert cells["the same, with the Neural Engine"] == (
        "skipped on 2026-12-01: no Neural Engine on a virtual machine (VirtualMac2,1): no plan gives it an operator"
    )
    assert cells["prediction times"] == "held on 2026-12-01, 4 of 4"


@pytest.mark.parametrize("today", [{**TODAY, "Eye": "other"}, {"Eye": TODAY["Eye"]}, {**TODAY, "New": "x"}])
def test_a_run_of_other_packages_is_told_as_such(place: Place, today: dict[str, str]) -> None:
    found = standing(ran(place), today)
    assert column(found)["Xcode's model compiler"] == "held on 2026-12-01 for other bytes, 2 of 2"
    assert found.sentence == f"Mac of 2026-12-01: {MAC}. The packages have other bytes now."
    assert found.package_cell("Eye").startswith("held on 2026-12-01 for other bytes (")


def test_a_run_that_was_stopped_says_where() -> None:
    step = made_step("machine", "The machine", "sysctl", 1.0, Outcome("held", "", ({"model": "Mac15,12"},)))
    document = Document("2026-12-01T10:00:00+00:00", "coreml: interrupted", TODAY, (step,))
    found = standing(document, TODAY)
    assert column(found)["the sample app"] == "*never yet*: the run of 2026-12-01 did not come so far"
    assert found.sentence.endswith("The run did not end: it stopped in coreml: interrupted.")


def test_a_bar_in_a_reason_does_not_end_the_cell() -> None:
    step = made_step("app", "App", "x", 1.0, skipped("a | b"))
    found = standing(Document("2026-12-01T10:00:00+00:00", None, TODAY, (step,)), TODAY)
    assert "| skipped on 2026-12-01: a \\| b |" in part(found)


def test_a_document_comes_back_as_it_was_written(place: Place, tmp_path: Path) -> None:
    document = ran(place)
    write_document(tmp_path / "again.json", document)
    assert read_document(tmp_path / "again.json") == document
    assert read_document(tmp_path / "missing.json") is None


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda d: d.pop("when"), "its when is not"),
        (lambda d: d.update(when="now"), "its when is not"),
        (lambda d: d.update(when="<x>|\n|2026-12-01"), "its when is not"),
        (lambda d: d.update(stopped="swift\n| more"), "its stopped is not"),
        (lambda d: d["steps"][0].update(reason="one\ntwo"), "its step 1 is not"),
        (lambda d: d.pop("stopped"), "its stopped is not"),
        (lambda d: d.update(packages={"Eye": 1}), "its packages is not"),
        (lambda d: d.update(steps={}), "its steps is not"),
        (lambda d: d["steps"][1].update(verdict="perfect"), "its step 2 is not"),
        (lambda d: d["steps"][0].pop("rows"), "its step 1 is not"),
        (lambda d: d["steps"][2]["rows"].append(3), "its step 3 is not"),
        (lambda d: d.update(schema=2), "expected the result of make mac, schema 1"),
    ],
)
def test_a_copy_that_is_no_result_is_one_line(place: Place, change: Any, wrong: str) -> None:
    ran(place)
    found = json.loads(command.OUT.read_bytes())
    change(found)
    command.OUT.write_text(json.dumps(found))
    with pytest.raises(InputError) as refused:
        read_document(command.OUT)
    assert wrong in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", '"x"', "\0"])
def test_a_copy_that_is_no_json_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "mac.json").write_text(text)
    with pytest.raises(InputError, match=r"mac\.json: (no JSON|expected the result)"):
        read_document(tmp_path / "mac.json")


BEGIN = f"<!-- written by python -m blazemesh.{PART} -->"


def test_the_column_is_put_into_readme(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """As the line says that `make mac` prints at its end."""
    ran(place)
    Path("README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert main([]) == 0
    assert NEVER in Path("README.md").read_text(encoding="utf-8")
    COPY.parent.mkdir()
    COPY.write_bytes(command.OUT.read_bytes())
    assert main([]) == 0
    assert MAC in read_part(Path("README.md").read_text(encoding="utf-8"), PART)
    assert "for other bytes" not in Path("README.md").read_text(encoding="utf-8")
    write_manifest([entry("Eye")])
    assert main(["build/coreml"]) == 0
    assert "for other bytes" in Path("README.md").read_text(encoding="utf-8")
    capsys.readouterr()
    Path("build/coreml/manifest.json").unlink()
    assert main([]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mac.readme: cannot open ")
    COPY.write_text("{")
    assert main([]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mac.readme: docs/mac.json: no JSON")
    Path("README.md").unlink()
    COPY.unlink()
    assert main([]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
