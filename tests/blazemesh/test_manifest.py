"""The manifest as scripts outside this project rely on it, field by field."""

import hashlib
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh import __version__
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.manifest import package_digest, parity_cells, read_manifest, table, write_manifest

# A field's type: a Python type, a tuple of the values allowed, [a list's element] or {an object's fields}.
NUMBER, TEXT = float, str


@dataclass(frozen=True)
class Maybe:
    """A field's type where there may be nothing."""

    kind: type


ROW: dict[str, Any] = {
    "output": TEXT,
    "oracle": ("litert", "mediapipe", "numpy"),
    "executor": ("reference", "coreml"),
    "arithmetic": ("float32", "float16"),
    "cases": int,
    "faces": int,
    "max": NUMBER,
    "mean": NUMBER,
    "limit": NUMBER,
}
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
            "form": ("faces", "vision", "proposals", "mesh", "eye"),
            "operators": dict,
            "inputs": [
                {
                    "name": TEXT,
                    "kind": ("image", "tensor", "scalar"),
                    "shape": [int],
                    "dtype": ("uint8", "float32", "float64"),
                    "color": ("RGB", "GRAYSCALE", None),
                    "scale": Maybe(NUMBER),
                    "bias": Maybe(NUMBER),
                    "optional": bool,
                    "default": Maybe(NUMBER),
                    "meaning": TEXT,
                }
            ],
            "outputs": [
                {
                    "name": TEXT,
                    "shape": [int],
                    "dtype": ("float32", "int32"),
                    "meaning": TEXT,
                    "unit": ("normalised", "probability", "faces"),
                }
            ],
            "parity": [{**ROW, "unit": ("normalised", "probability", "faces")}],
            "network": [{**ROW, "unit": ("px", "logit")}],
            "unverified": [{"output": TEXT, "reason": TEXT}],
            "notes": [TEXT],
        }
    ],
}
OPTIONAL = {
    "mean_limit": NUMBER,
    "lint": list,
    # Detectors also:
    "anchors": dict,
    "thresholds": {"score": NUMBER, "iou": NUMBER},
    "slots": (None, *range(1, 101)),
    "keypoints": [TEXT],
    "layout": dict,
    # Meshes also:
    "landmarks": int,
    "topology": Maybe(TEXT),
    "refinement": Maybe(TEXT),
    "normalisation": dict,
}


def mistakes(value: Any, expected: Any, place: str = "manifest") -> list[str]:
    """Where a document is not as SCHEMA has it; fields that it does not have are mistakes too."""
    if isinstance(expected, Maybe):
        return [] if value is None else mistakes(value, expected.kind, place)
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
    assert [entry["name"] for entry in document["models"]] == [product.name for product in catalog.products]
    assert len(document["models"]) == 9
    for entry in document["models"]:
        product = catalog.product(entry["name"])
        model = product.model
        assert entry["source"] == [{"file": model.file, "sha256": model.sha256}]
        assert entry["form"] == product.package.form
        image = entry["inputs"][0]
        low, high = model.input.range
        assert image["bias"] == low
        assert image["scale"] * 255 + image["bias"] == pytest.approx(high, abs=1e-12)
        assert (image["name"], image["color"], image["meaning"]) == ("image", "RGB", model.input.description)


def test_each_package_takes_and_gives_what_is_agreed(document: Any) -> None:
    """The table of packages in the README, by hand: names, shapes and optional inputs."""
    found = {
        entry["name"]: (
            [(i["name"], i["optional"], i["default"]) for i in entry["inputs"][1:]],
            {o["name"]: (o["shape"], o["dtype"]) for o in entry["outputs"]},
        )
        for entry in document["models"]
    }
    for name, anchors, score in (("ShortRange", 896, 0.5), ("FullRange", 2304, 0.6)):
        rounded = float(np.float32(score)), float(np.float32(0.3))
        assert found.pop(f"BlazeFace{name}") == (
            [("scoreThreshold", True, rounded[0]), ("iouThreshold", True, rounded[1])],
            {"landmarks": ([16, 8, 2], "float32"), "confidence": ([16], "float32"), "count": ([1], "int32")},
        )
        assert found.pop(f"BlazeFace{name}Vision") == (
            [("iouThreshold", True, 1.0), ("confidenceThreshold", True, 0.5)],
            {
                "confidence": ([-1, 80], "float32"),
                "coordinates": ([-1, 4], "float32"),
                "landmarks": ([16, 8, 2], "float32"),
            },
        )
        assert found.pop(f"BlazeFace{name}Proposals") == (
            [],
            {"landmarks": ([anchors, 8, 2], "float32"), "scores": ([anchors], "float32")},
        )
    for name, points in (("FaceMesh", 468), ("FaceMeshAttention", 478)):
        assert found.pop(name) == ([], {"landmarks": ([points, 3], "float32"), "presence": ([1], "float32")})
    assert found == {"IrisLandmarks": ([], {"contour": ([71, 3], "float32"), "iris": ([5, 3], "float32")})}


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


Limits = tuple[float, float | None]
PIXELS: dict[str, Limits] = {"float32": (5e-4, None), "float16": (0.35, 0.05)}
LIMITS: dict[str, dict[str, Limits]] = {
    "logit": {"float32": (5e-4, None), "float16": (0.75, 0.02)},
    "probability": {"float32": (1.25e-4, None), "float16": (2e-2, 5e-3)},
    "faces": {"float32": (0.5, None), "float16": (0.5, None)},
}
ROUNDED_WEIGHTS = 2e-2
"""Pixels that the iris network, whose source weights are float32, may be off by."""


def limits(entry: Any, row: Any) -> Limits:
    """The greatest and the mean error that a row may have."""
    pixels: Limits = PIXELS[row["arithmetic"]]
    if entry["name"] == "IrisLandmarks" and row["arithmetic"] == "float32":
        pixels = (ROUNDED_WEIGHTS, None)
    if row["unit"] not in ("px", "normalised"):
        return LIMITS[row["unit"]][row["arithmetic"]]
    side = 1 if row["unit"] == "px" else entry["inputs"][0]["shape"][-1]
    return pixels[0] / side, None if pixels[1] is None else pixels[1] / side


def test_every_output_is_within_its_limits_in_both_arithmetics(document: Any) -> None:
    for entry in document["models"]:
        assert entry["unverified"] == []
        rows = [row for row in entry["parity"] if row["executor"] == "reference"]
        compared = {(row["output"], row["arithmetic"]) for row in rows}
        names = [output["name"] for output in entry["outputs"]]
        assert compared == {(name, arithmetic) for name in names for arithmetic in ("float32", "float16")}
        for row in [*rows, *entry["network"]]:
            inside = row in entry["network"]
            assert row["oracle"] == ("litert" if inside else "numpy")
            assert 12 <= row["cases"] <= 24
            assert row["cases"] == 24 or row["arithmetic"] == "float16"
            assert row["faces"] >= 5
            assert row["mean"] <= row["max"] <= row["limit"]
            assert row["max"] > 0 or row["unit"] == "faces"
            assert (row["limit"], row.get("mean_limit")) == pytest.approx(limits(entry, row))
            assert row["mean"] <= row.get("mean_limit", math.inf)


def test_detectors_and_meshes_say_what_else_an_app_needs(document: Any) -> None:
    for entry in document["models"]:
        shapes = {output["name"]: output["shape"] for output in entry["outputs"]}
        if entry["form"] in ("faces", "vision", "proposals"):
            assert entry["thresholds"]["iou"] == pytest.approx(0.3)
            assert len(entry["keypoints"]) == 6
            assert entry["layout"]["rows"][2:] == entry["keypoints"]
            proposals = entry["form"] == "proposals"
            assert entry["slots"] == (None if proposals else 16)
            assert shapes["landmarks"][0] == (entry["anchors"]["count"] if proposals else entry["slots"])
        else:
            assert entry["landmarks"] == sum(shape[0] for name, shape in shapes.items() if name != "presence")
            assert {"topology", "normalisation", "refinement"} <= entry.keys()


def test_a_manifest_is_read_as_it_was_written(built: Path, tmp_path: Path) -> None:
    manifest = read_manifest(built)
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert (tmp_path / "manifest.json").read_bytes() == (built / "manifest.json").read_bytes()
    assert manifest.entry("FaceMesh") is manifest.models[6]
    assert manifest.entry("Other") is None


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
    models = read_manifest(built).models
    lines = table(models)
    assert [line[0] for line in lines if line[0]] == [entry["name"] for entry in models]
    # 22 outputs: two executions each, and Core ML's on a Mac.
    engines = 3 if sys.platform == "darwin" else 2
    assert len(lines) == engines * sum(len(entry["outputs"]) for entry in models) == engines * 22
    assert lines[0][3:6] == ("landmarks", "numpy", "reference float32")


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
