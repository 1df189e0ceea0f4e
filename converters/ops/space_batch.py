"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, as exporters write dilated convolutions; MIL's passes put those together."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register


@register("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND")
def lower_space_batch(context: Context, operator: Operator) -> None:
    """Blocks of pixels become pictures of the batch, or the other way; operand 2 pads before or crops after."""
    source, result = context.tensor(operator, 0), context.result(operator)
    block, border = context.constant(operator, 1).astype(np.int32), context.constant(operator, 2).astype(np.int32)
    if len(source.shape) != 4 or block.shape != (2,) or border.shape != (2, 2) or block.min() < 1 or border.min() < 0:
        raise ConversionError(f"input {list(source.shape)}, block {block.tolist()}, border {border.tolist()}")
    x, name = context.value(source, CHANNELS_FIRST), context.name(result)
    if operator.kind == "SPACE_TO_BATCH_ND":
        var = mb.space_to_batch(x=x, block_shape=block, paddings=border, name=name)
    else:
        var = mb.batch_to_space(x=x, block_shape=block, crops=border, name=name)
    context.put(result, var, CHANNELS_FIRST)


@register("SPACE_TO_DEPTH")
def lower_space_to_depth(context: Context, operator: Operator) -> None:
    """Blocks of pixels become blocks of channels, in TensorFlow's order."""
    source, result = context.tensor(operator, 0), context.result(operator)
    block = operator.whole("blockSize")
    if len(source.shape) != 4 or block < 1:
        raise ConversionError(f"input {list(source.shape)}, block {block}, expected rank 4 and a block of 1 or more")
    x = context.value(source, CHANNELS_FIRST)
    context.put(result, mb.space_to_depth(x=x, block_size=block, name=context.name(result)), CHANNELS_FIRST)
