from dataclasses import replace
from pathlib import Path

import pytest

from blazemesh import packages
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.options import Request
from blazemesh.packages import catalog_features, describe, read_model, refuse_unconvertible
from converters.errors import ConversionError
from converters.tflite_reader import read_tflite
from tests.blazemesh.conftest import small_model

CATALOG = load_catalog()


@pytest.mark.parametrize("name", [model.name for model in CATALOG.models])
def test_a_pinned_model_is_described_by_the_catalogue(models: dict[str, Path], name: str) -> None:
    data, graph = read_model(models[name])
    assert len(data) == CATALOG.model(name).bytes
    features, subject = describe(graph, CATALOG, Request())
    model = CATALOG.model(name)
    assert subject == model.subject
    assert [(i.name, i.kind, (i.low, i.high)) for i in features.inputs] == [("image", "image", model.input.range)]
    assert [o.name for o in features.outputs] == [output.name for output in model.outputs]
    assert [graph.tensors[o.tensor].name for o in features.outputs] == [output.tensor for output in model.outputs]
    assert (features.licence, features.author) == ("Apache-2.0", "Google (MediaPipe)")


@pytest.mark.parametrize("request_", [Request(tensor_input=True), Request(input_range=(0.0, 255.0))])
def test_another_input_leaves_names_units_and_limits(models: dict[str, Path], request_: Request) -> None:
    _, graph = read_model(models["FaceMesh"])
    features, subject = describe(graph, CATALOG, request_)
    assert subject == "face"
    (taken,) = features.inputs
    if request_.tensor_input:
        assert taken.kind == "tensor"
    else:
        assert (taken.kind, taken.low, taken.high) == ("image", 0.0, 255.0)
    assert [(output.name, output.unit) for output in features.outputs] == [("landmarks", "px"), ("presence", "logit")]


def test_a_model_nobody_pinned_is_described_by_itself() -> None:
    features, subject = describe(read_tflite(small_model(), "x.tflite"), CATALOG, Request())
    assert subject == "any"
    assert [(i.name, i.kind, i.low, i.high) for i in features.inputs] == [("image", "image", 0.0, 1.0)]
    assert [(o.name, o.shape) for o in features.outputs] == [("features", (1, 8, 8, 4))]


def test_an_output_that_the_model_does_not_have_is_refused(models: dict[str, Path]) -> None:
    _, graph = read_model(models["FaceMesh"])
    model = CATALOG.model("FaceMesh")
    wrong = replace(model, outputs=(replace(model.outputs[0], tensor="nothing"),))
    with pytest.raises(InputError, match=r"^models\.toml: FaceMesh has no output tensor 'nothing'; it has "):
        catalog_features(graph, wrong, Request())


def test_what_cannot_be_converted_is_refused_by_name(models: dict[str, Path]) -> None:
    graph = read_model(models["FaceMeshAttention"])[1]
    refuse_unconvertible(graph)
    odd = replace(
        graph, operators=tuple(replace(o, kind=o.kind.replace("2Transform", "3Transform")) for o in graph.operators)
    )
    said = r"^face_landmark_with_attention\.tflite: operator \d+ Landmarks3TransformMatrix \(tensor '.+'\) is not supp"
    with pytest.raises(ConversionError, match=said):
        refuse_unconvertible(odd)


def test_a_file_too_large_for_a_model_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:
        file.truncate(1 << 31)
    with pytest.raises(InputError, match=r"large\.tflite' has 2147483648 bytes; expected a \.tflite of at most"):
        read_model(path)


def test_a_device_is_not_read() -> None:
    with pytest.raises(InputError, match=r"'/dev/zero' is a device or a pipe"):
        read_model(Path("/dev/zero"))


def test_the_probe_of_the_disk_passes_where_there_is_room(tmp_path: Path) -> None:
    packages._refuse_full_disk(tmp_path, read_tflite(small_model(), "x.tflite"))
    assert not list(tmp_path.iterdir())
