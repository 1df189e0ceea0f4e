"""Operators that pick, join or repeat values without computing."""

from math import prod

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import MIL_TYPES, Context
from converters.operands import unpacked, whole_axis
from converters.ops.registry import register


@register("SHAPE")
def lower_shape(context: Context, operator: Operator) -> None:
    """The operand's shape, which is known; what is computed from it MIL infers."""
    result = context.result(operator)
    context.put(result, np.array(context.tensor(operator, 0).shape, np.int32))


@register("ZEROS_LIKE", "FILL")
def lower_fill(context: Context, operator: Operator) -> None:
    """One value everywhere: zero, or operand 1, in the shape that the result declares."""
    result = context.result(operator)
    dtype = MIL_TYPES.get(result.dtype)
    value = np.zeros(()) if operator.kind == "ZEROS_LIKE" else context.constant(operator, 1)
    if value.size != 1 or dtype is None:
        raise ConversionError(f"fills with {value.tolist()} of {result.dtype}, expected a single number")
    context.put(result, np.full(result.shape, value.reshape(()), dtype))


@register("TRANSPOSE")
def lower_transpose(context: Context, operator: Operator) -> None:
    """Axes in another order: the value stays as it is held, only its axes are called otherwise."""
    source, result = context.tensor(operator, 0), context.result(operator)
    permutation = context.constant(operator, 1).reshape(-1).tolist()
    if sorted(permutation) != list(range(len(source.shape))):
        raise ConversionError(f"the permutation {permutation} of {len(source.shape)} axes")
    order = context.axes(source)
    context.put(result, context.value(source, order), [permutation.index(axis) for axis in order])


@register("PACK")
def lower_pack(context: Context, operator: Operator) -> None:
    """Operands of one shape side by side along a new axis."""
    result = context.result(operator)
    axis = whole_axis(operator.whole("axis", 0), result)
    tensors = [context.tensor(operator, position) for position in range(len(operator.inputs))]
    name = context.name(result)
    values = [context.reshaped(t, (*t.shape[:axis], 1, *t.shape[axis:]), f"{name}_{j}") for j, t in enumerate(tensors)]
    context.put(result, mb.concat(values=values, axis=axis, name=name))


@register("UNPACK")
def lower_unpack(context: Context, operator: Operator) -> None:
    """The slices along an axis, which is dropped."""
    source, axis, results = unpacked(context, operator)
    x = context.value(source)
    for place, result in enumerate(results):
        # slice_by_index, which MIL infers for known values, makes each result its own operation with its own name.
        begin, end = [0] * len(source.shape), list(source.shape)
        begin[axis], end[axis] = place, place + 1
        dropped = [j == axis for j in range(len(begin))]
        var = mb.slice_by_index(x=x, begin=begin, end=end, squeeze_mask=dropped, name=context.name(result))
        context.put(result, var)


@register("SPLIT", "SPLIT_V")
def lower_split(context: Context, operator: Operator) -> None:
    """Parts along an axis, in the sizes that the results declare."""
    position, axis_position = (1, 0) if operator.kind == "SPLIT" else (0, 2)
    source = context.tensor(operator, position)
    axis = whole_axis(int(context.constant(operator, axis_position).reshape(-1)[0]), source)
    order = context.axes(source)
    results = [context.graph.tensors[index] for index in operator.outputs]
    sizes = [result.shape[axis] if axis < len(result.shape) else 0 for result in results]
    if sum(sizes) != source.shape[axis]:
        raise ConversionError(f"parts of {sizes} along axis {axis} of {list(source.shape)}")
    x = context.value(source, order)
    if len(results) == 1:
        context.put(results[0], x, order)
        return
    parts = mb.split(x=x, split_sizes=sizes, axis=order.index(axis), name=f"{context.name(results[0])}_parts")
    for result, part in zip(results, parts, strict=True):
        context.put(result, part, order)


@register("GATHER")
def lower_gather(context: Context, operator: Operator) -> None:
    """x at the indices along an axis, of each batch by itself where there are batch dimensions."""
    source, indices, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    axis = whole_axis(operator.whole("axis", 0), source)
    known = context.known(indices)
    if known is not None and not np.all((known >= 0) & (known < source.shape[axis])):
        raise ConversionError(f"indices from {known.min()} to {known.max()} into an axis of {source.shape[axis]}")
    batches = operator.whole("batchDims", 0)
    if batches:
        _gather_batches(context, operator, axis, batches if batches > 0 else batches + len(indices.shape))
        return
    var = mb.gather(x=context.value(source), indices=context.value(indices), axis=axis, name=context.name(result))
    context.put(result, var)


def _gather_batches(context: Context, operator: Operator, axis: int, batches: int) -> None:
    """GATHER with its first `batches` axes shared by both operands: all batches' cells in one row, and places in it."""
    source, indices, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    shared = source.shape[:batches]
    if not batches <= axis or indices.shape[:batches] != shared:
        raise ConversionError(f"{batches} batch dimensions of {list(source.shape)} and {list(indices.shape)}")
    order = (*range(batches), axis, *(j for j in range(batches, len(source.shape)) if j != axis))
    name, size, count = context.name(result), source.shape[axis], prod(shared)
    rest = [source.shape[j] for j in order[batches + 1 :]]
    row = mb.reshape(x=context.value(source, order), shape=[count * size, *rest], name=f"{name}_row")
    starts = (size * np.arange(count, dtype=np.int32)).reshape(count, 1)
    within = context.reshaped(indices, (count, prod(indices.shape[batches:])), f"{name}_within")
    places = mb.add(x=within, y=starts, name=f"{name}_places")
    flat = mb.gather(x=row, indices=mb.reshape(x=places, shape=[-1], name=f"{name}_flat"), axis=0, name=f"{name}_cells")
    var = mb.reshape(x=flat, shape=[*indices.shape, *rest], name=name)
    # What lay between the batches and the axis goes back in front of the places.
    between, chosen = axis - batches, len(indices.shape) - batches
    moved = [*range(batches), *(batches + between + j for j in range(chosen)), *(batches + j for j in range(between))]
    context.put(result, var, [*moved, *range(len(moved), len(result.shape))])


@register("GATHER_ND")
def lower_gather_nd(context: Context, operator: Operator) -> None:
    """x at index tuples."""
    source, indices, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    var = mb.gather_nd(x=context.value(source), indices=context.value(indices), name=context.name(result))
    context.put(result, var)


@register("SCATTER_ND")
def lower_scatter_nd(context: Context, operator: Operator) -> None:
    """Updates at index tuples of a tensor of zeros; what meets at one place is summed."""
    indices, updates, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    var = mb.scatter_nd(
        data=np.zeros(result.shape, MIL_TYPES.get(result.dtype)),
        indices=context.value(indices),
        updates=context.value(updates),
        mode="add",
        name=context.name(result),
    )
    context.put(result, var)


@register("SLICE")
def lower_slice(context: Context, operator: Operator) -> None:
    """x[begin : begin + size] along every axis; a size of −1 is all that is left."""
    source, result = context.tensor(operator, 0), context.result(operator)
    begin, size = (context.constant(operator, position).reshape(-1).tolist() for position in (1, 2))
    if not len(begin) == len(size) == len(source.shape):
        raise ConversionError(f"begin {begin}, size {size} for the shape {list(source.shape)}")
    cuts = [(j, length - j if n == -1 else n) for j, n, length in zip(begin, size, source.shape, strict=True)]
    if any(j < 0 or n < 0 or j + n > length for (j, n), length in zip(cuts, source.shape, strict=True)):
        raise ConversionError(f"begin {begin}, size {size} reach beyond the shape {list(source.shape)}")
    order = context.axes(source)
    var = mb.slice_by_size(
        x=context.value(source, order),
        begin=[cuts[axis][0] for axis in order],
        size=[cuts[axis][1] for axis in order],
        name=context.name(result),
    )
    context.put(result, var, order)


@register("REVERSE_V2")
def lower_reverse(context: Context, operator: Operator) -> None:
    """The axes that operand 1 names, backwards."""
    source, result = context.tensor(operator, 0), context.result(operator)
    order = context.axes(source)
    axes = [order.index(whole_axis(int(axis), source)) for axis in context.constant(operator, 1).reshape(-1)]
    context.put(result, mb.reverse(x=context.value(source, order), axes=axes, name=context.name(result)), order)


@register("TILE", "BROADCAST_TO")
def lower_tile(context: Context, operator: Operator) -> None:
    """The tensor repeated along its axes, as often as the result's shape says."""
    source, result = context.tensor(operator, 0), context.result(operator)
    shape = (1,) * (len(result.shape) - len(source.shape)) + source.shape
    if len(shape) != len(result.shape) or any(w % p for w, p in zip(result.shape, shape, strict=True)):
        raise ConversionError(f"{list(source.shape)} can't be repeated to {list(result.shape)}")
    name = context.name(result)
    x = context.reshaped(source, shape, f"{name}_ranked")
    repeats = [whole // part for whole, part in zip(result.shape, shape, strict=True)]
    context.put(result, x if set(repeats) <= {1} else mb.tile(x=x, reps=repeats, name=name))
