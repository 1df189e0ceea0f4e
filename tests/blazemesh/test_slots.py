"""Packages built with other options: more slots or fewer, Vision pipelines without landmarks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.options import BuildOptions
from blazemesh.packages import read_model, write_product
from pipelines.detections import Detections
from pipelines.forms.detections import Faces, Vision
from pipelines.forms.reading import read_form
from tests.golden_vectors import expected, golden, largest, picture
from verification.executor.reference import ReferenceModel
from verification.lint.linter import lint

Made = Callable[[str, BuildOptions], ReferenceModel]


@pytest.fixture
def made(models: dict[str, Path], tmp_path: Path) -> Made:
    """A package of the short range detector, built with other options."""

    def make(name: str, options: BuildOptions) -> ReferenceModel:
        package = tmp_path / f"{name}.mlpackage"
        _, graph = read_model(models["BlazeFaceShortRange"])
        write_product(graph, load_catalog().product(name), options, package)
        assert [finding for finding in lint(package).findings if finding.severity == "error"] == []
        return ReferenceModel(package)

    return make


def crowd(faces: int) -> tuple[Image.Image, Detections]:
    """A frame with so many faces, and where MediaPipe finds them."""
    case = next(case for case in golden("detector_short")["cases"] if len(case["detections"]) == faces)
    return Image.fromarray(picture(case)), expected(case)


@pytest.mark.parametrize("slots", [1, 4, 64])
def test_a_package_holds_as_many_faces_as_it_has_slots(made: Made, slots: int) -> None:
    model = made("BlazeFaceShortRange", BuildOptions(slots=slots))
    frame, told = crowd(7)
    found = model.predict({"image": frame})
    assert {name: value.shape for name, value in found.items()} == {
        "landmarks": (slots, 8, 2),
        "confidence": (slots,),
        "count": (1,),
    }
    # The first ones: suppression goes by falling score, and room for fewer only ends it earlier.
    used = min(slots, 7)
    assert found["count"] == used
    assert largest(abs(found["landmarks"][:used] - told.landmarks[:used])) <= 1e-4
    assert largest(abs(found["confidence"][:used] - told.scores[:used])) <= 1e-4
    assert not found["landmarks"][used:].any()
    assert not found["confidence"][used:].any()
    form = read_form(model.program.metadata.user_defined)
    assert isinstance(form, Faces)
    assert form.detector.slots == slots


@pytest.mark.parametrize("slots", [-1, 0, 65, 10**9])
def test_other_numbers_of_slots_are_refused(slots: int) -> None:
    with pytest.raises(InputError, match=rf"^found {slots} slots, expected 1 to 64$"):
        BuildOptions(slots=slots)


def test_plain_vision_has_no_landmarks(made: Made, built: Path) -> None:
    model = made("BlazeFaceShortRangeVision", BuildOptions(plain_vision=True))
    program = model.program
    assert [output.name for output in program.outputs] == ["confidence", "coordinates"]
    assert "com.blazemesh.landmarks" not in program.metadata.user_defined
    form = read_form(program.metadata.user_defined)
    assert isinstance(form, Vision)
    assert not form.with_landmarks
    usual = ReferenceModel(built / "BlazeFaceShortRangeVision.mlpackage")
    assert "com.blazemesh.landmarks" in usual.program.metadata.user_defined
    frame, told = crowd(7)
    found, other = model.predict({"image": frame}), usual.predict({"image": frame})
    assert found.keys() == {"confidence", "coordinates"}
    assert len(found["confidence"]) == len(told) == 7
    for name, value in found.items():
        np.testing.assert_array_equal(value, other[name])
