"""A converted model → an `.mlpackage` folder whose bytes depend on nothing but the model."""

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from converters.features import Features

SPECIFICATION = "com.apple.CoreML/model.mlmodel"
WEIGHTS = "com.apple.CoreML/weights"
CONVERSION_DATE = "com.github.apple.coremltools.conversion_date"
IDENTIFIERS = uuid.UUID("6d3fd8f0-52a8-5a0e-9a58-0a5dd2b3b0a1")
"""The name space of the identifiers in Manifest.json, which coremltools draws at random."""


def write_package(model: Any, features: Features, metadata: Mapping[str, str], destination: Path) -> None:
    """Write coremltools' MLModel as the folder `destination`, which must not exist.

    The same model gives the same bytes in any process on any day: no conversion date, map entries in order, identifiers
    derived from the items' paths. `metadata` goes into the model's user-defined part. OSError where the disk refuses.
    """
    specification = model.get_spec()
    describe(specification, features, metadata)
    data = destination / "Data"
    (data / SPECIFICATION).parent.mkdir(parents=True)
    (data / SPECIFICATION).write_bytes(specification.SerializeToString(deterministic=True))
    (data / WEIGHTS).mkdir()
    for weights in sorted(Path(model.weights_dir).iterdir()):
        shutil.copyfile(weights, data / WEIGHTS / weights.name)  # not copytree: it keeps the folder's private mode
    (destination / "Manifest.json").write_text(json.dumps(_manifest(), indent=4) + "\n", encoding="utf-8")


def describe(specification: Any, features: Features, metadata: Mapping[str, str]) -> None:
    """Fill in what Xcode shows: author, licence, version, what each input and output means."""
    about = specification.description.metadata
    about.author, about.license = features.author, features.licence
    about.versionString, about.shortDescription = features.version, features.description
    about.userDefined.pop(CONVERSION_DATE, None)
    about.userDefined.update(metadata)
    meanings = dict(features.visible)
    for feature in (*specification.description.input, *specification.description.output):
        feature.shortDescription = meanings[feature.name]


def _manifest() -> dict[str, Any]:
    """Manifest.json as coremltools' ModelPackage writes and reads it (modelpackage/src/ModelPackage.cpp)."""
    items = {
        SPECIFICATION: ("model.mlmodel", "CoreML Model Specification"),
        WEIGHTS: ("weights", "CoreML Model Weights"),
    }
    entries = {
        _item_identifier(path): {
            "author": "com.apple.CoreML",
            "description": description,
            "name": name,
            "path": path,
        }
        for path, (name, description) in items.items()
    }
    return {
        "fileFormatVersion": "1.0.0",
        "itemInfoEntries": dict(sorted(entries.items())),
        "rootModelIdentifier": _item_identifier(SPECIFICATION),
    }


def _item_identifier(path: str) -> str:
    return str(uuid.uuid5(IDENTIFIERS, path)).upper()
