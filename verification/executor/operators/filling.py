"""Values that follow from shapes and positions."""

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import Ints, register
from verification.executor.operators.shape import positive_axis
from verification.executor.operators.tables import LARGEST_TABLE, expect_table

_ZERO = np.zeros((), np.float32)


@register("fill")
def fill(graph: Graph, shape: Ints, value: Array = _ZERO) -> Array:
    """One value everywhere, in its own type."""
    expect_table(*shape)
    return np.full(shape, value, value.dtype)


@register("fill_like")
def fill_like(graph: Graph, ref_tensor: Tensor, value: Array = _ZERO) -> Array:
    """One value everywhere, in its own type and the shape of `ref_tensor`."""
    expect_table(*ref_tensor.shape)
    return np.full(ref_tensor.shape, value, value.dtype)


@register("shape")
def shape(graph: Graph, x: Tensor) -> Array:
    """The shape of x, int32."""
    return np.array(x.shape, np.int32)


@register("range_1d")
def range_1d(graph: Graph, end: Array, start: Array, step: Array) -> Array:
    """start, start + step, … before end."""
    first, last, stride = start.item(), end.item(), step.item()
    if stride == 0 or not abs(last - first) <= LARGEST_TABLE * abs(stride):
        raise PackageError(f"found the range {first} to {last} in steps of {stride}")
    sequence: Array = np.arange(first, last, stride, dtype=start.dtype)
    return sequence


@register("one_hot")
def one_hot(
    graph: Graph,
    indices: Tensor,
    one_hot_vector_size: int,
    axis: int = -1,
    on_value: Array = np.ones((), np.int32),  # noqa: B008
    off_value: Array = np.zeros((), np.int32),  # noqa: B008
) -> str:
    """A new axis of a given size: `on_value` at the index, else `off_value`; an index outside has no `on_value`."""
    expect_table(one_hot_vector_size)
    place = positive_axis(axis, indices.rank + 1)
    positions = np.arange(one_hot_vector_size, dtype=np.int64).reshape(-1, *[1] * (indices.rank - place))
    column = graph.node("Unsqueeze", graph.cast(indices, "int64"), graph.integers([place]))
    chosen = graph.node("Equal", column, graph.constant(positions))
    return graph.node("Where", chosen, graph.constant(on_value), graph.constant(off_value))


@register("band_part")
def band_part(graph: Graph, x: Tensor, lower: int = -1, upper: int = -1) -> str:
    """x in the last two axes' diagonal and `lower` diagonals below, `upper` above (all, if negative), else 0."""
    rows, columns = x.shape[-2:]
    expect_table(rows, columns)
    below = np.arange(rows)[:, None] - np.arange(columns)
    band = ((lower < 0) | (below <= lower)) & ((upper < 0) | (-below <= upper))
    zero = graph.cast(graph.scalar(0.0), x.type.dtype)
    return graph.node("Where", graph.constant(band), x, zero)
