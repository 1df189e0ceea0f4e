"""What runs in Core ML on a Mac, here with the reference in Core ML's place: the same code, another engine."""

import json
import sys
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.catalog import load_catalog
from blazemesh.mac import times_worker
from blazemesh.mac.answers import answer
from blazemesh.mac.predict import read_record
from blazemesh.mac.times import FIELDS
from blazemesh.mac.unit_parity import record_rows, unit_parity
from blazemesh.manifest import read_manifest
from tests.blazemesh.mac.fakes import ended
from verification import engines
from verification.executor.reference import ReferenceModel
from verification.limits import Arithmetic
from verification.parity import ParityRow
from verification.verify import Verdict

NAME = "FaceMesh"


class Standin:
    """Core ML's model, its landmarks off by as much as is asked for."""

    def __init__(self, package: Path, arithmetic: Arithmetic, off: float) -> None:
        self._reference, self._off = ReferenceModel(package, arithmetic), off

    def predict(self, inputs: Any) -> Any:
        found = dict(self._reference.predict(inputs))
        return {**found, "landmarks": found["landmarks"] + np.float32(self._off)}


def stand_in(monkeypatch: pytest.MonkeyPatch, off: float = 0.0) -> list[str]:
    """Have the reference answer for Core ML; the units that were asked for."""
    asked: list[str] = []

    def core_ml(package: Path, units: str = "CPU_ONLY") -> Standin:
        asked.append(units)
        return Standin(package, "float16", off)

    monkeypatch.setattr(engines, "core_ml", core_ml)
    return asked


def judged(built: Path, models: dict[str, Path]) -> Verdict:
    package = built / f"{NAME}.mlpackage"
    return unit_parity(package, load_catalog().product(NAME), models[NAME], "CPU_AND_NE")


def test_a_unit_is_held_to_the_manifest_s_float16_limits(
    built: Path, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference's float16 figures come out again, as rows of Core ML's."""
    asked = stand_in(monkeypatch)
    verdict = judged(built, models)
    assert asked == ["CPU_AND_NE"]
    assert verdict.failures == ()
    entry = read_manifest(built).entry(NAME)
    assert entry is not None
    stated = [row for row in entry["parity"] if (row["executor"], row["arithmetic"]) == ("reference", "float16")]
    record_rows(tmp_path / "record", NAME, verdict)
    rows, problem = read_record(tmp_path / "record", "CPU_AND_NE")
    assert problem == ""
    about = {"package": NAME, "units": "CPU_AND_NE", "executor": "coreml", "verdict": "held", "reason": ""}
    assert [dict(row) for row in rows] == [{**row, **about} for row in stated]


def test_a_unit_that_is_off_fails_and_its_figures_are_recorded(
    built: Path, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, 0.02)
    verdict = judged(built, models)
    assert len(verdict.failures) == 1
    assert verdict.failures[0].startswith("FaceMesh.mlpackage: landmarks is off by ")
    assert " in coreml float16" in verdict.failures[0]
    record_rows(tmp_path / "record", NAME, verdict)
    rows, _ = read_record(tmp_path / "record", "ALL")
    assert {row["output"]: row["verdict"] for row in rows} == {"landmarks": "failed", "presence": "held"}


def test_an_infinite_error_is_recorded_as_a_number(tmp_path: Path) -> None:
    row = ParityRow("landmarks", "numpy", "coreml", "float16", 24, 12, inf, inf, 1e-3, None, "normalised")
    record_rows(tmp_path / "record", NAME, Verdict(NAME, (row,), (), ("x",)))
    (found,), problem = read_record(tmp_path / "record", "ALL")
    assert (found["max"], found["verdict"], problem) == (sys.float_info.max, "failed", "")
    assert found["reason"] == "landmarks is off by inf normalised (limit 0.001)"
    json.dumps(found, allow_nan=False)


def test_times_are_the_package_s_own(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = stand_in(monkeypatch)
    monkeypatch.setattr(times_worker, "WARM", 1)
    monkeypatch.setattr(times_worker, "PREDICTIONS", 3)
    times_worker.main([str(built / "BlazeFaceShortRangeProposals.mlpackage"), "CPU_AND_GPU"])
    found, reason = answer(ended(capsys.readouterr().out), FIELDS)
    assert (asked, reason, found["predictions"]) == (["CPU_AND_GPU"], "", 3)
    assert found["load_milliseconds"] > 0
    assert 0 < found["milliseconds"] < 1e4


def test_core_ml_is_asked_for_the_units(monkeypatch: pytest.MonkeyPatch) -> None:
    import coremltools as ct

    asked: list[Any] = []
    monkeypatch.setattr(ct.models, "MLModel", lambda path, compute_units: asked.append((path, compute_units)))
    engines.core_ml(Path("X.mlpackage"))
    engine = engines.core_ml_engine(Path("Y.mlpackage"), "CPU_AND_NE")
    assert (engine.name, engine.arithmetic) == ("coreml", "float16")
    assert asked == [("X.mlpackage", ct.ComputeUnit.CPU_ONLY), ("Y.mlpackage", ct.ComputeUnit.CPU_AND_NE)]
