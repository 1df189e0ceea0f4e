"""Resizing pictures, and the like."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register
from converters.sampling import nearest_cells


@register("RESIZE_BILINEAR")
def emit_resize_bilinear(context: Context[V], operator: Operator) -> None:
    """Bilinear interpolation to the size that the result declares."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if len(source.shape) != 4 or len(result.shape) != 4 or 0 in result.shape:
        raise ConversionError(f"input {list(source.shape)} to {list(result.shape)}, expected rank 4")
    aligned, half_pixel = bool(operator.option("alignCorners", False)), bool(operator.option("halfPixelCenters", False))
    if aligned and half_pixel:
        raise ConversionError("both align_corners and half_pixel_centers are set, expected at most one")
    rule = "aligned" if aligned else "half_pixel" if half_pixel else "plain"
    size = (result.shape[1], result.shape[2])
    context.put(result, context.home.resize_bilinear(context.value(source), size, rule))


@register("RESIZE_NEAREST_NEIGHBOR")
def emit_resize_nearest(context: Context[V], operator: Operator) -> None:
    """The nearest cell, by gathering rows and columns."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if len(source.shape) != 4 or len(result.shape) != 4 or 0 in result.shape:
        raise ConversionError(f"input {list(source.shape)} to {list(result.shape)}, expected rank 4")
    aligned, half_pixel = bool(operator.option("alignCorners", False)), bool(operator.option("halfPixelCenters", False))
    x = context.value(source)
    for axis in (1, 2):
        cells = nearest_cells(source.shape[axis], result.shape[axis], aligned, half_pixel)
        x = context.home.gather(x, context.home.constant(cells.astype(np.int32)), axis, 0)
    context.put(result, x)


@register("DEPTH_TO_SPACE", "SPACE_TO_DEPTH")
def emit_depth_space(context: Context[V], operator: Operator) -> None:
    """Blocks of channels become blocks of pixels, in TensorFlow's order, or the other way."""
    source, block = context.tensor(operator, 0), operator.whole("blockSize")
    if len(source.shape) != 4 or block < 1:
        raise ConversionError(f"input {list(source.shape)}, block {block}, expected rank 4 and a block of 1 or more")
    to_space = operator.kind == "DEPTH_TO_SPACE"
    if source.shape[3] % block**2 if to_space else source.shape[1] % block or source.shape[2] % block:
        raise ConversionError(f"input {list(source.shape)} is no whole number of blocks of {block}")
    move = context.home.depth_to_space if to_space else context.home.space_to_depth
    context.put(context.result(operator), move(context.value(source), block))
