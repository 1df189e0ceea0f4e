"""Operators that rearrange elements and compute nothing."""

import math

from verification.executor.dtypes import FLOAT16, FLOAT32
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import Ints, register


@register("reshape")
def reshape(graph: Graph, x: Tensor, shape: Ints) -> str:
    """The same elements in row-major order; 0 takes over x's dimension, one -1 is what remains."""
    sizes = [x.shape[axis] if size == 0 else size for axis, size in enumerate(shape)]
    if sizes.count(-1) == 1:
        rest = -math.prod(sizes)
        sizes[sizes.index(-1)] = x.type.elements // rest if rest else 0
    if min(sizes, default=0) < 0 or math.prod(sizes) != x.type.elements:
        raise PackageError(f"found the shape {list(shape)} for {x.type}, expected {x.type.elements} elements")
    return graph.node("Reshape", x, graph.integers(sizes), allowzero=1)


@register("flatten2d")
def flatten2d(graph: Graph, x: Tensor, axis: int = 1) -> str:
    """A matrix: the axes before `axis` become its rows, the others its columns."""
    rows = math.prod(x.shape[:axis])
    return graph.node("Reshape", x, graph.integers((rows, x.type.elements // rows if rows else 0)), allowzero=1)


@register("transpose")
def transpose(graph: Graph, x: Tensor, perm: Ints) -> str:
    """Axis i of the result is axis perm[i] of x."""
    return graph.node("Transpose", x, perm=[positive_axis(axis, x.rank) for axis in perm])


@register("expand_dims")
def expand_dims(graph: Graph, x: Tensor, axes: Ints) -> str:
    """New dimensions of 1, at `axes` of the result."""
    rank = x.rank + len(axes)
    return graph.node("Unsqueeze", x, graph.integers([positive_axis(axis, rank) for axis in axes]))


@register("squeeze")
def squeeze(graph: Graph, x: Tensor, axes: Ints | None = None) -> str:
    """Drops dimensions of 1: all, or those at `axes`, where longer ones stay (as PyTorch does, not numpy)."""
    chosen = range(x.rank) if axes is None else sorted({positive_axis(axis, x.rank) for axis in axes})
    single = [axis for axis in chosen if x.shape[axis] == 1]
    return graph.node("Squeeze", x, graph.integers(single)) if single else graph.node("Identity", x)


@register("concat")
def concat(graph: Graph, values: tuple[Tensor, ...], axis: int, interleave: bool = False) -> str:
    """The values one after the other along `axis`, or by turns: the first elements of all, then the second."""
    if interleave:
        place = positive_axis(axis, values[0].rank)
        sizes = list(values[0].shape)
        sizes[place] *= len(values)
        columns = (graph.node("Unsqueeze", value, graph.integers([place + 1])) for value in values)
        return graph.node("Reshape", graph.node("Concat", *columns, axis=place + 1), graph.integers(sizes))
    return graph.node("Concat", *values, axis=axis)


@register("stack")
def stack(graph: Graph, values: tuple[Tensor, ...], axis: int) -> str:
    """The values along a new axis, at `axis` of the result."""
    place = graph.integers([positive_axis(axis, values[0].rank + 1)])
    return graph.node("Concat", *(graph.node("Unsqueeze", value, place) for value in values), axis=axis)


@register("split")
def split(
    graph: Graph, x: Tensor, axis: int, num_splits: int | None = None, split_sizes: Ints | None = None
) -> tuple[str, ...]:
    """Consecutive parts along `axis`: of `split_sizes`, or `num_splits` equal ones."""
    size = x.shape[axis]
    if split_sizes is None:
        if num_splits is None or not 1 <= num_splits <= size or size % num_splits:
            raise PackageError(f"found num_splits {num_splits}, expected a divisor of {size}")
        split_sizes = (size // num_splits,) * num_splits
    if sum(split_sizes) != size or min(split_sizes) < 0 or num_splits not in (None, len(split_sizes)):
        raise PackageError(f"found split_sizes {list(split_sizes)}, num_splits {num_splits} for an axis of {size}")
    return graph.nodes("Split", (x, graph.integers(split_sizes)), len(split_sizes), axis=axis)


@register("tile")
def tile(graph: Graph, x: Tensor, reps: Ints) -> str:
    """reps[i] copies along axis i."""
    if len(reps) != x.rank or min(reps, default=1) < 1:
        raise PackageError(f"found reps {list(reps)}, expected {x.rank} positive numbers")
    return graph.node("Tile", x, graph.integers(reps))


@register("pad")
def pad(graph: Graph, x: Tensor, pad: Ints, mode: str = "constant", constant_val: float = 0.0) -> str:
    """Padding of the last len(pad) / 2 axes, in their order, before and after each.

    `mode` is constant, reflect (the border itself isn't repeated) or replicate (tensor_operation.py of coremltools).
    """
    if len(pad) % 2 or len(pad) > 2 * x.rank or min(pad, default=0) < 0 or x.type.dtype not in (FLOAT16, FLOAT32):
        raise PackageError(f"found a pad of {list(pad)} for {x.type}, expected two counts an axis, and floats")
    untouched = (0,) * (x.rank - len(pad) // 2)
    before, after = (*untouched, *pad[::2]), (*untouched, *pad[1::2])
    if mode not in _PAD_MODES:
        raise PackageError(f"found the mode {mode!r}, expected one of {sorted(_PAD_MODES)}")
    margin = {"constant": None, "reflect": 1, "replicate": 0}[mode]
    if margin is not None and any(max(b, a) > size - margin for b, a, size in zip(before, after, x.shape, strict=True)):
        raise PackageError(f"found a pad of {list(pad)}, too much to {mode} {x.type}")
    value = graph.scalar(constant_val)
    return graph.node("Pad", x, graph.integers([*before, *after]), value, mode=_PAD_MODES[mode])


_PAD_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}


@register("depth_to_space")
def depth_to_space(graph: Graph, x: Tensor, block_size: int) -> str:
    """TensorFlow's order: channel (i · block + j) · C + c of x is row i, column j of a block of channel c.

    (coremltools converts tf.nn.depth_to_space to it by nothing but a change of layout; PyTorch's is pixel_shuffle.)
    """
    return graph.node("DepthToSpace", x, blocksize=block_size, mode="DCR")


@register("space_to_depth")
def space_to_depth(graph: Graph, x: Tensor, block_size: int) -> str:
    """The inverse of `depth_to_space`."""
    return graph.node("SpaceToDepth", x, blocksize=block_size)


@register("pixel_shuffle")
def pixel_shuffle(graph: Graph, x: Tensor, upscale_factor: int) -> str:
    """PyTorch's order: channel (c · factor + i) · factor + j of x is row i, column j of a block of channel c."""
    return graph.node("DepthToSpace", x, blocksize=upscale_factor, mode="CRD")


def positive_axis(axis: int, rank: int) -> int:
    """The axis counted from the front; PackageError if there is none such."""
    if not -rank <= axis < rank:
        raise PackageError(f"found the axis {axis}, expected one of {rank}")
    return axis % rank
