"""What is to be known of a network of landmarks: how many, on which crop, and how they are connected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.numbers import whole_number

MESH_KEY = "com.blazemesh.mesh"
MOST_PIXELS, MOST_POINTS = 4096, 10_000
TOPOLOGIES = (None, "face_mesh_topology")
REFINEMENTS = (None, "attention_refinement")
"""The tables in facts/ that a package may name."""


@dataclass(frozen=True)
class Mesh:
    """A network of landmarks on a square crop of `side` pixels.

    `landmarks` is the number of points of each output, `topology` names the table in facts/ that connects them (None
    for the eye), `refinement` the one by which attention's extra outputs go among them.
    """

    side: int
    landmarks: tuple[tuple[str, int], ...]
    topology: str | None = None
    refinement: str | None = None

    def record(self) -> dict[str, Any]:
        """The JSON object behind MESH_KEY in a package's user-defined metadata, `form` left out."""
        return {
            "version": 1,
            "landmarks": dict(self.landmarks),
            "topology": self.topology,
            "refinement": self.refinement,
            "normalisation": {"side": self.side, "origin": "top left", "unit": "normalised to the crop", "z": "as x"},
        }

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "Mesh":
        """What `record` made; ValueError, TypeError or LookupError where it is broken."""
        side = whole_number(record["normalisation"]["side"], MOST_PIXELS)
        landmarks = tuple((str(name), whole_number(count, MOST_POINTS)) for name, count in record["landmarks"].items())
        topology, refinement = record["topology"], record["refinement"]
        if topology not in TOPOLOGIES or refinement not in REFINEMENTS:
            raise ValueError(f"the tables {topology!r} and {refinement!r}, of which one is not known")
        return cls(side, landmarks, topology, refinement)


MESHES: dict[str, Mesh] = {
    "FaceMesh": Mesh(192, (("landmarks", 468),), "face_mesh_topology"),
    "FaceMeshAttention": Mesh(192, (("landmarks", 478),), "face_mesh_topology", "attention_refinement"),
    "IrisLandmarks": Mesh(64, (("contour", 71), ("iris", 5))),
}
"""By the source model's name in models.toml."""
