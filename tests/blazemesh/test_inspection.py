import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from blazemesh.errors import InputError
from blazemesh.inspection import describe_report, inspect
from blazemesh.manifest import package_digest
from converters.tflite_reader import read_tflite
from verification.executor.errors import PackageError
from verification.executor.package import load_program
from verification.executor.proto import load_proto


def test_a_source_is_reported(models: dict[str, Path]) -> None:
    path = models["BlazeFaceShortRange"]
    report = inspect(path)
    graph = read_tflite(path.read_bytes(), path.name)
    assert (report["kind"], report["bytes"], report["sha256"]) == ("tflite", 229714, graph.sha256)
    assert report["inputs"] == [{"name": "input", "shape": [1, 128, 128, 3], "dtype": "float32"}]
    assert [(o["name"], o["shape"]) for o in report["outputs"]] == [
        ("regressors", [1, 896, 16]),
        ("classificators", [1, 896, 1]),
    ]
    assert report["operators"] == Counter(operator.kind for operator in graph.operators)
    assert list(report["operators"].values()) == sorted(report["operators"].values(), reverse=True)
    assert report["constants"]["count"] > 0


def test_a_package_is_reported(built: Path) -> None:
    package = built / "BlazeFaceShortRange.mlpackage"
    report = inspect(package)
    assert (report["sha256"], report["bytes"]) == package_digest(package)
    assert (report["kind"], report["specification"], report["opset"]) == ("mlpackage", 7, "CoreML6")
    image, *thresholds = report["inputs"]
    assert (image["name"], image["kind"], image["shape"], image["color"]) == ("image", "image", [1, 3, 128, 128], "RGB")
    assert [(t["name"], t["kind"], t["shape"], t["optional"], round(t["default"], 6)) for t in thresholds] == [
        ("scoreThreshold", "scalar", [1], True, 0.5),
        ("iouThreshold", "scalar", [1], True, 0.3),
    ]
    assert "float32 [1], optional, default 0.3" in describe_report(report)
    shapes = {"landmarks": [16, 8, 2], "confidence": [16], "count": [1]}
    assert {o["name"]: o["shape"] for o in report["outputs"]} == shapes
    assert all(o["meaning"].startswith(f"Shape {o['shape']}") for o in report["outputs"])
    assert report["operators"]["conv"] == 37
    assert 0 < report["constants"]["bytes"] < report["bytes"]
    metadata = report["metadata"]
    assert (metadata["license"], metadata["author"], metadata["version"]) == (
        "Apache-2.0",
        "Google (MediaPipe)",
        "0.1.0",
    )
    assert "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8" in str(metadata["userDefined"])


def test_sparse_weights_count_as_they_are_stored(built: Path) -> None:
    package = built / "BlazeFaceFullRange.mlpackage"
    report = inspect(package)
    sparse = [o for o in load_program(package).operations if o.kind == "constexpr_sparse_to_dense"]
    assert len(sparse) == report["operators"]["constexpr_sparse_to_dense"] == 46
    dense = sum(2 * operation.outputs[0].type.elements for operation in sparse)
    assert report["constants"]["bytes"] < report["bytes"] < dense


@pytest.mark.parametrize(
    ("name", "key", "fields"),
    [
        ("BlazeFaceShortRange", "com.blazemesh.detector", {"form": "faces", "slots": 16}),
        ("BlazeFaceFullRange", "com.blazemesh.detector", {"thresholds": {"iou": 0.3, "score": 0.6}}),
        ("BlazeFaceFullRangeProposals", "com.blazemesh.detector", {"form": "proposals"}),
        ("BlazeFaceShortRangeVision", "com.blazemesh.landmarks", {"element": "SIMD2<Float>", "origin": "top left"}),
        ("FaceMesh", "com.blazemesh.mesh", {"landmarks": {"landmarks": 468}, "refinement": None}),
        ("FaceMeshAttention", "com.blazemesh.mesh", {"refinement": "attention_refinement"}),
        ("IrisLandmarks", "com.blazemesh.mesh", {"landmarks": {"contour": 71, "iris": 5}, "topology": None}),
    ],
)
def test_the_form_is_shown_by_its_fields(built: Path, name: str, key: str, fields: dict[str, Any]) -> None:
    report = inspect(built / f"{name}.mlpackage")
    record = report["metadata"]["userDefined"][key]
    assert {field: record[field] for field in fields} == fields
    assert record["version"] == 1
    text = describe_report(report)
    assert f"\n{key}:\n" in text
    for field, value in fields.items():
        assert f"\n  {field}: {value if isinstance(value, str) else json.dumps(value)}\n" in text


def test_the_rows_of_a_detection_are_named(built: Path) -> None:
    report = inspect(built / "BlazeFaceShortRange.mlpackage")
    assert report["metadata"]["userDefined"]["com.blazemesh.landmarks"]["rows"] == [
        "boxMinimum",
        "boxMaximum",
        "rightEye",
        "leftEye",
        "noseTip",
        "mouthCenter",
        "rightEarTragion",
        "leftEarTragion",
    ]


@pytest.mark.parametrize("text", ["", "{", "[1]", "NaN", "[" * 100_000, "1" * 5000])
def test_metadata_that_are_no_object_are_shown_as_they_are(tiny_package: Path, tmp_path: Path, text: str) -> None:
    copy = Path(shutil.copytree(tiny_package, tmp_path / "X.mlpackage"))
    file = copy / "Data/com.apple.CoreML/model.mlmodel"
    specification = load_proto().model.Model()
    specification.ParseFromString(file.read_bytes())
    specification.description.metadata.userDefined["com.blazemesh.detector"] = text
    file.write_bytes(specification.SerializeToString())
    report = inspect(copy)
    assert report["metadata"]["userDefined"]["com.blazemesh.detector"] == text
    assert f"com.blazemesh.detector: {text}\n" in describe_report(report)


def test_a_report_reads_well(built: Path, models: dict[str, Path]) -> None:
    package = describe_report(inspect(built / "FaceMesh.mlpackage"))
    for line in ("specification 7, operators of CoreML6", "image   RGB [1, 3, 192, 192]", "license: Apache-2.0"):
        assert line in package
    assert "input_1  float32 [1, 192, 192, 3]" in describe_report(inspect(models["FaceMesh"]))


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'.*x' does not exist; expected a \.tflite file or an \.mlpackage folder"):
        inspect(tmp_path / "x")
    with pytest.raises(PackageError, match=r"the file 'Manifest\.json' is missing"):
        inspect(tmp_path)


def test_a_package_with_a_pipe_in_it_is_refused(tiny_package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "X.mlpackage"
    shutil.copytree(tiny_package, copy)
    os.mkfifo(copy / "pipe")
    with pytest.raises(InputError, match=r"pipe' is no plain file"):
        inspect(copy)
