"""Pipelines of a program and a NonMaximumSuppression model: read, executed, and refused where they are broken."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verification.executor.errors import PackageError
from verification.executor.package import load_program
from verification.executor.proto import load_proto
from verification.executor.reference import ReferenceModel

Change = Callable[[Any], object]

ONES = {"image": np.ones((3, 80), np.float32)}
"""The pipeline's scores are then 0 to 1 in 240 steps, row by row: the rows' highest are 0.33, 0.67 and 1.

Boxes are the scores' first columns; those of rows 1 and 2 have an IoU of 0.058.
"""


@pytest.fixture(scope="module")
def model(sound_pipeline: Path) -> ReferenceModel:
    return ReferenceModel(sound_pipeline)


def rows(model: ReferenceModel, **thresholds: Any) -> list[int]:
    """Which rows come out, told by their highest score."""
    found = model.predict({**ONES, **thresholds})
    assert found["landmarks"].shape == (3, 8, 2)
    assert found["coordinates"].tolist() == found["confidence"][:, :4].tolist()
    return [round(3 * float(row.max())) - 1 for row in found["confidence"]]


def test_reads_what_the_pipeline_says(sound_pipeline: Path) -> None:
    program = load_program(sound_pipeline)
    assert [(f.name, f.kind, f.shape, f.dtype, f.optional, f.default) for f in program.inputs] == [
        ("image", "tensor", (3, 80), "float32", False, None),
        ("iouThreshold", "scalar", (), "float64", True, 1.0),
        ("confidenceThreshold", "scalar", (), "float64", True, 0.5),
    ]
    assert [(f.name, f.shape, f.dtype) for f in program.outputs] == [
        ("confidence", (-1, 80), "float32"),
        ("coordinates", (-1, 4), "float32"),
        ("landmarks", (3, 8, 2), "float32"),
    ]
    assert all(feature.description for feature in (*program.inputs, *program.outputs))
    about = program.metadata
    assert (about.description, about.author, about.license, about.version) == ("A test", "A", "Apache-2.0", "3")
    assert "com.blazemesh.detector" in about.user_defined
    assert (program.specification_version, program.opset) == (7, "CoreML6")
    assert "mul" in program.histogram()
    assert program.weights()[0].array().size == 240
    assert program.stages is not None
    assert program.stages.suppression.classes == 80


def test_thresholds_left_out_are_the_stored_ones(model: ReferenceModel) -> None:
    assert rows(model) == [2, 1]


@pytest.mark.parametrize("kind", [float, np.array, lambda number: np.array(number, np.float32)])
def test_thresholds_are_taken_at_run_time(model: ReferenceModel, kind: Callable[[float], Any]) -> None:
    assert rows(model, confidenceThreshold=kind(0.25)) == [2, 1, 0]
    assert rows(model, confidenceThreshold=kind(0.75)) == [2]
    assert rows(model, confidenceThreshold=kind(1.5)) == []
    assert rows(model, iouThreshold=kind(0.0625)) == [2, 1]
    assert rows(model, iouThreshold=kind(0.03125)) == [2]
    assert rows(model, iouThreshold=kind(0.03125), confidenceThreshold=kind(0.25)) == [2, 0]


def test_whole_numbers_are_thresholds(model: ReferenceModel) -> None:
    assert rows(model, iouThreshold=1, confidenceThreshold=0) == [2, 1, 0]


@pytest.mark.parametrize("value", [np.zeros(1), np.zeros((2, 2)), "0.5", None, [0.5], np.array("x"), np.array(1j)])
def test_what_is_no_number_is_refused(model: ReferenceModel, value: Any) -> None:
    with pytest.raises(PackageError, match=r"input 'iouThreshold': found .*, expected a number of float64$"):
        model.predict({**ONES, "iouThreshold": value})


def test_values_inside_the_first_stage_can_be_looked_at(model: ReferenceModel) -> None:
    found, inside = model.predict_watching(ONES, ("scores",))
    np.testing.assert_array_equal(inside["scores"][[2, 1]], found["confidence"])
    assert model.trace(ONES)["scores"].shape == (3, 80)


def suppression(root: Any) -> Any:
    return root.pipeline.models[1]


def renamed(message: Any, field: str) -> None:
    setattr(message, field, "other")


BROKEN: dict[str, tuple[Change, str]] = {
    "no stages": (lambda r: r.pipeline.ClearField("models"), "found a pipeline of nothing, expected mlProgram, non"),
    "one stage": (lambda r: r.pipeline.models.pop(), "found a pipeline of mlProgram, expected mlProgram, nonMaximum"),
    "three stages": (
        lambda r: r.pipeline.models.append(r.pipeline.models[1]),
        "a pipeline of mlProgram, nonMaximumSuppression, nonMaximumSuppression, expected",
    ),
    "another order": (
        lambda r: r.pipeline.models.append(r.pipeline.models.pop(0)),
        "found a pipeline of nonMaximumSuppression, mlProgram, expected",
    ),
    "another kind": (
        lambda r: suppression(r).neuralNetwork.SetInParent(),
        "found a pipeline of mlProgram, neuralNetwork, expected",
    ),
    "an empty stage": (lambda r: suppression(r).Clear(), "found a pipeline of mlProgram, None, expected"),
    "unknown scores": (
        lambda r: renamed(suppression(r).nonMaximumSuppression, "confidenceInputFeatureName"),
        "its suppression reads 'other', expected a float32 output of two axes of the first model",
    ),
    "boxes of three axes": (
        lambda r: setattr(suppression(r).nonMaximumSuppression, "coordinatesInputFeatureName", "landmarks"),
        "its suppression reads 'landmarks', expected a float32 output of two axes",
    ),
    "an unknown input": (
        lambda r: r.description.input.add(name="other").type.CopyFrom(r.description.input[0].type),
        "the pipeline's input 'other' is none of its models'",
    ),
    "a hidden input": (
        lambda r: r.description.input.pop(0),
        "the pipeline has no input 'image', which its first model takes",
    ),
    "an unknown threshold": (
        lambda r: renamed(r.description.input[1], "name"),
        "the pipeline's input 'other' is none of its models'",
    ),
    "an unknown output": (
        lambda r: renamed(r.description.output[0], "name"),
        "the pipeline's output 'other' is none of its models'",
    ),
    "an output of another shape": (
        lambda r: r.description.output[2].type.multiArrayType.shape.__setitem__(0, 4),
        r"output 'landmarks': the program has float32 \[3, 8, 2\], the package describes float32 \[4, 8, 2\]",
    ),
    "a text as output": (
        lambda r: r.description.output[2].type.stringType.SetInParent(),
        "output 'landmarks': found a feature of type stringType, expected an image or a multi-array",
    ),
}


@pytest.fixture
def change(sound_pipeline: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """Changes the specification of a copy of the sound pipeline."""

    def change(edit: Change) -> Path:
        package = Path(shutil.copytree(sound_pipeline, tmp_path / "X.mlpackage"))
        file = package / "Data/com.apple.CoreML/model.mlmodel"
        root = load_proto().model.Model()
        root.ParseFromString(file.read_bytes())
        edit(root)
        file.write_bytes(root.SerializeToString())
        return package

    return change


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_pipeline_is_refused_in_one_line(change: Callable[[Change], Path], kind: str) -> None:
    edit, said = BROKEN[kind]
    package = change(edit)
    with pytest.raises(PackageError, match=said) as caught:
        ReferenceModel(package)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(package))


def test_thresholds_that_the_pipeline_does_not_take_are_the_stored_ones(change: Callable[[Change], Path]) -> None:
    def hide(root: Any) -> None:
        del root.description.input[1:]
        root.pipeline.models[1].nonMaximumSuppression.confidenceThreshold = 0.25

    model = ReferenceModel(change(hide))
    assert rows(model) == [2, 1, 0]
    with pytest.raises(PackageError, match="found an input named 'iouThreshold', expected"):
        model.predict({**ONES, "iouThreshold": 0.5})


def test_boxes_of_more_than_four_numbers_are_refused_when_they_come(change: Callable[[Change], Path]) -> None:
    def widen(root: Any) -> None:
        root.pipeline.models[1].nonMaximumSuppression.coordinatesInputFeatureName = "scores"

    with pytest.raises(PackageError, match=r"its suppression gets scores \[3, 80\] and boxes \[3, 80\], expected"):
        ReferenceModel(change(widen)).predict(ONES)
