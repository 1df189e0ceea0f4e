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
    axis = operator.whole("axis")
    if not tensors or any(len(t.shape) != rank for t in tensors) or not -rank <= axis < rank:
        raise ConversionError(f"operands of ranks {[len(t.shape) for t in tensors]} along axis {axis}")
    axes = common_axes(context, tensors, rank)
    values = [context.value(t, axes) for t in tensors]
    var = activated(
        context, operator, lambda name: mb.concat(values=values, axis=axes.index(axis % rank), name=name), result
    )
    context.put(result, var, axes)


@register("PAD")
def lower_pad(context: Context, operator: Operator) -> None:
    """Zeros around a tensor; around rows and columns alone it waits, since a convolution can pad by itself."""
    source, result = context.tensor(operator, 0), context.result(operator)
    amounts = context.constant(operator, 1)
    if amounts.shape != (len(source.shape), 2) or np.any(amounts < 0):
        raise ConversionError(f"paddings {amounts.tolist()} for the shape {list(source.shape)}")
    pairs = [(int(before), int(after)) for before, after in amounts]
    padded = tuple(before + size + after for size, (before, after) in zip(source.shape, pairs, strict=True))
    if padded != result.shape:
        raise ConversionError(f"{list(source.shape)} padded by {pairs} is not {list(result.shape)}")

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
    """x[begin:end:stride] with begin and end masks, dropping the axes that the shrink mask names."""
    source, result = context.tensor(operator, 0), context.result(operator)
    begin, end, stride = (context.constant(operator, position).reshape(-1).tolist() for position in (1, 2, 3))
    if not len(begin) == len(end) == len(stride) <= len(source.shape) or 0 in stride:
        raise ConversionError(f"begin {begin}, end {end}, strides {stride} for the shape {list(source.shape)}")
    if any(operator.option(name, False) for name in ("ellipsisMask", "newAxisMask", "offset")):
        raise ConversionError("an ellipsis mask, a new-axis mask or an offset is not supported")
    given = [slice(*bounds) for bounds in zip(begin, end, stride, strict=True)]
    cuts = [_cut(operator, given, axis, size) for axis, size in enumerate(source.shape)]
    var = mb.slice_by_index(
        x=context.value(source),
        begin=[first for first, _, _ in cuts],
        end=[max(last, 0) for _, last, _ in cuts],
        stride=[step for _, _, step in cuts],
        end_mask=[last < 0 for _, last, _ in cuts],
        squeeze_mask=[_named(operator, "shrinkAxisMask", axis) for axis in range(len(cuts))],
        name=context.name(result),
    )
    context.put(result, var)


def _cut(operator: Operator, given: list[slice], axis: int, size: int) -> tuple[int, int, int]:
    """First, last (excluded; −1 before the first element) and step along one axis of `size`.

    All are brought into the axis, as numpy does: the formats differ in what they make of bounds beyond it.
    """
    if axis >= len(given):
        return 0, size, 1
    first = None if _named(operator, "beginMask", axis) else given[axis].start
    last = None if _named(operator, "endMask", axis) else given[axis].stop
    if not _named(operator, "shrinkAxisMask", axis):
        return slice(first, last, given[axis].step).indices(size)
    index = first or 0
    if not -size <= index < size:
        raise ConversionError(f"element {index} of an axis of {size}")
    return index % size, index % size + 1, 1


def _named(operator: Operator, mask: str, axis: int) -> bool:
    return bool(operator.whole(mask, 0) >> axis & 1)
