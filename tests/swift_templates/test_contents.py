from collections.abc import Callable
from typing import Any

import pytest

from swift_templates.contents import read_contents
from swift_templates.errors import RenderError
from tests.swift_templates.manifests import Entry, detector, eye, mesh, models


def test_models_are_read_by_their_kind() -> None:
    contents = read_contents(models(), [])
    assert [each.package.constant for each in contents.detectors] == ["detector", "detectorProposals"]
    assert [each.slots for each in contents.detectors] == [4, None]
    assert [(each.package.constant, each.refined) for each in contents.meshes] == [
        ("mesh", False),
        ("refinedMesh", True),
    ]
    assert contents.eyes[0].landmarks == 76
    assert contents.detectors[0].package.scalars == (("scoreThreshold", 0.5),)
    assert contents.detectors[0].package.image.width == 16
    assert contents.keypoints[0] == "rightEye"


FIELDS = ("name", "form", "sha256", "inputs", "outputs", "anchors", "thresholds", "slots", "keypoints")


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_named(field: str) -> None:
    broken = {key: value for key, value in detector().items() if key != field}
    with pytest.raises(RenderError, match=rf"has no '{field}'; build it again with `make coreml`") as caught:
        read_contents([broken, mesh()], [])
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [True, 1.5, "text", [1], {"a": 1}, [[]]])
def test_fields_of_another_kind_are_refused(field: str, value: Any) -> None:
    if field == "sha256" and value == "text":
        return  # any text is a hash
    with pytest.raises(RenderError):
        read_contents([detector() | {field: value}, mesh(refinement=None)], ["text"])


def change(entry: Entry, path: str, value: Any) -> Entry:
    """The entry with another value at a path of keys and places."""
    inner: Any = entry
    *way, last = path.split("/")
    for key in way:
        inner = inner[int(key) if isinstance(inner, list) else key]
    inner[int(last) if isinstance(inner, list) else last] = value
    return entry


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("anchors/inputSide", 0),
        ("anchors/strides", [0]),
        ("anchors/strides/0", "8"),
        ("anchors/anchorsPerLayer", -1),
        ("thresholds/score", 1.5),
        ("thresholds/iou", float("nan")),
        ("slots", 0),
        ("inputs/0/shape", [1, 3, 16]),
        ("inputs/0/scale", float("inf")),
        ("inputs/0/kind", "tensor"),
        ("inputs/1/default", None),
        ("outputs/0/shape", [4, 0, 2]),
        ("keypoints/2", "rightEye"),
        ("keypoints/2", "nose tip"),
        ("keypoints/2", "class"),
        ("keypoints/2", "rawValue"),
        ("keypoints/0", "forehead"),
        ("name", "Face"),
        ("name", "All"),
        ("name", "Mesh"),
        ("form", "masks"),
    ],
)
def test_what_can_not_be_rendered_is_refused(path: str, value: Any) -> None:
    with pytest.raises(RenderError) as caught:
        read_contents([change(detector(), path, value), mesh()], ["Face"])
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "entries",
    [list, lambda: [detector()], lambda: [mesh()], lambda: [detector(), mesh(), eye("detector"), eye("Detector")]],
)
def test_models_that_are_wanting_or_there_twice_are_refused(entries: Callable[[], list[Entry]]) -> None:
    with pytest.raises(RenderError):
        read_contents(entries(), [])


def test_the_keypoints_are_the_same_of_all_detectors() -> None:
    other = detector("Other")
    other["keypoints"] = other["keypoints"][::-1]
    with pytest.raises(RenderError, match="keypoints differ"):
        read_contents([detector(), other, mesh()], [])
