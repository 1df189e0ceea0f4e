"""Operators that only unpack stored weights (DENSIFY, DEQUANTIZE of float16) → constants."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from converters.densify import Sparsity, densify
from converters.errors import ConversionError
from converters.graph import FLOAT_TYPES, Graph, Operator, Tensor

UNPACKING = frozenset({"DENSIFY", "DEQUANTIZE"})
MOST_UNPACKED_ELEMENTS = 2**26
"""The size of what a few bytes claim to unpack to costs their author nothing: it is bounded below what memory holds."""


def fold_stored_weights(graph: Graph, sparsities: Mapping[int, Sparsity]) -> Graph:
    """The graph with every stored weight a dense constant; `sparsities`: each sparse one's layout, by index."""
    tensors = list(graph.tensors)
    unpacked = [
        *sparsities,
        *(j for operator in graph.operators if operator.kind in UNPACKING for j in operator.outputs),
    ]
    if sum(prod(tensors[index].shape) for index in unpacked) > MOST_UNPACKED_ELEMENTS:
        raise ConversionError(f"its stored weights unpack to more than {MOST_UNPACKED_ELEMENTS} values")
    for index, sparsity in sparsities.items():
        stored = tensors[index]
        if stored.value is not None:
            dense = densify(stored.value, stored.shape, sparsity, stored.name)
            tensors[index] = replace(stored, value=dense, stored_sparse=True)
    kept = []
    for operator in graph.operators:
        folded = _unpacked(operator, tensors)
        if folded is None:
            kept.append(operator)
        else:
            tensors[folded.index] = folded
    return replace(graph, tensors=tuple(tensors), operators=tuple(kept))


def _unpacked(operator: Operator, tensors: list[Tensor]) -> Tensor | None:
    """What `operator` makes, as a constant, or None where it does more than unpack one."""
    if operator.kind not in UNPACKING or len(operator.inputs) != 1 or operator.inputs[0] is None:
        return None
    source, target = tensors[operator.inputs[0]], tensors[operator.outputs[0]]
    if source.value is None or source.dtype not in FLOAT_TYPES:
        return None
    if source.shape != target.shape:
        raise ConversionError(
            f"operator {operator.index} {operator.kind} turns the shape {source.shape} into {target.shape}"
        )
    return replace(target, value=source.value.astype(target.dtype), stored_sparse=source.stored_sparse)
