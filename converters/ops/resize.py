"""Resizing pictures."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register
from converters.sampling import nearest_cells


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


@register("RESIZE_NEAREST_NEIGHBOR")
def lower_resize_nearest(context: Context, operator: Operator) -> None:
    """The nearest cell, by gathering rows and columns; whole enlargements are an upsampling.

    Cell of output i (tensorflow/lite/kernels/internal/reference/resize_nearest_neighbor.h): floor(i·in/out);
    floor((i + ½)·in/out) with half-pixel centres; round(i·(in − 1)/(out − 1)) with aligned corners.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    aligned, half_pixel = bool(operator.option("alignCorners", False)), bool(operator.option("halfPixelCenters", False))
    if len(source.shape) != 4 or len(result.shape) != 4 or 0 in result.shape:
        raise ConversionError(f"input {list(source.shape)} to {list(result.shape)}, expected rank 4")
    var, name = context.value(source, CHANNELS_FIRST), context.name(result)
    sizes = [(source.shape[axis], result.shape[axis]) for axis in (1, 2)]
    if not aligned and all(target % size == 0 for size, target in sizes):
        rows, columns = (target // size for size, target in sizes)
        var = mb.upsample_nearest_neighbor(x=var, scale_factor_height=rows, scale_factor_width=columns, name=name)
    else:
        for axis, step in ((2, f"{name}_rows"), (3, name)):
            size, target = sizes[axis - 2]
            cells = nearest_cells(size, target, aligned, half_pixel)
            var = mb.gather(x=var, indices=cells, axis=axis, name=step)
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
