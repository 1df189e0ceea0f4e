"""Operators that write updates into a tensor at given positions.

`mode` says what becomes of the value there: update (replace), add, sub, mul, div, max or min. Where positions repeat,
all of their updates count; with "update" MIL leaves open which remains.
"""

import numpy as np

from verification.executor.dtypes import FLOAT16, FLOAT32
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.indexing import integer_indices, refuse_validation
from verification.executor.operators.registry import register
from verification.executor.operators.shape import positive_axis
from verification.executor.operators.tables import expect_table

_REDUCTIONS = {"update": "none", "add": "add", "mul": "mul", "max": "max", "min": "min"}


@register("scatter_nd")
def scatter_nd(
    graph: Graph, data: Tensor, indices: Tensor, updates: Tensor, mode: str = "add", validate_indices: bool = False
) -> str:
    """data, with updates[i] at the slice that indices[i] (a vector along the last axis) names."""
    refuse_validation(validate_indices)
    return _scatter(graph, "ScatterND", data, graph.cast(indices, "int64"), updates, mode)


@register("scatter_along_axis")
def scatter_along_axis(
    graph: Graph,
    data: Tensor,
    indices: Tensor,
    updates: Tensor,
    axis: int = 0,
    mode: str = "add",
    validate_indices: bool = False,
) -> str:
    """data, with updates[p] at [p with indices[p] in place of its entry at `axis`]."""
    refuse_validation(validate_indices)
    return _scatter(graph, "ScatterElements", data, integer_indices(graph, indices), updates, mode, axis=axis)


@register("scatter")
def scatter(
    graph: Graph,
    data: Tensor,
    indices: Tensor,
    updates: Tensor,
    axis: int = 0,
    mode: str = "add",
    validate_indices: bool = False,
) -> str:
    """data, with slice i of the updates along `axis` at slice indices[i]; the indices are a vector."""
    refuse_validation(validate_indices)
    axis = positive_axis(axis, data.rank)
    if indices.rank != 1 or updates.rank != data.rank:
        raise PackageError(f"found indices {indices.type} and updates {updates.type}, expected a vector and slices")
    column = graph.node("Reshape", indices, graph.integers(-1 if i == axis else 1 for i in range(data.rank)))
    everywhere = graph.node("Expand", column, graph.integers(updates.shape))
    return _scatter(graph, "ScatterElements", data, everywhere, updates, mode, axis=axis)


def _scatter(
    graph: Graph, kind: str, data: Tensor, indices: Operand, updates: Tensor, mode: str, axis: int | None = None
) -> str:
    if mode in _REDUCTIONS:
        return graph.node(kind, data, indices, updates, reduction=_REDUCTIONS[mode], axis=axis)
    if mode == "sub":
        return graph.node(kind, data, indices, graph.node("Neg", updates), reduction="add", axis=axis)
    if mode == "div" and data.type.dtype in (FLOAT16, FLOAT32):
        expect_table(*data.shape)
        ones = graph.constant(np.ones(data.shape, np.float32))
        return graph.node("Div", data, graph.node(kind, ones, indices, updates, reduction="mul", axis=axis))
    raise PackageError(f"found the mode {mode!r} for {data.type}, expected one of {sorted(_REDUCTIONS)}, sub or div")
