"""Forms written into metadata and read back; metadata of strangers, refused in one line."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from pipelines.detector import DETECTOR_KEY, DETECTORS, LANDMARKS_KEY, Detector
from pipelines.errors import FormError
from pipelines.forms.detections import Faces, Proposals, Vision
from pipelines.forms.form import Form
from pipelines.forms.landmarks import Eye, FaceMesh
from pipelines.forms.reading import read_form
from pipelines.mesh import MESH_KEY, MESHES
from pipelines.suppression import Thresholds

SHORT, FULL = DETECTORS["BlazeFaceShortRange"], DETECTORS["BlazeFaceFullRange"]
OTHER = Detector(SHORT.anchors, Thresholds(0.25, 0.125), 64)

FORMS: tuple[Form, ...] = (
    *(kind(detector) for kind in (Faces, Vision, Proposals) for detector in (SHORT, FULL, OTHER)),
    Vision(SHORT, with_landmarks=False),
    FaceMesh(MESHES["FaceMesh"]),
    FaceMesh(MESHES["FaceMeshAttention"]),
    Eye(MESHES["IrisLandmarks"]),
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.name))
def test_a_form_is_read_as_it_was_written(form: Form) -> None:
    metadata = form.metadata()
    assert read_form(metadata) == form
    assert read_form({"com.example": "other", **metadata}) == form
    assert all(json.loads(text)["version"] == 1 for text in metadata.values())


def test_plain_vision_says_nothing_of_landmarks() -> None:
    form = Vision(SHORT, with_landmarks=False)
    assert form.metadata().keys() == {DETECTOR_KEY}
    assert [output.name for output in form.outputs] == ["confidence", "coordinates"]
    assert [output.name for output in Vision(SHORT).outputs] == ["confidence", "coordinates", "landmarks"]


@pytest.mark.parametrize("about", [{}, {"com.blazemesh.source": "{}"}, {LANDMARKS_KEY: "{}"}])
def test_a_bare_network_has_no_form(about: Mapping[str, str]) -> None:
    assert read_form(about) is None


Change = Callable[[dict[str, Any]], object]


def setting(*path: str, to: Any) -> Change:
    def change(record: dict[str, Any]) -> None:
        for name in path[:-1]:
            record = record[name]
        record[path[-1]] = to

    return change


def each(*path: str, of: Sequence[Any]) -> list[Change]:
    return [setting(*path, to=value) for value in of]


def without(*names: str) -> list[Change]:
    return [lambda record, name=name: record.pop(name) for name in names]  # type: ignore[misc]


HUGE = 10**400
NUMBERS: list[Any] = [0, -1, 1.5, True, None, "7", [], {}, HUGE, float("nan"), float("inf"), 1e300]
SHARES: list[Any] = [-0.1, 1.1, None, "x", [], {}, HUGE, float("nan"), float("inf")]
DETECTOR_CHANGES: list[Change] = [
    *each("version", of=[0, 2, "1", None, "1\n2"]),
    *each("form", of=["mesh", "", None, [], {}, 1, "a\nb", "x" * 10_000]),
    *each("slots", of=[*NUMBERS, 65]),
    *each("anchors", "inputSide", of=[*NUMBERS, 4097, 64]),
    *each("anchors", "anchorsPerLayer", of=[*NUMBERS, 3]),
    *each("anchors", "count", of=[*NUMBERS, 895]),
    *each("anchors", "strides", of=[[], [0], ["8"], "8", None, 8, [[8]], [8] * 100_000]),
    *each("anchors", of=[None, [], {}, "x", 1]),
    *each("thresholds", "score", of=SHARES),
    *each("thresholds", "iou", of=SHARES),
    *each("thresholds", of=[None, [], {}, "x"]),
    *without("version", "form", "slots", "anchors", "thresholds"),
]
MESH_CHANGES: list[Change] = [
    *each("version", of=[2]),
    *each("form", of=["faces", "eye", None, []]),
    *each("landmarks", "landmarks", of=[*NUMBERS, 10_001]),
    *each("landmarks", of=[None, [], {}, "x", {"iris": 5}, {"landmarks": 1, "x": 1}]),
    *each("normalisation", "side", of=[*NUMBERS, 4097]),
    *each("normalisation", of=[None, [], {}, "x"]),
    *each("topology", of=["x", 1, [], "../facts"]),
    *each("refinement", of=["x", 1, [], "../facts"]),
    *without("version", "form", "landmarks", "topology", "refinement", "normalisation"),
]


def refusal(metadata: Mapping[str, str]) -> str:
    with pytest.raises(FormError) as caught:
        read_form(metadata)
    said = str(caught.value)
    assert said.startswith("broken metadata 'com.blazemesh.detector' or 'com.blazemesh.mesh' (")
    assert said.endswith("); build the package again")
    assert "\n" not in said
    assert len(said) < 300
    return said


@pytest.mark.parametrize(
    ("form", "key", "changes"),
    [(Faces(SHORT), DETECTOR_KEY, DETECTOR_CHANGES), (FaceMesh(MESHES["FaceMesh"]), MESH_KEY, MESH_CHANGES)],
    ids=["detector", "mesh"],
)
def test_each_broken_field_is_one_line(form: Form, key: str, changes: list[Change]) -> None:
    for change in changes:
        record = json.loads(form.metadata()[key])
        change(record)
        refusal({key: json.dumps(record)})


@pytest.mark.parametrize("key", [DETECTOR_KEY, MESH_KEY])
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "null", '"x"', "[" * 100_000, '{"version":' * 50_000, "1" * 5000, '{"version": 1}', "\0"],
)
def test_what_is_no_record_is_one_line(key: str, text: str) -> None:
    refusal({key: text})


def test_a_recipe_that_would_fill_the_memory_is_refused() -> None:
    """64 layers of 64 anchors on each pixel of 4096 x 4096."""
    record = json.loads(Faces(SHORT).metadata()[DETECTOR_KEY])
    record["anchors"] = {"inputSide": 4096, "strides": [1] * 64, "anchorsPerLayer": 64, "count": 4096**3}
    assert f"found {4096**3}, expected a whole number of 1 to 100000" in refusal({DETECTOR_KEY: json.dumps(record)})


def test_the_error_says_what_is_wrong() -> None:
    record = json.loads(Faces(SHORT).metadata()[DETECTOR_KEY])
    assert "'slots'" in refusal({DETECTOR_KEY: json.dumps({k: v for k, v in record.items() if k != "slots"})})
    assert "version 2, this program reads version 1" in refusal({DETECTOR_KEY: json.dumps(record | {"version": 2})})
    eye = json.loads(FaceMesh(MESHES["FaceMesh"]).metadata()[MESH_KEY]) | {"form": "eye"}
    assert "landmarks of landmarks in the form eye" in refusal({MESH_KEY: json.dumps(eye)})
