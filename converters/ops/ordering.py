"""Operators that rank elements, or mark the places that a ranking gave."""

from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import MIL_TYPES, Context
from converters.operands import whole_axis
from converters.ops.registry import register


@register("TOPK_V2")
def lower_topk(context: Context, operator: Operator) -> None:
    """The k greatest along the last axis, falling, and where they stand."""
    source, count = context.tensor(operator, 0), int(context.constant(operator, 1).reshape(-1)[0])
    if len(operator.outputs) != 2 or not source.shape or not 1 <= count <= source.shape[-1]:
        raise ConversionError(f"{count} of {list(source.shape)}, {len(operator.outputs)} results, expected 2")
    values, places = (context.graph.tensors[index] for index in operator.outputs)
    name = context.name(values)
    found, where = mb.topk(x=context.value(source), k=count, axis=-1, ascending=False, name=name)
    context.put(values, found)
    context.put(places, where)


@register("ONE_HOT")
def lower_one_hot(context: Context, operator: Operator) -> None:
    """A new axis, the one value at the index, the other elsewhere; constants but for the indices."""
    source, result = context.tensor(operator, 0), context.result(operator)
    depth, on, off = (context.constant(operator, position).reshape(-1)[0] for position in (1, 2, 3))
    axis = whole_axis(operator.whole("axis", -1), result)
    kind = MIL_TYPES[result.dtype]
    var = mb.one_hot(
        indices=context.value(source),
        one_hot_vector_size=int(depth),
        axis=axis,
        on_value=kind(on),
        off_value=kind(off),
        name=context.name(result),
    )
    context.put(result, var)
