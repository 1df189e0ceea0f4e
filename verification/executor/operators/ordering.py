"""Sorting, and sums in order."""

import numpy as np

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.elementwise import named_dtype
from verification.executor.operators.registry import register
from verification.executor.operators.shape import positive_axis


@register("topk")
def topk(
    graph: Graph,
    x: Tensor,
    k: int = 1,
    axis: int = -1,
    ascending: bool = False,
    sort: bool = True,
    return_indices: bool = True,
    output_indices_dtype: str = "int32",
) -> str | tuple[str, ...]:
    """The k largest (smallest, if ascending) elements along `axis` in order, and their indices; -1 takes all.

    Of equal ones the first comes first, which MIL leaves open. With `sort` off MIL promises no order: refused.
    """
    if not sort:
        raise PackageError("found sort off, for which no order is defined")
    size = x.shape[positive_axis(axis, x.rank)]
    count = size if k == -1 else k
    if not 1 <= count <= size:
        raise PackageError(f"found k {k}, expected at most {size}")
    values, indices = _sorted(graph, x, count, axis, ascending)
    return (values, graph.cast(indices, named_dtype(output_indices_dtype))) if return_indices else values


@register("argsort")
def argsort(graph: Graph, x: Tensor, axis: int = -1, ascending: bool = False) -> str:
    """The indices that sort x along `axis`; of equal elements the first comes first, which MIL leaves open."""
    size = x.shape[positive_axis(axis, x.rank)]
    return graph.cast(_sorted(graph, x, size, axis, ascending)[1], "int32")


@register("cumsum")
def cumsum(graph: Graph, x: Tensor, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> str:
    """Sums of the elements up to each, from the end if `reverse`; without the element itself if `exclusive`."""
    place = graph.constant(np.array(axis, np.int64))
    return graph.node("CumSum", x, place, exclusive=int(exclusive), reverse=int(reverse))


def _sorted(graph: Graph, x: Tensor, count: int, axis: int, ascending: bool) -> tuple[str, ...]:
    return graph.nodes("TopK", (x, graph.integers([count])), 2, axis=axis, largest=int(not ascending), sorted=1)
