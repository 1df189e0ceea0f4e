"""The manifest as scripts outside this project rely on it, field by field."""

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from blazemesh import __version__
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.manifest import Manifest, package_digest, parity_cells, read_manifest, table, write_manifest

# A field's type: a Python type, a tuple of the values allowed, [a list's element] or {an object's fields}.
NUMBER, TEXT = float, str
SCHEMA: dict[str, Any] = {
    "schema": (1,),
    "generator": (f"blazemesh {__version__}",),
    "models": [
        {
            "name": TEXT,
            "package": TEXT,
            "sha256": TEXT,
            "bytes": int,
            "key": TEXT,
            "source": [{"file": TEXT, "sha256": TEXT}],
            "precision": ("float16", "float32"),
            "target": ("iOS16", "iOS17", "iOS18"),
            "operators": dict,
            "inputs": [
                {
                    "name": TEXT,
                    "kind": ("image", "tensor", "scalar"),
                    "shape": [int],
                    "dtype": ("uint8", "float32"),
                    "color": ("RGB", "GRAYSCALE"),
                    "scale": NUMBER,
                    "bias": NUMBER,
                    "optional": bool,
                    "default": (None,),
                    "meaning": TEXT,
                }
            ],
            "outputs": [
                {"name": TEXT, "shape": [int], "dtype": ("float32",), "meaning": TEXT, "unit": ("px", "logit")}
            ],
            "parity": [
                {
                    "output": TEXT,
                    "oracle": ("litert", "mediapipe", "numpy"),
                    "executor": ("reference", "coreml"),
                    "arithmetic": ("float32", "float16"),
                    "cases": int,
                    "faces": int,
                    "max": NUMBER,
                    "mean": NUMBER,
                    "limit": NUMBER,
                    "unit": ("px", "logit"),
                }
            ],
            "unverified": [{"output": TEXT, "reason": TEXT}],
            "notes": [TEXT],
        }
    ],
    "pending": [{"name": TEXT, "reason": TEXT, "key": TEXT}],
}
OPTIONAL = {
    "mean_limit": NUMBER,
    "lint": list,
    # Detectors also:
    "anchors": dict,
    "thresholds": {"score": NUMBER, "iou": NUMBER},
    "slots": (None, *range(1, 101)),
    "keypoints": [TEXT],
    "layout": TEXT,
    # Meshes also:
    "landmarks": int,
    "topology": TEXT,
    "normalisation": TEXT,
}


def mistakes(value: Any, expected: Any, place: str = "manifest") -> list[str]:
    """Where a document is not as SCHEMA has it; fields that it does not have are mistakes too."""
    if isinstance(expected, tuple):
        return [] if any(value is item or value == item for item in expected) else [f"{place}: {value!r}"]
    if isinstance(expected, list):
        if not isinstance(value, list):
            return [f"{place}: no list"]
        return [m for j, item in enumerate(value) for m in mistakes(item, expected[0], f"{place}[{j}]")]
    if isinstance(expected, dict):
        if (
            not isinstance(value, dict)
            or expected.keys() - value.keys()
            or value.keys() - expected.keys() - OPTIONAL.keys()
        ):
            return [f"{place}: other fields"]
        fields = expected | OPTIONAL
        return [m for name, item in value.items() for m in mistakes(item, fields[name], f"{place}.{name}")]
    return [] if type(value) is expected else [f"{place}: {value!r} is no {expected.__name__}"]


@pytest.fixture(scope="module")
def document(built: Path) -> Any:
    return json.loads((built / "manifest.json").read_bytes())


def test_every_field_is_as_agreed(document: Any) -> None:
    assert mistakes(document, SCHEMA) == []


@pytest.mark.parametrize(("name", "value"), [("bytes", "1"), ("sha256", None), ("parity", [{}]), ("extra", 1)])
def test_the_check_of_the_fields_finds_what_is_wrong(document: Any, name: str, value: object) -> None:
    model = {**document["models"][0], name: value}
    assert mistakes({**document, "models": [model]}, SCHEMA)
    assert mistakes({name: item for name, item in document.items() if name != "generator"}, SCHEMA)


def test_the_catalogue_is_what_is_listed(document: Any) -> None:
    catalog = load_catalog()
    assert [model["name"] for model in document["models"]] == [m.name for m in catalog.models if not m.pending]
    assert [item["name"] for item in document["pending"]] == [m.name for m in catalog.models if m.pending]
    for entry in document["models"]:
        model = catalog.model(entry["name"])
        assert entry["source"] == [{"file": model.file, "sha256": model.sha256}]
        assert {o["name"]: (tuple(o["shape"]), o["unit"], o["meaning"]) for o in entry["outputs"]} == {
            o.name: (o.shape, o.unit, o.meaning) for o in model.outputs
        }
        (image,) = entry["inputs"]
        low, high = model.input.range
        assert image["bias"] == low
        assert image["scale"] * 255 + image["bias"] == pytest.approx(high, abs=1e-12)
        assert (image["name"], image["color"], image["meaning"]) == ("image", "RGB", model.input.description)


def test_each_package_has_the_hash_and_size_stated(document: Any, built: Path) -> None:
    for entry in document["models"]:
        package = built / entry["package"]
        paths = sorted(path for path in package.rglob("*") if path.is_file())
        lines = [
            f"{path.relative_to(package).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
            for path in paths
        ]
        assert entry["sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
        assert entry["bytes"] == sum(len(path.read_bytes()) for path in paths)
        assert entry["package"] == f"{entry['name']}.mlpackage"


def test_every_output_is_within_its_limits_in_both_arithmetics(document: Any) -> None:
    for entry in document["models"]:
        assert entry["unverified"] == []
        units = {output["name"]: output["unit"] for output in entry["outputs"]}
        rows = {(row["output"], row["arithmetic"]): row for row in entry["parity"] if row["executor"] == "reference"}
        assert rows.keys() == {(name, arithmetic) for name in units for arithmetic in ("float32", "float16")}
        rounded = entry["name"] == "IrisLandmarks"
        for (name, arithmetic), row in rows.items():
            assert row["cases"] >= 20
            assert row["faces"] >= 5
            assert 0 < row["mean"] <= row["max"] <= row["limit"]
            exact = (2e-2 if rounded else 5e-4, None)
            half = (0.35, 0.05) if units[name] == "px" else (0.75, 0.02)
            assert (row["limit"], row.get("mean_limit")) == (exact if arithmetic == "float32" else half)
            assert row["mean"] <= row.get("mean_limit", math.inf)


def test_detectors_and_meshes_say_what_else_an_app_needs(document: Any) -> None:
    for entry in document["models"]:
        shapes = {output["name"]: output["shape"] for output in entry["outputs"]}
        if "logits" in shapes:
            assert [entry["anchors"]["count"]] == shapes["logits"]
            assert entry["thresholds"]["iou"] == pytest.approx(0.3)
            assert len(entry["keypoints"]) == 6
            assert {"slots", "layout"} <= entry.keys()
        if "landmarks" in shapes:
            assert entry["landmarks"] == shapes["landmarks"][0] == 468
            assert {"topology", "normalisation"} <= entry.keys()


def test_a_manifest_is_read_as_it_was_written(built: Path, tmp_path: Path) -> None:
    manifest = read_manifest(built)
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert (tmp_path / "manifest.json").read_bytes() == (built / "manifest.json").read_bytes()
    assert manifest.entry("FaceMesh") is manifest.models[2]
    assert manifest.entry("Other") is None
    assert Manifest(()).pending == ()


def test_a_missing_or_too_large_manifest_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^cannot open '.*manifest\.json': it, or a folder on its path, does not exist"
    ):
        read_manifest(tmp_path)
    with (tmp_path / "manifest.json").open("wb") as file:
        file.truncate(1 << 25)
    with pytest.raises(InputError, match=r"33554432 bytes, expected at most 16777216"):
        read_manifest(tmp_path)


def test_the_digest_takes_every_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_bytes(b"1")
    (tmp_path / "b.y").write_bytes(b"2")
    first = package_digest(tmp_path)
    assert first[1] == 2
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff"))
    odd.touch()
    assert package_digest(tmp_path) != first
    odd.unlink()
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(InputError, match=r"link' is no plain file"):
        package_digest(tmp_path)


def test_a_table_has_a_line_for_each_row(built: Path) -> None:
    lines = table(read_manifest(built).models)
    assert [line[0] for line in lines if line[0]] == [entry["name"] for entry in read_manifest(built).models]
    assert len(lines) == 16
    assert lines[0][3:6] == ("regressors", "litert", "reference float32")


def test_a_row_is_shown_with_its_limits() -> None:
    row = {
        "output": "x",
        "oracle": "litert",
        "executor": "reference",
        "arithmetic": "float16",
        "cases": 24,
        "faces": 12,
    }
    figures = {"max": 0.123456, "mean": 0.01, "limit": 0.35, "unit": "px"}
    assert parity_cells({**row, **figures})[3:] == ("24 (12 faces)", "0.12", "0.01", "0.35", "px")
    assert parity_cells({**row, **figures, "mean_limit": 0.05})[6] == "0.35 / 0.05"
