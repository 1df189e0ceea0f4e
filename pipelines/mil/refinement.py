"""The attention network's outputs → the 478 points of the refined mesh, as MIL: the twin of pipelines.refinement."""

from collections.abc import Mapping

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.finish import Var
from pipelines.mil.landmarks import normalise
from pipelines.refinement import MESH, MESH_POINTS, Refinement, attention_refinement


def refine(tensors: Mapping[str, Var], side: int) -> Var:
    """The network's outputs by name, in pixels of a crop of `side` × `side` → landmarks [478, 3] normalised to it.

    Nothing is scattered: which output's row a point has in the end is known, so x, y are one gather from all outputs'
    rows, and z one from the mesh's and the irises' mean.
    """
    recipe = attention_refinement()
    mesh = tensors[MESH]
    flat = mb.slice_by_size(x=mesh, begin=[0, 0], size=[MESH_POINTS, 2], name="mesh_xy")
    depth = mb.slice_by_size(x=mesh, begin=[0, 2], size=[MESH_POINTS, 1], name="mesh_z")
    rows = mb.concat(values=[flat, *(tensors[name] for name, _ in recipe.outputs[1:])], axis=0, name="all_xy")
    contours = np.array([iris.contour for iris in recipe.irises], np.int32)
    around = mb.squeeze(x=mb.gather(x=depth, indices=contours, axis=0, name="contours_z"), axes=[2])
    means = mb.reduce_mean(x=around, axes=[1], keep_dims=True, name="irises_z")
    depths = mb.concat(values=[depth, means], axis=0, name="all_z")
    xy, z = refined_rows(recipe)
    points = [
        mb.gather(x=rows, indices=np.array(xy, np.int32), axis=0, name="refined_xy"),
        mb.gather(x=depths, indices=np.array(z, np.int32), axis=0, name="refined_z"),
    ]
    return normalise(mb.concat(values=points, axis=1, name="refined"), side)


def refined_rows(recipe: Refinement) -> tuple[list[int], list[int]]:
    """For each of the 478 points, the row of its x, y among all outputs' rows, and of its z among depths.

    Rows stand in the order of `recipe.outputs`; behind the mesh's depths stands one for each iris.
    """
    xy, z = list(range(MESH_POINTS)), list(range(MESH_POINTS))
    first = MESH_POINTS
    for _, points in recipe.overwrites:
        for row, point in enumerate(points):
            xy[point] = first + row
        first += len(points)
    for number, iris in enumerate(recipe.irises):
        xy += range(first, first + len(iris.points))
        z += [MESH_POINTS + number] * len(iris.points)
        first += len(iris.points)
    return xy, z
