"""Operators that reshape, transpose, join or repeat."""

from math import prod

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import TYPES, V
from converters.homes.registry import register
from converters.operands import whole_axis


@register("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
def emit_reshape(context: Context[V], operator: Operator) -> None:
    """The same values in another shape; the result's declared shape says which."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if prod(source.shape) != prod(result.shape):
        raise ConversionError(f"{list(source.shape)} can't become {list(result.shape)}")
    context.put(result, context.home.reshape(context.value(source), result.shape))


@register("TRANSPOSE")
def emit_transpose(context: Context[V], operator: Operator) -> None:
    """Axes in another order."""
    source, order = context.tensor(operator, 0), context.constant(operator, 1).reshape(-1).tolist()
    if sorted(order) != list(range(len(source.shape))):
        raise ConversionError(f"the permutation {order} of {len(source.shape)} axes")
    context.put(context.result(operator), context.home.transpose(context.value(source), order))


@register("CONCATENATION")
def emit_concatenation(context: Context[V], operator: Operator) -> None:
    """Operands one behind another along an axis."""
    rank, axis = len(context.result(operator).shape), operator.whole("axis")
    tensors = [context.tensor(operator, position) for position in range(len(operator.inputs))]
    if not tensors or any(len(t.shape) != rank for t in tensors) or not -rank <= axis < rank:
        raise ConversionError(f"operands of ranks {[len(t.shape) for t in tensors]} along axis {axis}")
    context.put_activated(operator, context.home.concat([context.value(t) for t in tensors], axis % rank))


@register("PACK")
def emit_pack(context: Context[V], operator: Operator) -> None:
    """Operands of one shape side by side along a new axis."""
    result = context.result(operator)
    axis = whole_axis(operator.whole("axis", 0), result)
    values = []
    for position in range(len(operator.inputs)):
        shape = context.tensor(operator, position).shape
        widened = (*shape[:axis], 1, *shape[axis:])
        values.append(context.home.reshape(context.operand(operator, position), widened))
    context.put(result, context.home.concat(values, axis))


@register("TILE", "BROADCAST_TO")
def emit_tile(context: Context[V], operator: Operator) -> None:
    """The tensor repeated along its axes, as often as the result's shape says."""
    source, result = context.tensor(operator, 0), context.result(operator)
    shape = (1,) * (len(result.shape) - len(source.shape)) + source.shape
    if len(shape) != len(result.shape) or any(w % p for w, p in zip(result.shape, shape, strict=True)):
        raise ConversionError(f"{list(source.shape)} can't be repeated to {list(result.shape)}")
    x = context.value(source)
    x = x if shape == source.shape else context.home.reshape(x, shape)
    repeats = [whole // part for whole, part in zip(result.shape, shape, strict=True)]
    context.put(result, x if set(repeats) <= {1} else context.home.tile(x, repeats))


@register("SHAPE")
def emit_shape(context: Context[V], operator: Operator) -> None:
    """The operand's shape, which is known."""
    result = context.result(operator)
    if result.dtype not in ("int32", "int64"):
        raise ConversionError(f"a shape as {result.dtype}, expected int32 or int64")
    context.put(result, context.home.constant(np.array(context.tensor(operator, 0).shape, result.dtype)))


@register("ZEROS_LIKE", "FILL")
def emit_fill(context: Context[V], operator: Operator) -> None:
    """One value everywhere: zero, or operand 1, in the shape that the result declares."""
    result = context.result(operator)
    value = np.zeros(()) if operator.kind == "ZEROS_LIKE" else context.constant(operator, 1)
    if value.size != 1 or result.dtype not in TYPES:
        raise ConversionError(f"fills with {value.tolist()} of {result.dtype}, expected a single number")
    filled = np.full(result.shape, value.reshape(()), TYPES[result.dtype])
    context.put(result, context.home.constant(filled))
