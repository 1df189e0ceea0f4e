"""RESHAPE to more axes than Core ML has → TRANSPOSE → RESHAPE, as the same over fewer axes.

So pixels are shuffled, and pictures cut into windows and put together again: [1, 8, 4, 8, 4, 16] is transposed to
[1, 8, 8, 4, 4, 16], and axes of size 1, or that stay neighbours, are none of their own: [8, 4, 8, 64] does as well.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from converters.graph import Graph, Operator, Tensor

MOST_AXES = 5
"""Core ML's limit for a tensor."""

RESHAPING = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})


def with_merged_axes(graph: Graph) -> Graph:
    """The graph with every transposition between reshapes over as few axes as it needs, where it has too many."""
    tensors, operators = list(graph.tensors), list(graph.operators)
    for place, operator in enumerate(graph.operators):
        if operator.kind == "TRANSPOSE" and _only_between_reshapes(graph, operator):
            source, permutation, result = (tensors[j] for j in (*operator.inputs, *operator.outputs) if j is not None)
            order = [] if permutation.value is None else permutation.value.reshape(-1).tolist()
            if sorted(order) != list(range(len(source.shape))):
                continue
            shape, merged = merge_axes(source.shape, order)
            tensors[source.index] = replace(source, shape=shape)
            tensors[result.index] = replace(result, shape=tuple(shape[axis] for axis in merged))
            value = np.array(merged, np.int32)
            tensors.append(Tensor(len(tensors), f"{permutation.name}_merged", value.shape, "int32", value))
            operators[place] = replace(operator, inputs=(source.index, tensors[-1].index))
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))


def merge_axes(shape: Sequence[int], order: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The fewest axes that `shape`, transposed by `order`, can have in place of its own, and their order."""
    long = [axis for axis in order if shape[axis] != 1]
    following = dict(zip(sorted(long), sorted(long)[1:], strict=False))
    groups: list[list[int]] = []
    for axis in long:
        if groups and following.get(groups[-1][-1]) == axis:
            groups[-1].append(axis)
        else:
            groups.append([axis])
    ordered = sorted(groups)
    sizes = tuple(int(np.prod([shape[axis] for axis in group])) for group in ordered)
    return sizes or (1,), tuple(ordered.index(group) for group in groups) or (0,)


def _only_between_reshapes(graph: Graph, operator: Operator) -> bool:
    """Whether a TRANSPOSE of too many axes reads a reshape that nobody else reads, and only reshapes read it."""
    if len(operator.inputs) != 2 or None in operator.inputs or len(operator.outputs) != 1:
        return False
    source, result = operator.inputs[0], operator.outputs[0]
    if source is None or len(graph.tensors[source].shape) <= MOST_AXES or {source, result} & set(graph.outputs):
        return False
    makers = [o for o in graph.operators if source in o.outputs]
    readers = [o for o in graph.operators if source in o.inputs]
    users = [o for o in graph.operators if result in o.inputs]
    return readers == [operator] and all(o.kind in RESHAPING for o in (*makers, *users)) and bool(makers)
