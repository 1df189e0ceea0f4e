"""Operators that pick elements by position."""

import numpy as np

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import Bools, Ints, register
from verification.executor.operators.shape import positive_axis
from verification.executor.operators.tables import expect_table


@register("slice_by_index")
def slice_by_index(
    graph: Graph,
    x: Tensor,
    begin: Ints,
    end: Ints,
    stride: Ints | None = None,
    begin_mask: Bools | None = None,
    end_mask: Bools | None = None,
    squeeze_mask: Bools | None = None,
) -> str:
    """x[begin : end : stride] as numpy has it, axis by axis.

    A set begin_mask or end_mask leaves that bound out, so that a negative stride starts at the last element (as
    `solve_slice_by_index_slice` of coremltools' ops/defs/_utils.py does); a set squeeze_mask takes the element at
    `begin` and drops the axis.
    """
    rank = x.rank
    steps = stride or (1,) * rank
    masks = [mask or (False,) * rank for mask in (begin_mask, end_mask, squeeze_mask)]
    if any(len(values) != rank for values in (begin, end, steps, *masks)) or 0 in steps:
        raise PackageError(f"found bounds {list(begin)}, {list(end)} and strides {list(steps)} for {x.type}")
    slices = []
    for axis, (no_begin, no_end, single) in enumerate(zip(*masks, strict=True)):
        first = None if no_begin else begin[axis]
        if single:
            slices.append(_element(first or 0, x.shape[axis]))
        else:
            slices.append(slice(first, None if no_end else end[axis], steps[axis]))
    result = _slice(graph, x, slices)
    squeezed = [axis for axis, single in enumerate(masks[2]) if single]
    return graph.node("Squeeze", result, graph.integers(squeezed)) if squeezed else result


@register("slice_by_size")
def slice_by_size(graph: Graph, x: Tensor, begin: Ints, size: Ints) -> str:
    """`size` elements from `begin` on, axis by axis; a size of -1 takes all that are left."""
    if len(begin) != x.rank or len(size) != x.rank:
        raise PackageError(f"found begin {list(begin)} and size {list(size)} for {x.type}")
    slices = []
    for first, count, length in zip(begin, size, x.shape, strict=True):
        start = first + length if first < 0 else first
        stop = length if count == -1 else start + count
        if not 0 <= start <= stop <= length:
            raise PackageError(f"found begin {list(begin)} and size {list(size)}, past the end of {x.type}")
        slices.append(slice(start, stop, 1))
    return _slice(graph, x, slices)


@register("gather")
def gather(
    graph: Graph, x: Tensor, indices: Tensor, axis: int = 0, batch_dims: int = 0, validate_indices: bool = False
) -> str:
    """Slices of x along `axis`, at `indices`; negative ones count from the end.

    With `batch_dims` the first axes of x and of the indices are common to both, as in tf.gather.
    """
    refuse_validation(validate_indices)
    if not batch_dims:
        return graph.node("Gather", x, integer_indices(graph, indices), axis=axis)
    axis = positive_axis(axis, x.rank)
    if not 0 < batch_dims <= min(axis, indices.rank):
        raise PackageError(f"found batch_dims {batch_dims}, expected at most the axis and the rank of the indices")
    # The axis first behind the batch, then each index picks from it; what it picked goes back to where the axis was.
    others = [other for other in range(batch_dims, x.rank) if other != axis]
    moved = graph.node("Transpose", x, perm=[*range(batch_dims), axis, *others])
    column = graph.node("Unsqueeze", graph.cast(indices, "int64"), graph.integers([indices.rank]))
    picked = graph.node("GatherND", moved, column, batch_dims=batch_dims)
    before = axis - batch_dims
    places = range(indices.rank, indices.rank + len(others))
    order = [*range(batch_dims), *places[:before], *range(batch_dims, indices.rank), *places[before:]]
    return graph.node("Transpose", picked, perm=order)


@register("gather_nd")
def gather_nd(graph: Graph, x: Tensor, indices: Tensor, batch_dims: int = 0, validate_indices: bool = False) -> str:
    """The slices of x that the vectors along the indices' last axis name, behind `batch_dims` common axes."""
    refuse_validation(validate_indices)
    return graph.node("GatherND", x, graph.cast(indices, "int64"), batch_dims=batch_dims)


@register("gather_along_axis")
def gather_along_axis(graph: Graph, x: Tensor, indices: Tensor, axis: int = 0, validate_indices: bool = False) -> str:
    """result[p] = x[p with indices[p] in place of its entry at `axis`]."""
    refuse_validation(validate_indices)
    return graph.node("GatherElements", x, integer_indices(graph, indices), axis=axis)


@register("reverse")
def reverse(graph: Graph, x: Tensor, axes: Ints | None = None) -> str:
    """x backwards along `axes`, or all."""
    backwards = {positive_axis(axis, x.rank) for axis in (range(x.rank) if axes is None else axes)}
    return _slice(graph, x, [slice(None, None, -1 if axis in backwards else 1) for axis in range(x.rank)])


@register("crop")
def crop(graph: Graph, x: Tensor, crop_height: Ints, crop_width: Ints) -> str:
    """x without the first and last rows and columns, as many as given for each end."""
    (top, bottom), (left, right) = crop_height, crop_width
    rows, columns = slice(top, x.shape[-2] - bottom), slice(left, x.shape[-1] - right)
    if min(top, bottom, left, right) < 0 or rows.start >= rows.stop or columns.start >= columns.stop:
        raise PackageError(f"found a crop of {list(crop_height)}, {list(crop_width)} for {x.type}")
    return _slice(graph, x, [*[slice(None)] * (x.rank - 2), rows, columns])


@register("sliding_windows")
def sliding_windows(graph: Graph, x: Tensor, axis: int, size: int, stride: int = 1) -> str:
    """Windows of `size` elements along `axis`, `stride` apart: their number takes its place, their size follows it."""
    length = x.shape[positive_axis(axis, x.rank)]
    if not 1 <= size <= length or stride < 1:
        raise PackageError(f"found windows of {size} with a stride of {stride} for an axis of {length}")
    expect_table((length - size) // stride + 1, size)
    starts = np.arange(0, length - size + 1, stride)
    return graph.node("Gather", x, graph.constant(starts[:, None] + np.arange(size)), axis=axis)


def refuse_validation(validate_indices: bool) -> None:
    """PackageError where MIL would check indices: ONNX takes negative ones from the end, MIL must fail on them."""
    if validate_indices:
        raise PackageError("validate_indices is not supported")


def integer_indices(graph: Graph, indices: Tensor) -> Operand:
    """Indices of a type that ONNX takes."""
    return indices if indices.type.dtype in ("int32", "int64") else graph.cast(indices, "int32")


def _element(index: int, length: int) -> slice:
    position = index + length if index < 0 else index
    if not 0 <= position < length:
        raise PackageError(f"found the index {index}, expected one of an axis of {length}")
    return slice(position, position + 1, 1)


def _slice(graph: Graph, x: Tensor, slices: list[slice]) -> str:
    bounds = [part.indices(length) for part, length in zip(slices, x.shape, strict=True)]
    # A negative bound counts from the end in ONNX too, so "before the first element" needs one that is further away.
    stops = [stop if stop >= 0 else stop - length for (_, stop, _), length in zip(bounds, x.shape, strict=True)]
    columns = ([start for start, _, _ in bounds], stops, range(x.rank), [step for _, _, step in bounds])
    return graph.node("Slice", x, *(graph.integers(list(column)) for column in columns))
