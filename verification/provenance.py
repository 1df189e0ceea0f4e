"""What a package says of its source (the metadata `com.blazemesh.source`), read as strangers' data."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from verification.executor.errors import PackageError

SOURCE_KEY = "com.blazemesh.source"
SUBJECTS = ("frame", "face", "eye", "any")


@dataclass(frozen=True)
class SourceInput:
    """An input's tensor in the original; a picture's 0…255 become `low`…`high` there."""

    name: str
    tensor: str
    low: float
    high: float


@dataclass(frozen=True)
class SourceOutput:
    """An output's tensor in the original, its unit ("px", "logit", "value"), and the shape that it is given."""

    name: str
    tensor: str
    unit: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Meaning:
    """What is known of an original: what it looks at, and the units of its outputs by tensor; "value" for others."""

    subject: str
    units: Mapping[str, str]


UNKNOWN = Meaning("any", {})


@dataclass(frozen=True)
class Source:
    """The original of a package: its file, its hash, what it looks at, and which tensor is behind which feature."""

    file: str
    sha256: str
    subject: str
    inputs: tuple[SourceInput, ...]
    outputs: tuple[SourceOutput, ...]

    def meaning(self, known: Meaning) -> "Source":
        """The same with the subject and the units that are known: a package can't choose what it is held to."""
        outputs = tuple(replace(output, unit=known.units.get(output.tensor, "value")) for output in self.outputs)
        return replace(self, subject=known.subject, outputs=outputs)


def read_source(package: str, metadata: Mapping[str, str]) -> Source:
    """The record in a package's user-defined metadata; PackageError where it is missing or broken."""
    if SOURCE_KEY not in metadata:
        raise PackageError(
            f"{package}: no '{SOURCE_KEY}' in its metadata, so nothing says which tensor is behind which feature; "
            "expected a package that `blazemesh convert` or `blazemesh build` made"
        )
    try:
        return _parse(json.loads(metadata[SOURCE_KEY]))
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise PackageError(f"{package}: broken metadata '{SOURCE_KEY}' ({error}); convert the model again") from error


def _parse(record: Any) -> Source:
    if record["version"] != 1:
        raise ValueError(f"version {record['version']}, this program reads version 1")
    if record["subject"] not in SUBJECTS:
        raise ValueError(f"subject {record['subject']!r}, expected one of {', '.join(SUBJECTS)}")
    inputs = []
    for item in record["inputs"]:
        low, high = (float(bound) for bound in item["range"])
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ValueError(f"the range of {item['name']} is {low} to {high}")
        inputs.append(SourceInput(str(item["name"]), str(item["tensor"]), low, high))
    outputs = [
        SourceOutput(str(o["name"]), str(o["tensor"]), str(o["unit"]), tuple(int(size) for size in o["shape"]))
        for o in record["outputs"]
    ]
    return Source(str(record["file"]), str(record["sha256"]), record["subject"], tuple(inputs), tuple(outputs))
