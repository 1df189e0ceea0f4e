"""`blazemesh convert --to onnx` and `--to keras`, and what they say when they can't."""

import json
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from blazemesh import homes, homes_build
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.homes import loaded, written_home
from blazemesh.options import Request
from blazemesh.packages import describe, read_model
from tests.blazemesh.conftest import quantised_model, small_model
from tests.conftest import Command, files


def test_a_model_is_converted_to_onnx_and_verified(tiny: Path, tmp_path: Path, command: Command) -> None:
    done = command("convert", tiny, "--to", "onnx", "--layout", "nchw", "-o", tmp_path / "tiny.onnx", "--json")
    assert done.code == 0, done.err
    (row,) = json.loads(done.out)["rows"]
    assert (row["executor"], row["oracle"], row["cases"]) == ("onnxruntime", "litert", 24)
    onnx.checker.check_model(str(tmp_path / "tiny.onnx"), full_check=True)
    assert "agrees with its original" in done.err


def test_a_model_that_does_not_agree_is_not_written(
    tiny: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = homes.written_home

    def changed(*arguments: object) -> bytes:
        proto = onnx.load_from_string(original(*arguments))  # type: ignore[arg-type]
        (weight,) = (stored for stored in proto.graph.initializer if stored.name.endswith("/weight"))
        weight.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(weight) * 2, weight.name))
        return bytes(proto.SerializeToString())

    monkeypatch.setattr(homes, "written_home", changed)
    before = files(tmp_path)
    done = command("convert", tiny, "--to", "onnx", "-o", tmp_path / "tiny.onnx")
    assert done.code == 1
    assert "failed: tiny.onnx: features is off by" in done.err
    assert files(tmp_path) == before


def test_unverified_is_said(tiny: Path, tmp_path: Path, command: Command) -> None:
    done = command("convert", tiny, "--to", "onnx", "-o", tmp_path / "tiny.onnx", "--no-verify")
    assert done.code == 0
    assert done.err.splitlines()[-1].endswith("tiny.onnx: written, not verified")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "onnx", "-o", "x.mlpackage"), "'x.mlpackage': expected an output that ends in .onnx"),
        (("--to", "keras", "-o", "x.onnx"), "'x.onnx': expected an output that ends in .keras"),
        (("--to", "onnx", "-o", "x.onnx", "--precision", "float16"), "--precision says nothing of a model for onnx"),
        (("--to", "onnx", "-o", "x.onnx", "--expand-prelu"), "--expand-prelu says nothing of a model for onnx"),
        (("--to", "keras", "-o", "x.keras", "--layout", "nhwc"), "--layout says nothing of a model for keras"),
        (("-o", "x.mlpackage", "--layout", "nhwc"), "--layout says nothing of a model for coreml"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: tuple[str, ...], said: str, tiny: Path, command: Command) -> None:
    done = command("convert", tiny, *arguments)
    assert done.code == 2
    assert done.line.startswith(f"error: {said}")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (small_model("BUCKETIZE"), "operator 1 BUCKETIZE (tensor 'unusual') is not supported"),
        (quantised_model(), "tensor 'picture' is quantised (int8); export the model in float32 or float16"),
        (b"PK\x03\x04", "expected a .tflite model, found a zip archive"),
    ],
)
def test_what_has_no_home_is_one_line(model: bytes, said: str, tmp_path: Path, command: Command) -> None:
    (tmp_path / "odd.tflite").write_bytes(model)
    done = command("convert", tmp_path / "odd.tflite", "--to", "onnx", "-o", tmp_path / "odd.onnx")
    assert done.code == 2
    assert said in done.line
    assert not (tmp_path / "odd.onnx").exists()


def test_an_output_that_is_a_folder(tiny: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "x.onnx").mkdir()
    assert "is a folder" in command("convert", tiny, "--to", "onnx", "-o", tmp_path / "x.onnx").line


def test_where_there_is_no_keras_it_says_what_to_do(
    tiny: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "find_spec", lambda name: None)
    done = command("convert", tiny, "--to", "keras", "-o", "x.keras")
    assert done.code == 2
    assert "`make keras` makes one that has them, then use .venv-train/bin/blazemesh" in done.line


@pytest.mark.parametrize("name", ["FaceMeshAttention", "FaceMesh", "IrisLandmarks"])
def test_onnx_says_what_mediapipe_said(name: str, models: dict[str, Path]) -> None:
    _, graph = read_model(models[name])
    features, subject = describe(graph, load_catalog(), Request())
    written = written_home(graph, features, subject, "onnx", "nhwc")
    converted = loaded(written, graph, features, subject, "onnx", f"{name}.onnx")
    verdict = homes_build.judge_golden(converted, homes_build.golden_cases(graph.sha256))
    assert verdict.passed, verdict.failures
    assert {row.oracle for row in verdict.rows} == {"mediapipe"}
    assert min(row.faces for row in verdict.rows) >= 14


@pytest.fixture
def only_onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    """`blazemesh homes` where there is no Keras: the ONNX half, and versions that stand for the other's."""
    monkeypatch.setattr(homes_build, "require_keras", lambda: None)
    monkeypatch.setattr(homes_build, "SUFFIXES", {"onnx": ".onnx"})
    monkeypatch.setattr(homes_build, "version", lambda name: "1")


def test_every_model_is_written_once(only_onnx: None, tmp_path: Path, models: dict[str, Path]) -> None:
    assert models
    whole = load_catalog()
    catalog = replace(whole, models=(whole.model("FaceMesh"), whole.model("IrisLandmarks")))
    entries = homes_build.build_homes(catalog, tmp_path, None, samples=False)
    assert [entry["name"] for entry in entries] == ["FaceMesh", "IrisLandmarks"]
    manifest = json.loads((tmp_path / "keras" / "manifest.json").read_text())
    assert manifest["schema"] == 1
    assert manifest["models"] == entries
    for entry in entries:
        assert (tmp_path / "keras" / entry["package"]).stat().st_size == entry["bytes"]
        assert all(row["max"] <= row["limit"] and row["cases"] >= 20 for row in entry["parity"])
        assert any(row["faces"] >= 20 for row in entry["parity"])
    assert [entry["topology"] for entry in entries] == ["face_mesh_topology", None]
    said: list[str] = []
    assert homes_build.build_homes(catalog, tmp_path, None, samples=False, progress=said.append) == entries
    assert said == []


def test_too_few_faces_are_a_failure(tmp_path: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes_build, "FACES", 25)
    model = load_catalog().model("IrisLandmarks")
    path = tmp_path / "x.onnx"
    entry, failures = homes_build._built(model, models[model.name], load_catalog(), "onnx", path, "key")
    assert entry is None
    assert failures == ["x.onnx: the original sees a face in 24 of 48 cases, expected 25 at least"]
    assert not path.exists()


def test_keras_is_required_for_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="make keras"):
        homes_build.build_homes(load_catalog(), tmp_path, None, samples=False)
    assert not list(tmp_path.iterdir())
