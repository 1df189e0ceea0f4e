"""Operators that rank elements, or mark the places that a ranking gave."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import TYPES, V
from converters.homes.registry import register
from converters.operands import whole_axis


@register("TOPK_V2")
def emit_topk(context: Context[V], operator: Operator) -> None:
    """The k greatest along the last axis, falling, and where they stand."""
    source, count = context.tensor(operator, 0), int(context.constant(operator, 1).reshape(-1)[0])
    if len(operator.outputs) != 2 or not source.shape or not 1 <= count <= source.shape[-1]:
        raise ConversionError(f"{count} of {list(source.shape)}, {len(operator.outputs)} results, expected 2")
    made = context.home.topk(context.value(source), count)
    for index, value in zip(operator.outputs, made, strict=True):
        context.put(context.graph.tensors[index], value)


@register("ONE_HOT")
def emit_one_hot(context: Context[V], operator: Operator) -> None:
    """A new axis, the one value at the index, the other elsewhere; constants but for the indices."""
    source, result = context.tensor(operator, 0), context.result(operator)
    depth, on, off = (context.constant(operator, position).reshape(-1)[0] for position in (1, 2, 3))
    axis = whole_axis(operator.whole("axis", -1), result)
    home, dtype = context.home, TYPES.get(result.dtype)
    numbers = np.arange(int(depth), dtype=source.dtype).reshape(
        [-1 if j == axis else 1 for j in range(len(result.shape))]
    )
    widened = home.reshape(context.value(source), (*source.shape[:axis], 1, *source.shape[axis:]))
    marks = home.binary("EQUAL", widened, home.constant(numbers))
    context.put(result, home.select(marks, home.constant(np.array(on, dtype)), home.constant(np.array(off, dtype))))


@register("ARG_MAX", "ARG_MIN")
def emit_extreme(context: Context[V], operator: Operator) -> None:
    """The index of the greatest or smallest along an axis, the first where several are equal."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axis = whole_axis(int(context.constant(operator, 1).reshape(-1)[0]), source)
    made = context.home.extreme("max" if operator.kind == "ARG_MAX" else "min", context.value(source), axis)
    context.put(result, made if result.dtype == "int32" else context.home.cast(made, TYPES[result.dtype]))
