"""The forms of the packages that place landmarks on a crop: a face's mesh, refined or not, and an eye."""

import json
from dataclasses import dataclass
from typing import ClassVar

from pipelines.forms.form import Array, Output, Raw, Scalar
from pipelines.landmarks import normalise, presence
from pipelines.mesh import MESH_KEY, Mesh
from pipelines.refinement import refine

AXES = "x, y, z normalised to the crop, origin top left, z in x's scale, smaller towards the camera"


@dataclass(frozen=True)
class _Landmarks:
    mesh: Mesh
    name: ClassVar[str]
    points: ClassVar[frozenset[str]]
    """The outputs that are points, by their names in Mesh.landmarks."""
    scalars: ClassVar[tuple[Scalar, ...]] = ()

    def metadata(self) -> dict[str, str]:
        """MESH_KEY."""
        return {MESH_KEY: json.dumps({**self.mesh.record(), "form": self.name}, sort_keys=True)}


@dataclass(frozen=True)
class FaceMesh(_Landmarks):
    """The points of a face and whether one is there."""

    name: ClassVar[str] = "mesh"
    points: ClassVar[frozenset[str]] = frozenset({"landmarks"})

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Landmarks and presence."""
        count = dict(self.mesh.landmarks)["landmarks"]
        return (
            Output("landmarks", "normalised", f"Shape [{count}, 3], the points of the face mesh: {AXES}."),
            Output("presence", "probability", "Shape [1], 0 to 1: whether the crop holds a face."),
        )

    def finish(self, raw: Raw) -> dict[str, Array]:
        """Refined where the network refines, normalised, the presence as a probability."""
        refined = self.mesh.refinement is not None
        points = refine(raw, self.mesh.side) if refined else normalise(raw["landmarks"], self.mesh.side)
        return {"landmarks": points, "presence": presence(raw["presence"])}


@dataclass(frozen=True)
class Eye(_Landmarks):
    """The points around an eye and on its iris."""

    name: ClassVar[str] = "eye"
    points: ClassVar[frozenset[str]] = frozenset({"contour", "iris"})

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Contour and iris."""
        counts = dict(self.mesh.landmarks)
        return (
            Output("contour", "normalised", f"Shape [{counts['contour']}, 3], around the eye and its brow: {AXES}."),
            Output("iris", "normalised", f"Shape [{counts['iris']}, 3], centre, right, top, left, bottom: {AXES}."),
        )

    def finish(self, raw: Raw) -> dict[str, Array]:
        """Normalised."""
        return {name: normalise(raw[name], self.mesh.side) for name, _ in self.mesh.landmarks}
