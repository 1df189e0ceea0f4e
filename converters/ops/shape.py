"""Operators that move or cut values without computing."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import Context, ZeroPadding, common_axes
from converters.ops.activation import activated
from converters.ops.registry import register


@register("RESHAPE")
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
    axis = operator.whole("axis") % rank if rank else 0
    if not tensors or any(len(t.shape) != rank for t in tensors):
        raise ConversionError(f"operands of ranks {[len(t.shape) for t in tensors]}, expected all {rank}")
    axes = common_axes(context, tensors, rank)
    values = [context.value(t, axes) for t in tensors]
    var = activated(context, operator, lambda name: mb.concat(values=values, axis=axes.index(axis), name=name), result)
    context.put(result, var, axes)


@register("PAD")
def lower_pad(context: Context, operator: Operator) -> None:
    """Zeros around a tensor; around rows and columns alone it waits, since a convolution can pad by itself."""
    source, result = context.tensor(operator, 0), context.result(operator)
    amounts = context.constant(operator, 1)
    if amounts.shape != (len(source.shape), 2) or np.any(amounts < 0):
        raise ConversionError(f"paddings {amounts.tolist()} for the shape {list(source.shape)}")
    pairs = [(int(before), int(after)) for before, after in amounts]

    def emit() -> None:
        axes = context.axes(source)
        # MIL's vector covers the trailing axes; the ones in front of the first padded axis are left out.
        ordered = [pairs[axis] for axis in axes]
        first = next((j for j, pair in enumerate(ordered) if pair != (0, 0)), len(ordered) - 1)
        var = mb.pad(
            x=context.value(source, axes),
            pad=[amount for pair in ordered[first:] for amount in pair],
            mode="constant",
            constant_val=np.float32(0),
            name=context.name(result),
        )
        context.put(result, var, axes)

    if len(pairs) == 4 and pairs[0] == pairs[3] == (0, 0):
        context.defer(result, ZeroPadding(source.index, pairs[1], pairs[2]), emit)
    else:
        emit()


@register("STRIDED_SLICE")
def lower_strided_slice(context: Context, operator: Operator) -> None:
    """x[begin:end:stride] with begin and end masks, shrinking the axes that the shrink mask names."""
    source, result = context.tensor(operator, 0), context.result(operator)
    begin, end, stride = (context.constant(operator, position).reshape(-1).tolist() for position in (1, 2, 3))
    rank = len(source.shape)
    if not len(begin) == len(end) == len(stride) <= rank or 0 in stride:
        raise ConversionError(f"begin {begin}, end {end}, strides {stride} for the shape {list(source.shape)}")
    if operator.whole("ellipsisMask", 0) or operator.whole("newAxisMask", 0):
        raise ConversionError("ellipsis and new-axis masks are not supported")
    masks = {mask: operator.whole(mask, 0) for mask in ("beginMask", "endMask", "shrinkAxisMask")}
    missing = rank - len(begin)
    var = mb.slice_by_index(
        x=context.value(source),
        begin=begin + [0] * missing,
        end=end + [0] * missing,
        stride=stride + [1] * missing,
        begin_mask=[bool(masks["beginMask"] >> j & 1) or j >= len(begin) for j in range(rank)],
        end_mask=[bool(masks["endMask"] >> j & 1) or j >= len(begin) for j in range(rank)],
        squeeze_mask=[bool(masks["shrinkAxisMask"] >> j & 1) for j in range(rank)],
        name=context.name(result),
    )
    context.put(result, var)
