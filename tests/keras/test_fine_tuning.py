"""The loop closed: a converted mesh is trained, exported by TensorFlow's own converter, and converted again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.conversion import convert
from blazemesh.homes import convert_home
from blazemesh.options import Request
from blazemesh.pictures import astronaut
from verification.cases import make_cases
from verification.executor.dtypes import ValueType
from verification.executor.program import Feature

STEPS, CROPS = 20, 4
RATE = 1e-5
"""Adam's; at 1e-4 the loss swings up, as the source's normalisations are folded into its weights."""
SHIFT = 2.0
"""Pixels to the right: what the mesh is taught to see."""


def crops() -> Any:
    """A few of the astronaut's faces as the mesh takes them: float32 [crops, 192, 192, 3] of 0 to 1."""
    feature = Feature("image", "image", ValueType("float32", (1, 3, 192, 192)), "RGB", False, None, "")
    faces = [case for case in make_cases([feature], "face", [astronaut()], 2 * CROPS) if case.face]
    return np.stack([case.inputs["image"] for case in faces]).astype(np.float32) / np.float32(255)


def export(model: Any) -> bytes:
    """The model as TensorFlow's own converter writes it, for one picture at a time (docs/keras.md)."""
    import keras
    import tensorflow as tf

    one = keras.Input(batch_shape=(1, *model.input_shape[1:]))
    written: bytes = tf.lite.TFLiteConverter.from_keras_model(keras.Model(one, model(one))).convert()
    return written


@pytest.fixture(scope="module")
def tuned(keras_model: Callable[[str], Any]) -> tuple[Any, list[float], Any]:
    """The mesh after its training, the loss at each step, and what it said before."""
    import keras

    keras.utils.set_random_seed(0)
    model, pictures = keras_model("FaceMesh"), crops()
    before = np.asarray(model(pictures)["landmarks"])
    target = before.copy().reshape(CROPS, 468, 3)
    target[..., 0] += SHIFT
    wanted = {"landmarks": target.reshape(before.shape), "presence": np.asarray(model(pictures)["presence"])}
    model.compile(keras.optimizers.Adam(RATE), loss="mse")
    losses = [float(model.train_on_batch(pictures, wanted, return_dict=True)["loss"]) for _ in range(STEPS)]
    return model, losses, before


def test_every_weight_can_be_trained(keras_model: Callable[[str], Any]) -> None:
    model = keras_model("FaceMesh")
    assert len(model.trainable_weights) == len(model.weights) > 0
    assert {str(weight.dtype) for weight in model.weights} == {"float32"}


def test_the_loss_falls(tuned: tuple[Any, list[float], Any]) -> None:
    _, losses, _ = tuned
    assert losses[-1] < 0.2 * losses[0], losses


def test_the_tuned_mesh_becomes_a_verified_package(tuned: tuple[Any, list[float], Any], tmp_path: Path) -> None:
    model, _, before = tuned
    exported = tmp_path / "tuned.tflite"
    exported.write_bytes(export(model))
    request = Request(input_range=(0.0, 1.0), precision="float32")
    verdict = convert(exported, tmp_path / "Tuned.mlpackage", request)
    assert verdict is not None
    assert verdict.passed, verdict.failures
    assert (tmp_path / "Tuned.mlpackage").is_dir()
    after = np.asarray(model(crops())["landmarks"]).reshape(CROPS, 468, 3) - before.reshape(CROPS, 468, 3)
    assert after[..., 0].mean() > 0.2 * SHIFT  # it learned, and that is what was packaged
    again = convert_home(exported, tmp_path / "again.keras", "keras", Request(input_range=(0.0, 1.0)))
    assert again is not None
    assert again.passed


def test_attention_comes_back_in_built_in_operators(keras_model: Callable[[str], Any], tmp_path: Path) -> None:
    exported = tmp_path / "attention.tflite"
    exported.write_bytes(export(keras_model("FaceMeshAttention")))
    verdict = convert(exported, tmp_path / "Attention.mlpackage", Request(input_range=(0.0, 1.0), precision="float32"))
    assert verdict is not None
    assert verdict.passed, verdict.failures
    assert len({row.output for row in verdict.rows}) == 7
