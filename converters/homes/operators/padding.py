"""PAD, PADV2 and MIRROR_PAD."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register
from converters.operands import cells_around


@register("PAD", "PADV2")
def emit_pad(context: Context[V], operator: Operator) -> None:
    """Zeros, or the value of operand 2, around a tensor."""
    value = context.constant(operator, 2).reshape(-1) if operator.kind == "PADV2" else np.zeros(1)
    if value.size != 1:
        raise ConversionError(f"pads with {value.tolist()}, expected a single value")
    made = context.home.pad(context.operand(operator, 0), cells_around(context, operator), float(value[0]))
    context.put(context.result(operator), made)


@register("MIRROR_PAD")
def emit_mirror_pad(context: Context[V], operator: Operator) -> None:
    """The tensor mirrored at its border: REFLECT leaves the outermost cell out, SYMMETRIC repeats it."""
    source, pairs = context.tensor(operator, 0), cells_around(context, operator)
    reflects = operator.option("mode", "REFLECT") == "REFLECT"
    for pair, size in zip(pairs, source.shape, strict=True):
        if max(pair) > size - reflects:
            raise ConversionError(f"mirrors {pair} cells of an axis of {size}")
    context.put(context.result(operator), context.home.mirror_pad(context.value(source), pairs, reflects))
