"""The attention network's outputs → the 478 points of the refined mesh."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

import facts
from pipelines.errors import ShapeError
from pipelines.landmarks import normalise

MESH = "landmarks"
"""The name of the network's mesh output; its other outputs have the names in facts/attention_refinement.json."""
MESH_POINTS = 468


@dataclass(frozen=True)
class Iris:
    """An iris: its output's name, its points among the 478, and the mesh points whose mean depth is its own."""

    name: str
    points: tuple[int, ...]
    contour: tuple[int, ...]


@dataclass(frozen=True)
class Refinement:
    """Which points each output refines: `overwrites` in order, (output's name, mesh point of each of its rows)."""

    overwrites: tuple[tuple[str, tuple[int, ...]], ...]
    irises: tuple[Iris, ...]

    @cached_property
    def outputs(self) -> tuple[tuple[str, tuple[int, int]], ...]:
        """Name and shape of each of the network's outputs that are points."""
        refined = [(name, (len(points), 2)) for name, points in self.overwrites]
        return (MESH, (MESH_POINTS, 3)), *refined, *((iris.name, (len(iris.points), 2)) for iris in self.irises)

    @cached_property
    def refining(self) -> tuple[str, ...]:
        """The outputs but the mesh, in the order in which they overwrite."""
        return (*(name for name, _ in self.overwrites), *(iris.name for iris in self.irises))

    @cached_property
    def refined(self) -> NDArray[np.intp]:
        """The points whose x and y are the rows of all of those, one after the other."""
        places = [points for _, points in self.overwrites] + [iris.points for iris in self.irises]
        return np.concatenate([np.array(points, np.intp) for points in places])


@cache
def attention_refinement() -> Refinement:
    """MediaPipe's refinement, out of facts/attention_refinement.json."""
    table = facts.load("attention_refinement")
    overwrites = tuple((name, tuple(points)) for name, points in table["overwrite"].items())
    depth, contours = table["irisDepth"], dict(overwrites)
    irises = tuple(
        Iris(name, tuple(points), contours[depth[name]][: depth["contourPoints"]])
        for name, points in table["irises"].items()
    )
    return Refinement(overwrites, irises)


def refine(tensors: Mapping[str, NDArray[np.floating]], side: int) -> NDArray[np.float32]:
    """The network's outputs by name, in pixels of a crop of `side` × `side` → landmarks [478, 3] normalised to it.

    The mesh, with x and y (never z) of the lips', the left and the right eye's points overwritten in this order, then
    five points an iris, whose z is the mean of the first 16 contour points' of its eye. ShapeError for outputs of other
    shapes. Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/landmarks_refinement_calculator.cc and
    mediapipe/modules/face_landmark/tensors_to_face_landmarks_with_attention.pbtxt.
    """
    recipe = attention_refinement()
    for name, shape in recipe.outputs:
        if tensors[name].shape != shape:
            raise ShapeError(f"output {name} of shape {list(tensors[name].shape)}, expected {list(shape)}")
    mesh = normalise(tensors[MESH], side)
    points = np.concatenate([mesh, np.zeros((sum(len(iris.points) for iris in recipe.irises), 3), np.float32)])
    points[recipe.refined, :2] = normalise(np.concatenate([tensors[name] for name in recipe.refining]), side)
    for iris in recipe.irises:
        points[list(iris.points), 2] = mesh[list(iris.contour), 2].mean(dtype=np.float64)
    return points
