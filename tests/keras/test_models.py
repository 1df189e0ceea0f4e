"""The face models in Keras: what they are made of, and what a user gets who loads one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.catalog import load_catalog
from blazemesh.homes import LAYERS, convert_home, judge_home, written_home
from blazemesh.homes_build import golden_cases, judge_golden
from blazemesh.options import Request
from blazemesh.packages import describe, read_model

NAMES = [model.name for model in load_catalog().models]
Build = Callable[[str], Any]

ALONE = """
import sys

class Nowhere:
    def find_spec(self, name, *_):
        if name.split(".")[0] in {"blazemesh", "converters", "pipelines", "verification", "facts", "runtime"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nowhere())
sys.path.insert(0, sys.argv[2])
"""
"""A process in which nothing of ours can be imported but what lies in the folder of its second argument."""

LOADER = (
    ALONE
    + """
import blazemesh_layers, keras, numpy
model = keras.models.load_model(sys.argv[1])
numpy.savez(sys.argv[4], **model.predict(numpy.load(sys.argv[3]), verbose=0))
"""
)


def written(path: Path) -> bytes:
    _, graph = read_model(path)
    features, subject = describe(graph, load_catalog(), Request())
    return written_home(graph, features, subject, "keras", "nhwc")


@pytest.mark.parametrize("name", NAMES)
def test_a_face_model_agrees_with_its_original(name: str, models: dict[str, Path], tmp_path: Path) -> None:
    verdict = convert_home(models[name], tmp_path / f"{name}.keras", "keras", Request())
    assert verdict is not None
    assert verdict.passed, verdict.failures
    assert all(row.limit == pytest.approx(1e-4 * (row.range or 0)) and row.faces == 12 for row in verdict.rows)
    assert (tmp_path / f"{name}.keras").is_file()


@pytest.mark.parametrize("name", ["FaceMeshAttention", "FaceMesh"])
def test_a_mesh_says_what_mediapipe_said(name: str, models: dict[str, Path]) -> None:
    from blazemesh.homes import loaded

    _, graph = read_model(models[name])
    features, subject = describe(graph, load_catalog(), Request())
    converted = loaded(written(models[name]), graph, features, subject, "keras", name)
    cases = golden_cases(graph.sha256)
    assert len(cases) == 20
    verdict = judge_golden(converted, cases)
    assert verdict.passed, verdict.failures


def test_a_changed_weight_is_found(models: dict[str, Path], keras_model: Build) -> None:
    from converters.keras.archive import keras_archive

    model = keras_model("FaceMesh")
    layer = model.get_layer("backbone.stem.conv")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * 1.01, bias])
    data, graph = read_model(models["FaceMesh"])
    features, subject = describe(graph, load_catalog(), Request())
    verdict = judge_home(keras_archive(model, {}), data, graph, features, subject, "keras", "FaceMesh.keras")
    assert not verdict.passed


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_functional_and_its_batch_is_open(name: str, keras_model: Build) -> None:
    import keras

    from converters.keras import layers

    model = keras_model(name)
    assert isinstance(model, keras.models.Model)
    assert type(model).__name__ == "Functional"
    assert model.inputs[0].shape[0] is None
    assert set(model.output) == {output.name for output in load_catalog().model(name).outputs}
    kinds = {type(layer).__name__ for layer in model.layers}
    assert "Lambda" not in kinds
    assert {str(weight.dtype) for weight in model.trainable_weights} == {"float32"}
    assert {kind for kind in kinds if not hasattr(keras.layers, kind) and not hasattr(layers, kind)} == set()


def test_a_batch_says_what_each_says_alone(keras_model: Build) -> None:
    model = keras_model("FaceMeshAttention")
    pictures = np.random.default_rng(0).uniform(0, 1, (3, 192, 192, 3)).astype(np.float32)
    together = model(pictures)
    for name, values in together.items():
        alone = np.concatenate([np.asarray(model(picture[None])[name]) for picture in pictures])
        np.testing.assert_allclose(np.asarray(values), alone, atol=2e-3)  # of 192 pixels; sums in another order


def test_layers_are_named_after_what_they_are(keras_model: Build) -> None:
    model = keras_model("FaceMesh")
    names = {layer.name for layer in model.layers}
    wanted = {"backbone.stem.conv", "backbone.block3.depthwise", "backbone.block3.pad", "landmarks.tail.conv"}
    assert wanted <= names
    lines: list[str] = []
    model.summary(print_fn=lines.append, line_length=120)
    assert all(name in "\n".join(lines) for name in wanted)


def test_the_same_model_gives_the_same_bytes_in_any_process(models: dict[str, Path], tmp_path: Path) -> None:
    """Whatever the user's own Keras is set to."""
    settings = {"backend": "jax", "image_data_format": "channels_first", "floatx": "float16", "epsilon": 1e-3}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "torch"}
    code = (
        "import sys; from pathlib import Path; from tests.keras.test_models import written; "
        "Path(sys.argv[2]).write_bytes(written(Path(sys.argv[1])))"
    )
    out = tmp_path / "other.keras"
    command = [sys.executable, "-c", code, str(models["IrisLandmarks"]), str(out)]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert out.read_bytes() == written(models["IrisLandmarks"])


def test_a_model_loads_with_one_file_of_ours(models: dict[str, Path], tmp_path: Path, keras_model: Build) -> None:
    """In a process that knows nothing of this project, and cannot."""
    (tmp_path / "blazemesh_layers.py").write_bytes(LAYERS.read_bytes())
    (tmp_path / "model.keras").write_bytes(written(models["FaceMeshAttention"]))
    pictures = np.random.default_rng(0).uniform(0, 1, (2, 192, 192, 3)).astype(np.float32)
    np.save(tmp_path / "in.npy", pictures)
    arguments = [str(tmp_path / name) for name in ("model.keras", "", "in.npy", "out.npz")]
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADER, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected = keras_model("FaceMeshAttention")(pictures)
    found = np.load(tmp_path / "out.npz")
    assert set(found) == set(expected)
    for name in found:
        np.testing.assert_allclose(found[name], np.asarray(expected[name]), atol=2e-3)


def test_without_that_file_keras_says_which_layer_it_lacks(models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(written(models["FaceMesh"]))
    code = f"{ALONE}\nimport keras\nkeras.models.load_model(sys.argv[1])"
    command = [sys.executable, "-I", "-c", code, str(tmp_path / "model.keras"), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "blazemesh>Pad" in done.stderr or "'Pad'" in done.stderr
