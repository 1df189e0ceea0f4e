"""Operators that cut."""

from converters.bounds import read_cuts
from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.operators.axes import constant_axes
from converters.homes.registry import register
from converters.operands import unpacked, whole_axis


@register("SLICE")
def emit_slice(context: Context[V], operator: Operator) -> None:
    """x[begin : begin + size] along every axis; a size of −1 is all that is left."""
    source = context.tensor(operator, 0)
    begin, size = (context.constant(operator, position).reshape(-1).tolist() for position in (1, 2))
    if not len(begin) == len(size) == len(source.shape):
        raise ConversionError(f"begin {begin}, size {size} for the shape {list(source.shape)}")
    cuts = [(j, length if n == -1 else j + n, 1) for j, n, length in zip(begin, size, source.shape, strict=True)]
    if any(not 0 <= first <= last <= length for (first, last, _), length in zip(cuts, source.shape, strict=True)):
        raise ConversionError(f"begin {begin}, size {size} reach beyond the shape {list(source.shape)}")
    context.put(context.result(operator), context.home.slice(context.value(source), cuts))


@register("STRIDED_SLICE")
def emit_strided_slice(context: Context[V], operator: Operator) -> None:
    """x[begin:end:stride] with all of TensorFlow's masks; axes go and come by the shape that the result declares."""
    source, result = context.tensor(operator, 0), context.result(operator)
    cuts, gone = read_cuts(context, operator)
    left = [len(range(*bounds)) for axis, bounds in enumerate(cuts) if axis not in gone]
    declared = [size for size in result.shape if size != 1]
    if [size for size in left if size != 1] != declared:
        raise ConversionError(f"came out as {left}, the source says {list(result.shape)}")
    made = context.home.slice(context.value(source), cuts)
    if tuple(context.home.shape(made)) != result.shape:
        made = context.home.reshape(made, result.shape)
    context.put(result, made)


@register("UNPACK")
def emit_unpack(context: Context[V], operator: Operator) -> None:
    """The slices along an axis, which is dropped."""
    source, axis, results = unpacked(context, operator)
    x = context.value(source)
    for place, result in enumerate(results):
        cuts = [(place, place + 1, 1) if j == axis else (0, size, 1) for j, size in enumerate(source.shape)]
        context.put(result, context.home.reshape(context.home.slice(x, cuts), result.shape))


@register("SPLIT", "SPLIT_V")
def emit_split(context: Context[V], operator: Operator) -> None:
    """Parts along an axis, in the sizes that the results declare."""
    position, axis_position = (1, 0) if operator.kind == "SPLIT" else (0, 2)
    source = context.tensor(operator, position)
    axis = whole_axis(int(context.constant(operator, axis_position).reshape(-1)[0]), source)
    results = [context.graph.tensors[index] for index in operator.outputs]
    sizes = [result.shape[axis] if axis < len(result.shape) else 0 for result in results]
    if sum(sizes) != source.shape[axis]:
        raise ConversionError(f"parts of {sizes} along axis {axis} of {list(source.shape)}")
    x, first = context.value(source), 0
    for result, size in zip(results, sizes, strict=True):
        cuts = [(first, first + size, 1) if j == axis else (0, length, 1) for j, length in enumerate(source.shape)]
        context.put(result, context.home.slice(x, cuts))
        first += size


@register("REVERSE_V2")
def emit_reverse(context: Context[V], operator: Operator) -> None:
    """The axes that operand 1 names, backwards."""
    source = context.tensor(operator, 0)
    axes = constant_axes(context, operator, 1, source)
    cuts = [(size - 1, -1, -1) if axis in axes else (0, size, 1) for axis, size in enumerate(source.shape)]
    context.put(context.result(operator), context.home.slice(context.value(source), cuts))
