"""A package's form, read back from its metadata as strangers' data."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.detector import DETECTOR_KEY, LANDMARKS_KEY, Detector
from pipelines.errors import FormError
from pipelines.forms.detections import Faces, Proposals, Vision
from pipelines.forms.form import Form
from pipelines.forms.landmarks import Eye, FaceMesh
from pipelines.mesh import MESH_KEY, Mesh

DETECTOR_FORMS: dict[str, type[Faces | Vision | Proposals]] = {form.name: form for form in (Faces, Vision, Proposals)}
MESH_FORMS: dict[str, type[FaceMesh | Eye]] = {form.name: form for form in (FaceMesh, Eye)}

LONGEST = 160
"""Characters of an error's message that are shown."""


def read_form(user_defined: Mapping[str, str]) -> Form | None:
    """The form that a package's user-defined metadata describes; None for a bare network. FormError in one line."""
    try:
        if DETECTOR_KEY in user_defined:
            record = _record(user_defined[DETECTOR_KEY])
            form = DETECTOR_FORMS[record["form"]](Detector.read(record))
            if isinstance(form, Vision) and LANDMARKS_KEY not in user_defined:
                return replace(form, with_landmarks=False)
            return form
        if MESH_KEY in user_defined:
            record = _record(user_defined[MESH_KEY])
            return _landmarks(MESH_FORMS[record["form"]], Mesh.read(record))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
        raise FormError(
            f"broken metadata '{DETECTOR_KEY}' or '{MESH_KEY}' ({_shown(error)}); build the package again"
        ) from error
    return None


def _landmarks(kind: type[FaceMesh | Eye], mesh: Mesh) -> FaceMesh | Eye:
    """The form, if the network gives what it needs."""
    if (found := {name for name, _ in mesh.landmarks}) != kind.points:
        raise ValueError(f"landmarks of {', '.join(sorted(found)) or 'nothing'} in the form {kind.name}")
    return kind(mesh)


def _shown(error: Exception) -> str:
    """A message about strangers' data in one line of a bearable length."""
    line = " ".join(f"{type(error).__name__}: {error}".split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _record(text: str) -> dict[str, Any]:
    record = json.loads(text)
    if record["version"] != 1:
        raise ValueError(f"version {record['version']!r}, this program reads version 1")
    found: dict[str, Any] = record
    return found
