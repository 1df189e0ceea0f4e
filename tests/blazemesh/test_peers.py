"""docs/peers.md's rows, with converters that are only scripts."""

from pathlib import Path

import pytest

from blazemesh import peers
from blazemesh.catalog import load_catalog
from blazemesh.homes import written_home
from blazemesh.options import Request
from blazemesh.packages import describe, read_model

MODEL = load_catalog().model("IrisLandmarks")


def converter(*arguments: str) -> peers.Converter:
    return peers.Converter("peer", arguments, ".onnx")


def measured(made_by: peers.Converter, models: dict[str, Path]) -> tuple[str, ...]:
    row = peers.measure(made_by, MODEL, models[MODEL.name], load_catalog())
    assert row[:2] == ("iris_landmark", "peer")
    return row[3:]


def test_a_failure_is_told_by_its_last_line(models: dict[str, Path]) -> None:
    failing = converter("sh", "-c", "echo first >&2; echo 'a | b' >&2; exit 3")
    assert measured(failing, models) == ("–", r"failed: a \| b")


def test_a_model_that_does_not_run_is_none(models: dict[str, Path]) -> None:
    error, said = measured(converter("sh", "-c", "echo no model >out.onnx"), models)
    assert error == "–"
    assert said.startswith("made a model that does not run: ")


def test_a_right_model_and_another_network(models: dict[str, Path], tmp_path: Path) -> None:
    _, graph = read_model(models[MODEL.name])
    features, subject = describe(graph, load_catalog(), Request())
    right = written_home(graph, features, subject, "onnx", "nchw")
    (tmp_path / "right.onnx").write_bytes(right)
    error, said = measured(converter("cp", str(tmp_path / "right.onnx"), "{out}"), models)
    assert float(error) < 1e-5
    assert said == "converted"
    import onnx

    proto = onnx.load_from_string(right)
    weight = next(stored for stored in proto.graph.initializer if stored.name == "backbone/stem/conv/weight")
    weight.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(weight) * 2, weight.name))
    onnx.save(proto, tmp_path / "wrong.onnx")
    _, said = measured(converter("cp", str(tmp_path / "wrong.onnx"), "{out}"), models)
    assert said == "converted to another network"


def test_what_could_not_be_installed_or_run_says_so(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    absent = peers.Converter("peer", ("false",), ".onnx", environment="nowhere")
    assert measured(absent, models) == ("–", "could not be installed here")
    assert measured(converter("cat", "{schema}"), models) == ("–", peers.NO_SCHEMA)


def test_a_long_line_is_cut() -> None:
    assert peers.last_line("x" * 400) == "x" * 157 + "…"
    assert peers.last_line(" \n") == "nothing"
