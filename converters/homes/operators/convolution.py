"""Convolutions, their transpositions, and pooling."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array, Operator, Tensor
from converters.homes.context import Context
from converters.homes.home import Filters, V, Window
from converters.homes.registry import register
from converters.windows import fitted, transpose_options, window_padding


@register("CONV_2D")
def emit_conv_2d(context: Context[V], operator: Operator) -> None:
    """Filters OHWI → HWIO; fewer input channels than the picture has are a grouped convolution."""
    source, filters = context.tensor(operator, 0), context.constant(operator, 1)
    if filters.ndim != 4 or len(source.shape) != 4 or filters.shape[3] < 1 or source.shape[3] % filters.shape[3]:
        raise ConversionError(f"filters {list(filters.shape)} for the input {list(source.shape)}")
    weight = np.ascontiguousarray(filters.transpose(1, 2, 3, 0), np.float32)
    layer = Filters(weight, _bias(context, operator, 2), source.shape[3] // filters.shape[3])
    _convolve(context, operator, source, layer)


@register("DEPTHWISE_CONV_2D")
def emit_depthwise_conv_2d(context: Context[V], operator: Operator) -> None:
    """Filters 1HW(C·multiplier) → HW1(C·multiplier) in as many groups as there are input channels."""
    source, filters = context.tensor(operator, 0), context.constant(operator, 1)
    if filters.ndim != 4 or filters.shape[0] != 1 or len(source.shape) != 4 or filters.shape[3] % source.shape[3]:
        raise ConversionError(f"filters {list(filters.shape)} for the input {list(source.shape)}")
    weight = np.ascontiguousarray(filters.transpose(1, 2, 0, 3), np.float32)
    _convolve(context, operator, source, Filters(weight, _bias(context, operator, 2), source.shape[3], depthwise=True))


def _convolve(context: Context[V], operator: Operator, source: Tensor, filters: Filters) -> None:
    strides = (operator.whole("strideH"), operator.whole("strideW"))
    dilations = (operator.whole("dilationHFactor", 1), operator.whole("dilationWFactor", 1))
    if min(*strides, *dilations) < 1:
        raise ConversionError(f"strides {strides}, dilations {dilations}")
    size = (filters.weight.shape[0], filters.weight.shape[1])
    window = _window(operator, source, size, strides, dilations)
    context.put_activated(operator, context.home.convolution(context.value(source), filters, window))


@register("MAX_POOL_2D", "AVERAGE_POOL_2D")
def emit_pool(context: Context[V], operator: Operator) -> None:
    """The maximum or mean of each window's cells inside the picture: padding counts for nothing."""
    source = context.tensor(operator, 0)
    size = (operator.whole("filterHeight"), operator.whole("filterWidth"))
    strides = (operator.whole("strideH"), operator.whole("strideW"))
    if len(source.shape) != 4 or min(*size, *strides) < 1:
        raise ConversionError(f"input {list(source.shape)}, window {size}, strides {strides}")
    kind = "max" if operator.kind == "MAX_POOL_2D" else "average"
    window = _window(operator, source, size, strides)
    context.put_activated(operator, context.home.pool(kind, context.value(source), window))


def _window(
    operator: Operator,
    source: Tensor,
    size: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int] = (1, 1),
) -> Window:
    kind = str(operator.option("padding"))
    reaches = [dilation * (cells - 1) + 1 for dilation, cells in zip(dilations, size, strict=True)]
    rows, columns = (window_padding(kind, source.shape[1 + j], reaches[j], strides[j]) for j in (0, 1))
    return Window(size, strides, (rows, columns), dilations)


def _bias(context: Context[V], operator: Operator, position: int) -> Array | None:
    bias = context.optional_constant(operator, position)
    return None if bias is None else bias.astype(np.float32).reshape(-1)


@register("TRANSPOSE_CONV")
def emit_transpose_conv(context: Context[V], operator: Operator) -> None:
    """Operands: the result's shape (declared anyway), filters OHWI, input, optionally a bias."""
    strides = (operator.whole("strideH"), operator.whole("strideW"))
    filters, bias = context.constant(operator, 1), _bias(context, operator, 3)
    source = context.tensor(operator, 2)
    _transpose_convolve(context, operator, source, filters, bias, strides, str(operator.option("padding")))


@register("Convolution2DTransposeBias")
def emit_transpose_conv_bias(context: Context[V], operator: Operator) -> None:
    """MediaPipe's custom operator (util/tflite/operations/transpose_conv_bias.cc): input, filters OHWI, bias."""
    padding, strides = transpose_options(operator)
    filters, bias = context.constant(operator, 1), _bias(context, operator, 2)
    source = context.tensor(operator, 0)
    _transpose_convolve(context, operator, source, filters, bias, strides, padding)


def _transpose_convolve(
    context: Context[V],
    operator: Operator,
    source: Tensor,
    filters: Array,
    bias: Array | None,
    strides: tuple[int, int],
    padding: str,
) -> None:
    result = context.result(operator)
    if filters.ndim != 4 or len(source.shape) != 4 or len(result.shape) != 4 or min(strides) < 1:
        raise ConversionError(f"input {list(source.shape)}, filters {list(filters.shape)}, strides {strides}")
    cuts: list[tuple[int, int]] = []
    gaps: list[int] = []
    for axis in (1, 2):
        whole = (source.shape[axis] - 1) * strides[axis - 1] + filters.shape[axis]
        taken, gap = fitted(whole, result.shape[axis], padding)
        cuts.append(taken)
        gaps.append(gap)
    weight = np.ascontiguousarray(filters.transpose(1, 2, 3, 0), np.float32)
    window = Window((weight.shape[0], weight.shape[1]), strides, (cuts[0], cuts[1]))
    x = context.value(source)
    made = context.home.transposed_convolution(x, Filters(weight, bias), window, (gaps[0], gaps[1]))
    context.put_activated(operator, made)
