"""What Xcode shows of a package."""

import json
from collections.abc import Iterator
from typing import Any

from verification.lint.package import Package
from verification.lint.registry import Problems, rule

_MODEL_PROTO = "apple/coremltools mlmodel/format/Model.proto"
_JSON_KEYS = (
    "com.blazemesh.source",
    "com.blazemesh.detector",
    "com.blazemesh.landmarks",
    "com.blazemesh.mesh",
    "com.apple.coreml.model.preview.params",
)


@rule("metadata", severity="warning", source=f"{_MODEL_PROTO} (Metadata)", stage="root")
def metadata(package: Package) -> Problems:
    """Author, licence, version and a short description are what whoever opens the package in Xcode knows of it."""
    about = package.root.description.metadata
    fields = {
        "author": about.author,
        "license": about.license,
        "version": about.versionString,
        "short description": about.shortDescription,
    }
    for name, text in fields.items():
        if not text.strip():
            yield "metadata", f"found no {name}, expected one for Xcode to show: set it"


@rule("feature-descriptions", severity="warning", source=f"{_MODEL_PROTO} (FeatureDescription)", stage="root")
def feature_descriptions(package: Package) -> Problems:
    """Each input and output says in a short description what it means: units, axes, order."""
    for where, message in _described(package):
        if not message.shortDescription.strip():
            yield where, "found no short description, expected units, axes and order: describe it"


@rule(
    "metadata-json",
    severity="warning",
    source="BlazeMesh's own record of a package's source; coremltools guide, Xcode Model Preview Types",
    stage="root",
)
def metadata_json(package: Package) -> Problems:
    """Metadata that is read as a JSON object is one: Xcode's preview parameters, and what the package says of its
    source."""
    entries = package.root.description.metadata.userDefined
    for key in (key for key in _JSON_KEYS if key in entries):
        try:
            found = json.loads(entries[key])
        except (ValueError, RecursionError) as error:
            yield f"metadata {key!r}", f"found no JSON ({error}), expected an object: write it again"
            continue
        if not isinstance(found, dict):
            yield f"metadata {key!r}", f"found {type(found).__name__} in JSON, expected an object: write it again"


def _described(package: Package) -> Iterator[tuple[str, Any]]:
    """The features that an app sees."""
    yield from ((f"input {message.name!r}", message) for message in package.root.description.input)
    yield from ((f"output {message.name!r}", message) for message in package.root.description.output)
