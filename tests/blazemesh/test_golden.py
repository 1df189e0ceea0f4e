"""The committed golden vectors keep to their contract, and what writes them does; MediaPipe itself is not needed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh import golden as maker
from blazemesh.catalog import load_catalog
from blazemesh.core_vectors.files import FILES
from converters.tflite_reader import read_tflite
from tests.golden_vectors import FOLDER, NAMES, PIPELINES, golden

MODELS = {
    "attention": "FaceMeshAttention",
    "detector_full": "BlazeFaceFullRange",
    "detector_short": "BlazeFaceShortRange",
    "iris": "IrisLandmarks",
    "mesh": "FaceMesh",
}


def test_the_files_are_these_and_small() -> None:
    names = sorted((*NAMES, *PIPELINES, *(vectors.name for vectors in FILES), "packages"))
    folders = ["overlay"]  # what the app shows: a text a screen
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted([*folders, *(f"{name}.json" for name in names)])
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) < 1_000_000  # every clone carries them


@pytest.mark.parametrize("name", NAMES)
def test_each_file_says_what_it_is_and_what_made_it(name: str) -> None:
    document = golden(name)
    model = load_catalog().model(MODELS[name])
    assert list(document) == ["what", "made_by", "tolerance", "cases"]
    assert model.file in document["what"]
    assert document["made_by"]["command"] == "make golden"
    assert document["made_by"]["mediapipe"] == "0.10.21"
    assert document["made_by"]["model"] == {"file": model.file, "sha256": model.sha256}
    assert 0 < document["tolerance"]["float32"] < document["tolerance"]["float16"]
    assert len(document["cases"]) >= 16


@pytest.mark.parametrize("name", ["attention", "iris", "mesh"])
def test_tensors_have_the_shapes_of_the_model_s_outputs(name: str) -> None:
    shapes = {output.name: output.shape for output in load_catalog().model(MODELS[name]).outputs}
    for case in golden(name)["cases"]:
        assert {output: np.shape(value) for output, value in case["tensors"].items()} == shapes


def test_models_toml_names_outputs_in_the_files_order(models: dict[str, Path]) -> None:
    """MediaPipe gives tensors without names, in the file's order."""
    for model in load_catalog().models:
        graph = read_tflite(models[model.name].read_bytes(), model.file)
        assert [graph.tensors[index].name for index in graph.outputs] == [output.tensor for output in model.outputs]


def test_a_document_reads_as_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "made_by", lambda *models: {"command": "make golden", "model": models[0].file})
    model = load_catalog().model("FaceMesh")
    cases: Iterator[dict[str, Any]] = iter([{"name": "a", "x": [1.5]}, {"name": "b"}])
    written = maker.document(maker.Golden((model,), "two", {"float32": 1.0}, cases))
    assert written.decode() == (
        '{\n"what": "two",\n"made_by": {"command": "make golden", "model": "face_landmark.tflite"},\n'
        '"tolerance": {"float32": 1.0},\n"cases": [\n{"name":"a","x":[1.5]},\n{"name":"b"}\n]\n}\n'
    )
    assert list(json.loads(written)) == ["what", "made_by", "tolerance", "cases"]


class FakeTensors:
    """Stands for MediaPipe's inference: ascending numbers, or one that is none."""

    value = 0.0

    def __init__(self, model: str, side: int, value_range: tuple[float, float], outputs: int) -> None:
        assert (model, side, value_range, outputs) == ("iris_landmark/iris_landmark.tflite", 64, (0, 1), 2)

    def __enter__(self) -> "FakeTensors":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def tensors(self, pixels: "np.ndarray[Any, np.dtype[np.uint8]]") -> list["np.ndarray[Any, np.dtype[np.float32]]"]:
        assert pixels.shape == (64, 64, 3)
        return [np.arange(213, dtype=np.float32) / np.float32(3), np.full(15, self.value, np.float32)]


def test_numbers_are_rounded_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "TensorGraph", FakeTensors)
    case = next(maker.iris("IrisLandmarks").cases)
    assert list(case) == ["name", "frame", "sha256", "tensors"]
    assert case["tensors"]["contour"][:2] == [[0.0, 0.33333, 0.66667], [1.0, 1.33333, 1.66667]]
    assert case["tensors"]["iris"] == [[0.0] * 3] * 5


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_written(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    monkeypatch.setattr(maker, "TensorGraph", FakeTensors)
    monkeypatch.setattr(FakeTensors, "value", value)
    with pytest.raises(ValueError, match="MediaPipe gave a number that is not finite"):
        next(maker.iris("IrisLandmarks").cases)
