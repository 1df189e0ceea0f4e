"""The tables of facts/ as the templates see them: flat lists of numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import facts
from swift_templates.identifiers import distinct, member


@dataclass(frozen=True)
class Table:
    """Numbers, and where they come from."""

    numbers: tuple[int | float, ...]
    source: str
    licence: str


@dataclass(frozen=True)
class Topology:
    """How the mesh's landmarks hang together: triangles that are drawn, triangles of the sheet, contours by name.

    `eye` are the edges of the lid among the iris network's points around an eye.
    """

    tessellation: Table
    surface: Table
    contours: tuple[tuple[str, Table], ...]
    eye: Table


@dataclass(frozen=True)
class CanonicalFace:
    """Vertices in centimetres, texture coordinates, and the landmarks that a pose follows, with their weights."""

    vertices: Table
    texture: Table
    landmarks: Table
    weights: Table


def topology() -> Topology:
    """Out of facts/face_mesh_topology.json and facts/canonical_face.json; RenderError for names that Swift lacks."""
    drawn, face = facts.load("face_mesh_topology"), facts.load("canonical_face")
    contours = tuple((member(name, "a contour"), _flat(drawn, edges)) for name, edges in drawn["contours"].items())
    distinct([name for name, _ in contours], ("allCases", "rawValue", "hashValue"), "the contour")
    return Topology(_flat(drawn, drawn["tessellation"]), _flat(face, face["triangles"]), contours, _eye(drawn))


def _eye(drawn: dict[str, Any]) -> Table:
    """The person's right eye; where attention's outputs are named it is the left one, that of the picture."""
    refinement = facts.load("attention_refinement")
    order = refinement["overwrite"]["leftEye"]
    edges = [[order.index(start), order.index(end)] for start, end in drawn["contours"]["rightEye"]]
    source = f"{drawn['source']}, in the order of {refinement['source']}"
    return Table(_flat(drawn, edges).numbers, source, drawn["licence"])


def canonical_face() -> CanonicalFace:
    """Out of facts/canonical_face.json."""
    face = facts.load("canonical_face")
    landmarks = [[each["landmark"]] for each in face["procrustes"]]
    weights = [[each["weight"]] for each in face["procrustes"]]
    return CanonicalFace(*(_flat(face, rows) for rows in (face["vertices"], face["uv"], landmarks, weights)))


def _flat(table: dict[str, Any], rows: Iterable[Iterable[int | float]]) -> Table:
    return Table(tuple(number for row in rows for number in row), table["source"], table["licence"])
