"""Each step by itself, on output as the tools write it: what makes it hold, fail, be skipped or not be understood."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazemesh.mac.app import build_app
from blazemesh.mac.build import build
from blazemesh.mac.compile import compile_packages
from blazemesh.mac.outcome import Outcome
from blazemesh.mac.plan import plan_packages
from blazemesh.mac.predict import COMMAND, failing_tests, passed, predict
from blazemesh.mac.site import NO_PACKAGES, Budget, Site
from blazemesh.mac.swift import run_tests
from blazemesh.mac.times import measure
from tests.blazemesh.mac import recorded
from tests.blazemesh.mac.conftest import Place
from tests.blazemesh.mac.fakes import (
    ENGINE_PLAN,
    HOSTED,
    HUNG,
    MISSING,
    PACKAGES,
    TIMES,
    FakeRunner,
    ended,
    entry,
    figures,
    operator,
    pass_tests,
    worker,
)
from tests.conftest import ROOT


def on_neural_engine(site: Site) -> Outcome:
    site.outcomes["plan"] = plan_packages(site)
    return predict(site, "CPU_AND_NE")


STEPS: dict[str, Callable[[Site], Outcome]] = {
    "coreml": build,
    "compile": compile_packages,
    "plan": plan_packages,
    "predict": lambda site: predict(site, "CPU_ONLY"),
    "swift": run_tests,
    "app": build_app,
    "times": measure,
}
"""Each step, the packages compiled before it."""


def carry_out(step: str, site: Site) -> Outcome:
    if step != "compile":
        compile_packages(site)
    return STEPS[step](site)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_holds_where_everything_is_well(place: Place, step: str) -> None:
    outcome = carry_out(step, place())
    assert (outcome.verdict, outcome.reason) in (("held", ""), ("held", "38 tests"), ("held", "58 tests"))
    assert outcome.rows
    json.dumps(outcome.rows, allow_nan=False)


def recording(*lines: str, said: str = recorded.PYTEST_PASSED, code: int = 0) -> Any:
    """pytest that ends so, these lines recorded."""

    def reply(command: tuple[str, ...], environment: Any) -> Any:
        Path(environment["BLAZEMESH_RECORD"]).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return ended(said, code=code)

    return reply


OFF = [json.dumps(figures(name, max=9.0, verdict="failed", reason="landmarks is off by 9")) for name in PACKAGES]
HELD = [json.dumps(figures(name)) for name in PACKAGES]


@pytest.mark.parametrize(
    ("step", "changed", "reason"),
    [
        ("coreml", {"coreml": ended(err="blazemesh: Eye: off by 3 px\n", code=1)}, "make coreml ended with exit code "),
        ("coreml", {"coreml": MISSING}, "there is no make on PATH"),
        ("coreml", {"coreml": HUNG}, "make coreml was ended after 180 s without an answer"),
        ("compile", {"compile": ended(err=recorded.NO_COMPILER, code=72)}, "Eye: xcrun coremlcompiler ended with exit"),
        ("compile", {"compile": ended(err=recorded.REFUSED, code=1)}, "Eye: xcrun coremlcompiler ended with exit code"),
        ("compile", {"compile": ended("done")}, "Eye: not understood: the compiler ended well and left no Eye.mlmodel"),
        ("compile", {"compile": HUNG}, "Eye: xcrun coremlcompiler was ended after 180 s without an answer (and 1 more"),
        ("plan", {"plan": HUNG}, "Eye: python -m blazemesh.mac.plan_worker was ended after 180 s without an answer (a"),
        ("plan", {"plan": ended(err="Abort trap: 6", code=-6)}, "Eye: python -m blazemesh.mac.plan_worker ended with "),
        ("plan", {"plan": ended("garbage")}, "Eye: not understood: its answer is no JSON"),
        ("plan", {"plan": ended()}, "Eye: not understood: its answer is no JSON"),
        ("plan", {"plan": worker([])}, "Eye: not understood: its answer is no object"),
        ("plan", {"plan": worker({"devices": []})}, "Eye: not understood: its answer has no operators"),
        ("plan", {"plan": worker({"devices": [], "operators": []})}, "Eye: not understood: the plan has no operators"),
        ("plan", {"plan": worker({"devices": [], "operators": [{}]})}, "Eye: not understood: its operators are not de"),
        ("plan", {"plan": worker({"problem": "not understood: no plan"})}, "Eye: not understood: no plan (and 1 more)"),
        ("predict", {"predict": recording(*OFF, said=recorded.PYTEST_FAILED, code=1)}, "failed: test_every_unit_stays"),
        ("predict", {"predict": recording(*HELD[:1])}, "not understood: the tests passed without figures of Finder"),
        ("predict", {"predict": recording(*OFF)}, "Eye: landmarks is off by 9 (and 1 more)"),
        ("predict", {"predict": recording(*HELD, said="9 skipped in 0.1s\n")}, "not understood: pytest said nothing o"),
        ("predict", {"predict": recording("{", *HELD)}, "not understood: CPU_ONLY.jsonl has a line that is no row"),
        ("predict", {"predict": recording('{"package": 1}')}, "not understood: CPU_ONLY.jsonl has a line that is no r"),
        ("predict", {"predict": HUNG}, "python -m pytest was ended after 180 s without an answer"),
        ("predict", {"predict": ended("no tests ran in 0.01s\n", code=5)}, "python -m pytest ended with exit code 5: "),
        ("swift", {"swift__render": ended(err="make: *** Error 2", code=2)}, "make swift ended with exit code 2: make"),
        ("swift", {"swift__test": ended(recorded.SWIFT_FAILED, code=1)}, 'failed: "every package agrees"'),
        ("swift", {"swift__test": ended(recorded.XCTEST_FAILED, code=1)}, "failed: -[fooTests.fooTests test_colorCycl"),
        ("swift", {"swift__test": ended("Build complete!\n")}, "not understood: swift test ended well and told of no "),
        ("swift", {"swift__test": MISSING}, "there is no swift on PATH"),
        ("swift", {"swift__test": HUNG}, "swift test was ended after 180 s without an answer"),
        ("app", {"app": ended(recorded.NOT_BUILT, code=65)}, "xcodebuild build ended with exit code 65: /somewhere/io"),
        ("app", {"app": ended(recorded.NO_PLATFORM, code=70)}, "xcodebuild build ended with exit code 70: { platform:"),
        ("app", {"app": ended("All good\n")}, "not understood: xcodebuild ended well without saying that the build su"),
        ("app", {"app": MISSING}, "there is no xcodebuild on PATH"),
        ("app", {"app": HUNG}, "xcodebuild build was ended after 180 s without an answer"),
        ("times", {"times": HUNG}, "Eye: python -m blazemesh.mac.times_worker was ended after 180 s without an answer"),
        ("times", {"times": worker({**TIMES, "milliseconds": "fast"})}, "Eye: not understood: its answer has no milli"),
    ],
)  # fmt: skip
def test_a_step_fails_with_a_reason(place: Place, step: str, changed: Any, reason: str) -> None:
    outcome = carry_out(step, place(**changed))
    assert outcome.verdict == "failed"
    assert outcome.reason.startswith(reason)
    assert "\n" not in outcome.reason


@pytest.mark.parametrize("step", ["compile", "plan", "predict", "times"])
def test_without_packages_there_is_nothing_to_look_at(place: Place, step: str) -> None:
    outcome = carry_out(step, place(entries=[]))
    assert (outcome.verdict, outcome.reason, outcome.rows) == ("skipped", NO_PACKAGES, ())


def test_a_build_without_a_manifest_is_not_understood(place: Place) -> None:
    site = place()
    Path("build/coreml/manifest.json").unlink()
    assert build(site).reason == "not understood: make coreml left no manifest that can be read"
    assert build(place(entries=[])).verdict == "failed"


def test_a_build_s_own_rows_of_core_ml_are_judged(place: Place) -> None:
    off = figures("Eye", max=0.5)
    mean = figures("Finder", mean=0.5)
    rows = [
        [
            {key: value for key, value in row.items() if key not in ("package", "verdict", "reason")}
            | {"oracle": "numpy"}
        ]
        for row in (off, mean)
    ]
    outcome = build(place(entries=[entry("Eye", parity=rows[0]), entry("Finder", parity=rows[1])]))
    assert (outcome.verdict, outcome.reason) == ("failed", "Eye: landmarks is off by 0.5 (and 1 more)")
    reference = {**rows[0][0], "executor": "reference", "max": 0.0}
    outcome = build(place(entries=[entry("Eye", parity=[reference])]))
    assert outcome.reason == "Eye: the manifest has no rows of Core ML itself"


def test_the_compiler_s_figures_and_warnings_are_kept(place: Place) -> None:
    def warns(command: tuple[str, ...], environment: Any) -> Any:
        (Path(command[-1]) / f"{Path(command[-2]).stem}.mlmodelc").mkdir()
        (Path(command[-1]) / f"{Path(command[-2]).stem}.mlmodelc" / "model.mil").write_bytes(b"12345")
        return ended("x\n", "coremlc: warning: something *unverified here*\n", seconds=0.71239)

    outcome = compile_packages(place(compile=warns))
    assert outcome.rows[0] == {
        "package": "Eye",
        "bytes": 5,
        "seconds": 0.712,
        "warnings": ["coremlc: warning: something *unverified here*"],
        "verdict": "held",
        "reason": "",
    }


def test_what_an_earlier_run_compiled_counts_for_nothing(place: Place) -> None:
    assert compile_packages(place()).verdict == "held"
    assert compile_packages(place(compile=ended("done"))).verdict == "failed"


def test_one_package_that_is_refused_does_not_hide_the_other(place: Place) -> None:
    def refuses_eye(command: tuple[str, ...], environment: Any) -> Any:
        from tests.blazemesh.mac.fakes import compile_well

        eye = command[-2].endswith("Eye.mlpackage")
        return ended(err=recorded.REFUSED, code=1) if eye else compile_well(command, environment)

    site = place(compile=refuses_eye)
    outcome = compile_packages(site)
    assert [row["verdict"] for row in outcome.rows] == ["failed", "held"]
    plans = plan_packages(site)
    assert [(row["verdict"], row["reason"]) for row in plans.rows] == [
        ("skipped", "there is no compiled package to plan"),
        ("held", ""),
    ]
    assert plans.verdict == "held"


def test_a_plan_tells_who_leaves_the_neural_engine(place: Place) -> None:
    row = carry_out("plan", place()).rows[0]
    assert row["preferred"] == {"neural engine": 1, "gpu": 0, "cpu": 1, "unknown": 0}
    assert (row["operators"], row["engine_could"]) == (2, 1)
    assert row["leaving"] == [operator("b", "cpu", weight=None)]


def test_where_nothing_is_on_the_neural_engine_nothing_leaves_it(place: Place) -> None:
    row = carry_out("plan", place(**HOSTED)).rows[0]
    assert (row["leaving"], row["engine_could"], row["verdict"]) == ([], 0, "held")


def test_a_plan_that_names_no_device_is_skipped(place: Place) -> None:
    silent = {"devices": ["cpu"], "operators": [operator("a", "unknown", weight=None)] * 3}
    outcome = carry_out("plan", place(plan=worker(silent)))
    assert outcome.verdict == "skipped"
    assert outcome.reason == "Eye: Core ML names no device for any of the 3 operators (and 1 more)"


def test_the_tests_are_asked_for_the_unit_and_leave_its_figures(place: Place) -> None:
    seen = []

    def look(command: tuple[str, ...], environment: Any) -> Any:
        seen.append((command[1:5], environment["BLAZEMESH_UNITS"]))
        return pass_tests(command, environment)

    outcome = on_neural_engine(place(predict=look))
    assert seen == [(("-m", "pytest", "tests/mac", "tests/test_packages.py"), "CPU_AND_NE")]
    assert outcome.rows[0] == {"units": "CPU_AND_NE", **figures("Eye")}


def test_figures_of_an_earlier_run_count_for_nothing(place: Place) -> None:
    site = place()
    assert predict(site, "CPU_ONLY").verdict == "held"
    site.runner = FakeRunner({"predict": ended(recorded.PYTEST_PASSED)})
    assert predict(site, "CPU_ONLY").reason == "not understood: the tests passed without figures of Eye, Finder"


def test_tests_that_hang_or_crash_keep_the_figures_so_far(place: Place) -> None:
    outcome = carry_out("predict", place(predict=recording(*HELD[:1], said="", code=-11)))
    assert outcome.verdict == "failed"
    assert outcome.reason.endswith("ended with signal 11")
    assert [row["package"] for row in outcome.rows] == ["Eye"]


def test_a_mac_without_a_neural_engine_skips_it_and_says_so(place: Place) -> None:
    site = place(**HOSTED)
    compile_packages(site)
    assert on_neural_engine(site).verdict == "skipped"
    reason = "no Neural Engine on a virtual machine (VirtualMac2,1): no plan gives it an operator"
    assert predict(site, "ALL").reason == reason
    assert predict(site, "CPU_AND_GPU").verdict == "held"
    rows = measure(site).rows
    assert [row["verdict"] for row in rows] == ["held"] * 4 + ["skipped"] * 4
    assert rows[-1]["milliseconds"] is None


def test_a_plan_with_a_neural_engine_counts_on_a_virtual_machine_too(place: Place) -> None:
    site = place(**{**HOSTED, "plan": worker(ENGINE_PLAN)})
    compile_packages(site)
    assert on_neural_engine(site).verdict == "held"


def test_units_that_nobody_asked_for_are_skipped(place: Place) -> None:
    site = place()
    site.units = ("CPU_ONLY",)
    assert predict(site, "ALL").reason == "not asked for: UNITS is CPU_ONLY"
    assert predict(site, "CPU_ONLY").verdict == "held"


def test_both_test_frameworks_count(place: Place) -> None:
    both = ended(recorded.XCTEST_PASSED + recorded.SWIFT_PASSED)
    assert carry_out("swift", place(swift__test=both)).reason == "82 tests"
    assert carry_out("swift", place(swift__test=ended(recorded.XCTEST_PASSED))).reason == "24 tests"


def test_without_a_project_there_is_no_app_to_build(place: Place) -> None:
    site = place()
    Path("ios_app/BlazeMeshSample.xcodeproj").rmdir()
    outcome = build_app(site)
    assert (outcome.verdict, outcome.reason[:52]) == ("skipped", "there is no ios_app/BlazeMeshSample.xcodeproj: make ")


def test_xcode_s_warnings_are_kept(place: Place) -> None:
    (row,) = carry_out("app", place()).rows
    assert row["warnings"] == ["/somewhere/ios_app/App.swift:3:1: warning: variable 'x' was never used"]


def test_a_step_that_hangs_all_along_comes_to_its_end() -> None:
    assert Budget(100.0).left(30.0) == 30.0
    assert 15.0 < Budget(20.0).left(30.0) <= 20.0
    assert Budget(0.0).left(30.0) == Budget.LEAST


def test_times_are_medians_of_each_package_and_unit(place: Place) -> None:
    rows = carry_out("times", place()).rows
    assert len(rows) == 8
    assert rows[0] == {"package": "Eye", "units": "CPU_ONLY", **TIMES, "verdict": "held", "reason": ""}


def test_pytest_names_what_failed_and_counts_what_passed(tmp_path: Path) -> None:
    """Real pytest, with this project's options and those of the step, on tests of its own."""
    (tmp_path / "test_it.py").write_text("def test_bad():\n    assert 1 == 2\n\n\ndef test_good():\n    pass\n")
    options = ("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path))
    command = (*COMMAND[:3], str(tmp_path / "test_it.py"), *COMMAND[5:], *options)
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    assert (failing_tests(said), passed(said)) == ("failed: test_bad", 1)
