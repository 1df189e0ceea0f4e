"""Operators that pick by index."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register
from converters.operands import whole_axis


@register("GATHER")
def emit_gather(context: Context[V], operator: Operator) -> None:
    """x at the indices along an axis, of each batch by itself where there are batch dimensions."""
    source, indices = context.tensor(operator, 0), context.tensor(operator, 1)
    axis = whole_axis(operator.whole("axis", 0), source)
    known = context.known(indices)
    if known is not None and not np.all((known >= 0) & (known < source.shape[axis])):
        raise ConversionError(f"indices from {known.min()} to {known.max()} into an axis of {source.shape[axis]}")
    batches = operator.whole("batchDims", 0)
    batches += len(indices.shape) if batches < 0 else 0
    if batches > axis or source.shape[:batches] != indices.shape[:batches]:
        raise ConversionError(f"{batches} batch dimensions of {list(source.shape)} and {list(indices.shape)}")
    made = context.home.gather(context.value(source), context.value(indices), axis, batches)
    context.put(context.result(operator), made)


@register("GATHER_ND")
def emit_gather_nd(context: Context[V], operator: Operator) -> None:
    """x at index tuples."""
    source, indices = context.tensor(operator, 0), context.tensor(operator, 1)
    if not indices.shape or indices.shape[-1] > len(source.shape):
        raise ConversionError(f"index tuples {list(indices.shape)} into the shape {list(source.shape)}")
    made = context.home.gather_nd(context.value(source), context.value(indices))
    context.put(context.result(operator), made)


@register("SCATTER_ND")
def emit_scatter_nd(context: Context[V], operator: Operator) -> None:
    """Updates at index tuples of a tensor of zeros; what meets at one place is summed."""
    indices, updates, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    depth = indices.shape[-1] if indices.shape else 0
    if not 1 <= depth <= len(result.shape) or updates.shape != (*indices.shape[:-1], *result.shape[depth:]):
        raise ConversionError(f"updates {list(updates.shape)} at {list(indices.shape)} of {list(result.shape)}")
    made = context.home.scatter_nd(context.value(indices), context.value(updates), result.shape)
    context.put(result, made)
