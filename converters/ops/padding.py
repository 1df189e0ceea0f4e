"""PAD, PADV2 and MIRROR_PAD."""

from collections.abc import Sequence

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Operator, Tensor
from converters.lower import MIL_TYPES, Context, ZeroPadding
from converters.operands import cells_around
from converters.ops.registry import register

Pairs = Sequence[tuple[int, int]]


@register("PAD")
def lower_pad(context: Context, operator: Operator) -> None:
    """Zeros around a tensor; around rows and columns alone it waits, since a convolution can pad by itself."""
    source, result = context.tensor(operator, 0), context.result(operator)
    pairs = cells_around(context, operator)

    def emit() -> None:
        _pad_constant(context, source, result, pairs, 0.0)

    if len(pairs) == 4 and pairs[0] == pairs[3] == (0, 0):
        context.defer(result, ZeroPadding(source.index, pairs[1], pairs[2]), emit)
    else:
        emit()


@register("PADV2")
def lower_pad_v2(context: Context, operator: Operator) -> None:
    """A constant around a tensor."""
    source, result = context.tensor(operator, 0), context.result(operator)
    value = context.constant(operator, 2).reshape(-1)
    if value.size != 1:
        raise ConversionError(f"pads with {value.tolist()}, expected a single value")
    _pad_constant(context, source, result, cells_around(context, operator), float(value[0]))


@register("MIRROR_PAD")
def lower_mirror_pad(context: Context, operator: Operator) -> None:
    """The tensor mirrored at its border: REFLECT leaves the outermost cell out, SYMMETRIC repeats it.

    MIL reflects the last two axes by itself; what else there is are gathers.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    reflects = operator.option("mode", "REFLECT") == "REFLECT"
    order = context.axes(source)
    pairs = cells_around(context, operator)
    for pair, size in zip(pairs, source.shape, strict=True):
        if max(pair) > size - reflects:
            raise ConversionError(f"mirrors {pair} cells of an axis of {size}")
    x, name = context.value(source, order), context.name(result)
    ordered = [pairs[axis] for axis in order]
    if reflects and len(order) > 1 and not any(map(any, ordered[:-2])):
        amounts = [amount for pair in ordered[-2:] for amount in pair]
        context.put(result, mb.pad(x=x, pad=amounts, mode="reflect", name=name), order)
        return
    for axis, pair in enumerate(ordered):
        if any(pair):
            cells = np.pad(np.arange(x.shape[axis]), pair, "reflect" if reflects else "symmetric")
            x = mb.gather(x=x, indices=cells.astype(np.int32), axis=axis, name=f"{name}_axis{axis}")
    context.put(result, mb.identity(x=x, name=name), order)


def _pad_constant(context: Context, source: Tensor, result: Tensor, pairs: Pairs, value: float) -> None:
    axes = context.axes(source)
    if MIL_TYPES.get(source.dtype) is not np.float32:
        context.put(result, _joined(context, source, result, [pairs[axis] for axis in axes], value), axes)
        return
    # MIL's vector covers the trailing axes; the ones in front of the first padded axis are left out.
    ordered = [pairs[axis] for axis in axes]
    first = next((j for j, pair in enumerate(ordered) if pair != (0, 0)), len(ordered) - 1)
    var = mb.pad(
        x=context.value(source, axes),
        pad=[amount for pair in ordered[first:] for amount in pair],
        mode="constant",
        constant_val=MIL_TYPES[source.dtype](value),
        name=context.name(result),
    )
    context.put(result, var, axes)


def _joined(context: Context, source: Tensor, result: Tensor, ordered: Pairs, value: float) -> Var:
    """Blocks of `value` joined to either end of each axis: MIL's pad takes no whole numbers (its type domain)."""
    x, name = context.value(source, context.axes(source)), context.name(result)
    for axis, pair in enumerate(ordered):
        before, after = (
            np.full((*x.shape[:axis], cells, *x.shape[axis + 1 :]), value, MIL_TYPES[source.dtype]) for cells in pair
        )
        values = [part for part in (before, x, after) if part.shape[axis]]
        if len(values) > 1:
            x = mb.concat(values=values, axis=axis, name=f"{name}_axis{axis}")
    return mb.identity(x=x, name=name)
