"""Operators that move blocks of pixels into the batch or the channels, and back."""

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import register


@register("space_to_batch")
def space_to_batch(graph: Graph, x: Tensor, block_shape: Array, paddings: Array) -> str:
    """Pixel (i, j) of each block goes to batch (i · block width + j) · n + its own, as in tf.nn.space_to_batch.

    Zeros are added first: paddings[axis] before and behind rows and columns.
    """
    rows, columns, border = _blocks(x, block_shape, paddings)
    n, channels, height, width = x.shape
    top, bottom, left, right = border
    padded = graph.node("Pad", x, graph.integers([0, 0, top, left, 0, 0, bottom, right]))
    height, width = height + top + bottom, width + left + right
    if height % rows or width % columns:
        raise PackageError(f"found blocks of {rows}x{columns} for {height}x{width} padded pixels")
    shape = (n, channels, height // rows, rows, width // columns, columns)
    split = graph.node("Reshape", padded, graph.integers(shape))
    moved = graph.node("Transpose", split, perm=[3, 5, 0, 1, 2, 4])
    return graph.node("Reshape", moved, graph.integers((n * rows * columns, channels, shape[2], shape[4])))


@register("batch_to_space")
def batch_to_space(graph: Graph, x: Tensor, block_shape: Array, crops: Array) -> str:
    """The inverse of `space_to_batch`; crops[axis] are cut off before and behind rows and columns at the end."""
    rows, columns, border = _blocks(x, block_shape, crops)
    n, channels, height, width = x.shape
    if n % (rows * columns):
        raise PackageError(f"found a batch of {n} for blocks of {rows}x{columns}")
    n //= rows * columns
    split = graph.node("Reshape", x, graph.integers((rows, columns, n, channels, height, width)))
    moved = graph.node("Transpose", split, perm=[2, 3, 4, 0, 5, 1])
    height, width = height * rows, width * columns
    whole = graph.node("Reshape", moved, graph.integers((n, channels, height, width)))
    top, bottom, left, right = border
    return graph.node(
        "Slice",
        whole,
        graph.integers([top, left]),
        graph.integers([height - bottom, width - right]),
        graph.integers([2, 3]),
    )


@register("pixel_unshuffle")
def pixel_unshuffle(graph: Graph, x: Tensor, downscale_factor: int) -> str:
    """The inverse of `pixel_shuffle`: row i, column j of a block of channel c becomes (c · factor + i) · factor + j."""
    n, channels, height, width = x.shape
    factor = downscale_factor
    if factor < 1 or height % factor or width % factor:
        raise PackageError(f"found a factor of {factor} for {x.type}")
    shape = (n, channels, height // factor, factor, width // factor, factor)
    split = graph.node("Reshape", x, graph.integers(shape))
    moved = graph.node("Transpose", split, perm=[0, 1, 3, 5, 2, 4])
    return graph.node("Reshape", moved, graph.integers((n, channels * factor**2, shape[2], shape[4])))


def _blocks(x: Tensor, block_shape: Array, border: Array) -> tuple[int, int, list[int]]:
    """Rows and columns of a block, and what is added or cut: top, bottom, left, right."""
    if x.rank != 4 or block_shape.shape != (2,) or border.shape != (2, 2) or block_shape.min() < 1 or border.min() < 0:
        raise PackageError(f"found blocks {block_shape.tolist()} and borders {border.tolist()} for {x.type}")
    rows, columns = block_shape.tolist()
    return rows, columns, border.reshape(-1).tolist()
