"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, as exporters write dilated convolutions."""

from math import prod

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register


@register("SPACE_TO_BATCH_ND")
def emit_space_to_batch(context: Context[V], operator: Operator) -> None:
    """Blocks of pixels become pictures of the batch; operand 2 pads before."""
    source, block, border = _read(context, operator)
    home, spatial = context.home, len(block)
    x = home.pad(context.operand(operator, 0), [(0, 0), *border, *[(0, 0)] * (len(source) - 1 - spatial)], 0.0)
    batch, *sizes = home.shape(x)
    if any(size % cells for size, cells in zip(sizes[:spatial], block, strict=True)):
        raise ConversionError(f"{sizes[:spatial]} padded cells are no whole number of blocks {block}")
    split = [n for size, cells in zip(sizes, block, strict=False) for n in (size // cells, cells)]
    rest = list(range(1 + 2 * spatial, 1 + 2 * spatial + len(sizes) - spatial))
    order = [*range(2, 2 + 2 * spatial, 2), 0, *range(1, 1 + 2 * spatial, 2), *rest]
    moved = home.transpose(home.reshape(x, [batch, *split, *sizes[spatial:]]), order)
    shape = [batch * prod(block), *(size // n for size, n in zip(sizes, block, strict=False)), *sizes[spatial:]]
    context.put(context.result(operator), home.reshape(moved, shape))


@register("BATCH_TO_SPACE_ND")
def emit_batch_to_space(context: Context[V], operator: Operator) -> None:
    """Pictures of the batch become blocks of pixels; operand 2 crops after."""
    (batch, *sizes), block, border = _read(context, operator)
    home, spatial = context.home, len(block)
    if batch % prod(block):
        raise ConversionError(f"a batch of {batch} is no whole number of blocks {block}")
    apart = home.reshape(context.operand(operator, 0), [*block, batch // prod(block), *sizes])
    pairs = [place for j in range(spatial) for place in (spatial + 1 + j, j)]
    moved = home.transpose(apart, [spatial, *pairs, *range(2 * spatial + 1, spatial + 1 + len(sizes))])
    whole = [size * cells for size, cells in zip(sizes, block, strict=False)]
    joined = home.reshape(moved, [batch // prod(block), *whole, *sizes[spatial:]])
    cuts = [(before, size - after, 1) for size, (before, after) in zip(whole, border, strict=True)]
    around = [(0, size, 1) for size in home.shape(joined)]
    context.put(context.result(operator), home.slice(joined, [around[0], *cuts, *around[1 + spatial :]]))


def _read(context: Context[V], operator: Operator) -> tuple[tuple[int, ...], list[int], list[tuple[int, int]]]:
    """The source's shape, the block, and the cells around."""
    source = context.tensor(operator, 0)
    block, border = context.constant(operator, 1).astype(np.int64), context.constant(operator, 2).astype(np.int64)
    spatial = len(source.shape) - 2
    fitting = spatial in (1, 2) and block.shape == (spatial,) and border.shape == (spatial, 2)
    if not fitting or block.min() < 1 or border.min() < 0:
        raise ConversionError(f"input {list(source.shape)}, block {block.tolist()}, border {border.tolist()}")
    return source.shape, block.tolist(), [(int(before), int(after)) for before, after in border]
