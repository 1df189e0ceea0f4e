"""CONV_2D and DEPTHWISE_CONV_2D, and the padding rules around them."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Array, Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.activation import activated
from converters.ops.registry import register
from converters.windows import window_padding


@register("CONV_2D")
def lower_conv_2d(context: Context, operator: Operator) -> None:
    """Filters OHWI → OIHW; fewer input channels than the picture has are a grouped convolution."""
    filters = context.constant(operator, 1)
    if filters.ndim != 4:
        raise ConversionError(f"filters of shape {list(filters.shape)}, expected rank 4")
    channels = context.tensor(operator, 0).shape[-1]
    if filters.shape[3] < 1 or channels % filters.shape[3]:
        raise ConversionError(f"filters take {filters.shape[3]} channels of {channels}")
    _convolve(context, operator, filters.transpose(0, 3, 1, 2), channels // filters.shape[3])


@register("DEPTHWISE_CONV_2D")
def lower_depthwise_conv_2d(context: Context, operator: Operator) -> None:
    """Filters 1HW(C·multiplier) → (C·multiplier)1HW in as many groups as there are input channels."""
    filters = context.constant(operator, 1)
    if filters.ndim != 4 or filters.shape[0] != 1:
        raise ConversionError(f"filters of shape {list(filters.shape)}, expected [1, height, width, channels]")
    _convolve(context, operator, filters.transpose(3, 0, 1, 2), context.tensor(operator, 0).shape[-1])


def _convolve(context: Context, operator: Operator, weight: Array, groups: int) -> None:
    source, result = context.tensor(operator, 0), context.result(operator)
    strides = (operator.whole("strideH"), operator.whole("strideW"))
    dilations = (operator.whole("dilationHFactor", 1), operator.whole("dilationWFactor", 1))
    if len(source.shape) != 4 or min(*strides, *dilations) < 1:
        raise ConversionError(f"input {list(source.shape)}, strides {strides}, dilations {dilations}")
    pads = []
    for axis in (0, 1):
        reach = dilations[axis] * (weight.shape[2 + axis] - 1) + 1
        pads.append(window_padding(str(operator.option("padding")), source.shape[1 + axis], reach, strides[axis]))
    if padding := context.zero_paddings.get(source.index):
        # A PAD of zeros in front, whatever this convolution pads itself, is more of the same zeros.
        source = context.graph.tensors[padding.source]
        pads = [_sum(pads[0], padding.rows), _sum(pads[1], padding.columns)]
    bias = context.optional_constant(operator, 2)
    arguments = {} if bias is None else {"bias": bias.astype(np.float32).reshape(-1)}
    x = context.value(source, CHANNELS_FIRST)
    var = activated(
        context,
        operator,
        lambda name: mb.conv(
            x=x,
            weight=np.ascontiguousarray(weight, np.float32),
            strides=list(strides),
            pad_type="custom",
            pad=[*pads[0], *pads[1]],
            dilations=list(dilations),
            groups=groups,
            name=name,
            **arguments,
        ),
        result,
    )
    context.put(result, var, CHANNELS_FIRST)


def _sum(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return left[0] + right[0], left[1] + right[1]
