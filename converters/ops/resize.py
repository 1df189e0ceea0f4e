"""Resizing pictures."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register


@register("RESIZE_BILINEAR")
def lower_resize_bilinear(context: Context, operator: Operator) -> None:
    """Bilinear interpolation to the size that operand 1 holds.

    Sampling positions of output cell i (tensorflow/lite/kernels/internal/reference/resize_bilinear.h, MIL's
    resize_bilinear docstring): half-pixel centres (i + ½)·in/out − ½ is UNALIGN_CORNERS; aligned corners
    i·(in − 1)/(out − 1) is STRICT_ALIGN_CORNERS; neither, i·in/out, is DEFAULT.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    size = context.constant(operator, 1).reshape(-1)
    if len(source.shape) != 4 or size.size != 2 or np.any(size < 1):
        raise ConversionError(f"input {list(source.shape)} to the size {size.tolist()}, expected rank 4 and two sizes")
    aligned, half_pixel = bool(operator.option("alignCorners", False)), bool(operator.option("halfPixelCenters", False))
    if aligned and half_pixel:
        raise ConversionError("both align_corners and half_pixel_centers are set, expected at most one")
    mode = "STRICT_ALIGN_CORNERS" if aligned else "UNALIGN_CORNERS" if half_pixel else "DEFAULT"
    var = mb.resize_bilinear(
        x=context.value(source, CHANNELS_FIRST),
        target_size_height=int(size[0]),
        target_size_width=int(size[1]),
        sampling_mode=mode,
        name=context.name(result),
    )
    context.put(result, var, CHANNELS_FIRST)


@register("DEPTH_TO_SPACE")
def lower_depth_to_space(context: Context, operator: Operator) -> None:
    """Blocks of channels become blocks of pixels, in TensorFlow's order (MIL's depth_to_space has the same)."""
    source, result = context.tensor(operator, 0), context.result(operator)
    block = operator.whole("blockSize")
    if len(source.shape) != 4 or block < 1:
        raise ConversionError(f"input {list(source.shape)}, block {block}, expected rank 4 and a block of 1 or more")
    x = context.value(source, CHANNELS_FIRST)
    context.put(result, mb.depth_to_space(x=x, block_size=block, name=context.name(result)), CHANNELS_FIRST)
