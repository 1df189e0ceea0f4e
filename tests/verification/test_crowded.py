"""Detectors that suppress are held to crowds and to thresholds other than their defaults."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.catalog import load_catalog
from verification import crowded
from verification.crowded import off_on_crowds
from verification.executor.reference import ReferenceModel
from verification.judge import Judge
from verification.pictures import Picture
from verification.provenance import Meaning

NAMES = ["BlazeFaceShortRange", "BlazeFaceFullRange"]


def wrong(name: str, built: Path, models: dict[str, Path], picture: Picture) -> list[str]:
    model = load_catalog().product(name).model
    meaning = Meaning(model.subject, {output.tensor: output.unit for output in model.outputs})
    source = models[model.name]
    with ExitStack() as processes:
        judge = Judge(built / f"{name}.mlpackage", source.read_bytes(), source.name, meaning, processes, True)
        return off_on_crowds(judge, [picture])


@pytest.mark.parametrize("name", [*NAMES, "BlazeFaceFullRangeVision", "FaceMesh"])
def test_sound_packages_are_right(name: str, built: Path, models: dict[str, Path], astronaut: Picture) -> None:
    assert wrong(name, built, models, astronaut) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_package_that_ignores_its_thresholds_is_noticed(
    name: str, built: Path, models: dict[str, Path], astronaut: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = crowded._answers
    monkeypatch.setattr(crowded, "_answers", lambda done: ((expected, {}) for expected, _ in answers(done)))
    assert any(" on a crowd of " in line for line in wrong(name, built, models, astronaut))


@pytest.mark.parametrize("name", NAMES)
def test_a_package_that_finds_one_face_alone_is_noticed(
    name: str, built: Path, models: dict[str, Path], astronaut: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = ReferenceModel.predict

    def first_alone(model: ReferenceModel, inputs: Any) -> dict[str, Any]:
        found = predict(model, inputs)
        return {key: np.concatenate([value[:1], np.zeros_like(value[1:])]) for key, value in found.items()}

    monkeypatch.setattr(ReferenceModel, "predict", first_alone)
    lines = wrong(name, built, models, astronaut)
    assert {line.split(": ")[1].split()[0] for line in lines} == {"landmarks", "confidence"}


def test_crowds_of_which_none_is_compared_prove_nothing(
    built: Path, models: dict[str, Path], astronaut: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verification.oracles.finished.Finished.is_borderline", lambda *_: True)
    (line,) = wrong(NAMES[0], built, models, astronaut)
    assert line.endswith("every crowd lies beside a threshold: nothing is proved")
