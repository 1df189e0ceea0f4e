"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, as exporters write dilated convolutions; MIL's passes put those together."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Array, Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register

SERIES_CHANNELS_FIRST = (0, 2, 1)
"""Batch, channels, steps as axes of batch, steps, channels."""


@register("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND")
def lower_space_batch(context: Context, operator: Operator) -> None:
    """Blocks of pixels become pictures of the batch, or the other way; operand 2 pads before or crops after.

    A series (rank 3, of a dilated convolution along one axis) goes as a picture of one row.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    block, border = context.constant(operator, 1).astype(np.int32), context.constant(operator, 2).astype(np.int32)
    spatial = len(source.shape) - 2
    fitting = spatial in (1, 2) and block.shape == (spatial,) and border.shape == (spatial, 2)
    if not fitting or block.min() < 1 or border.min() < 0:
        raise ConversionError(f"input {list(source.shape)}, block {block.tolist()}, border {border.tolist()}")
    name = context.name(result)
    if spatial == 2:
        x = context.value(source, CHANNELS_FIRST)
        context.put(result, _rearranged(operator.kind, x, block, border, name), CHANNELS_FIRST)
        return
    row = mb.expand_dims(x=context.value(source, SERIES_CHANNELS_FIRST), axes=[2], name=f"{name}_row")
    moved = _rearranged(operator.kind, row, np.append([1], block), np.insert(border, 0, 0, axis=0), f"{name}_rows")
    context.put(result, mb.squeeze(x=moved, axes=[2], name=name), SERIES_CHANNELS_FIRST)


def _rearranged(kind: str, x: Var, block: Array, border: Array, name: str) -> Var:
    sizes, borders = block.astype(np.int32), border.astype(np.int32)
    if kind == "SPACE_TO_BATCH_ND":
        return mb.space_to_batch(x=x, block_shape=sizes, paddings=borders, name=name)
    return mb.batch_to_space(x=x, block_shape=sizes, crops=borders, name=name)


@register("SPACE_TO_DEPTH")
def lower_space_to_depth(context: Context, operator: Operator) -> None:
    """Blocks of pixels become blocks of channels, in TensorFlow's order."""
    source, result = context.tensor(operator, 0), context.result(operator)
    block = operator.whole("blockSize")
    if len(source.shape) != 4 or block < 1:
        raise ConversionError(f"input {list(source.shape)}, block {block}, expected rank 4 and a block of 1 or more")
    x = context.value(source, CHANNELS_FIRST)
    context.put(result, mb.space_to_depth(x=x, block_size=block, name=context.name(result)), CHANNELS_FIRST)
