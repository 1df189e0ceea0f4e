"""Operators that move or cut values without computing."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.bounds import read_cuts
from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import Context, common_axes, remaining_axes
from converters.ops.activation import activated
from converters.ops.registry import register


@register("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
def lower_reshape(context: Context, operator: Operator) -> None:
    """The same values in another shape; the result's declared shape says which."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if np.prod(source.shape, dtype=np.int64) != np.prod(result.shape, dtype=np.int64):
        raise ConversionError(f"{list(source.shape)} can't become {list(result.shape)}")
    context.put(result, context.reshaped(source, result.shape, context.name(result)))


@register("CONCATENATION")
def lower_concatenation(context: Context, operator: Operator) -> None:
    """Operands one behind another along an axis."""
    result = context.result(operator)
    rank = len(result.shape)
    tensors = [context.tensor(operator, position) for position in range(len(operator.inputs))]
    axis = operator.whole("axis")
    if not tensors or any(len(t.shape) != rank for t in tensors) or not -rank <= axis < rank:
        raise ConversionError(f"operands of ranks {[len(t.shape) for t in tensors]} along axis {axis}")
    axes = common_axes(context, tensors, rank)
    values = [context.value(t, axes) for t in tensors]
    var = activated(
        context, operator, lambda name: mb.concat(values=values, axis=axes.index(axis % rank), name=name), result
    )
    context.put(result, var, axes)


@register("STRIDED_SLICE")
def lower_strided_slice(context: Context, operator: Operator) -> None:
    """x[begin:end:stride] with all of TensorFlow's masks; new axes come by the shape that the result declares."""
    source, result = context.tensor(operator, 0), context.result(operator)
    cuts, gone = read_cuts(context, operator)
    widened = len(result.shape) > len(source.shape) - len(gone)
    order = tuple(range(len(source.shape))) if widened else context.axes(source)
    name = context.name(result)
    var = mb.slice_by_index(
        x=context.value(source, order),
        begin=[cuts[axis][0] for axis in order],
        end=[max(cuts[axis][1], 0) for axis in order],
        stride=[cuts[axis][2] for axis in order],
        end_mask=[cuts[axis][1] < 0 for axis in order],
        squeeze_mask=[axis in gone for axis in order],
        name=f"{name}_cut" if widened else name,
    )
    if widened:
        context.put(result, mb.reshape(x=var, shape=list(result.shape), name=name))
    else:
        context.put(result, var, remaining_axes(order, gone))
