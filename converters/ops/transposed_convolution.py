"""TRANSPOSE_CONV, and MediaPipe's form of it with a bias."""

from dataclasses import dataclass

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Array, Operator, Tensor
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.activation import activated
from converters.ops.registry import register
from converters.windows import fitted, transpose_options


@dataclass(frozen=True, eq=False)
class Layer:
    """What a transposed convolution is made of: filters OHWI, strides (rows, columns), SAME or VALID."""

    filters: Array
    bias: Array | None
    strides: tuple[int, int]
    padding: str


@register("TRANSPOSE_CONV")
def lower_transpose_conv(context: Context, operator: Operator) -> None:
    """Operands: the result's shape (declared anyway), filters OHWI, input, optionally a bias."""
    source, filters, bias = (
        context.tensor(operator, 2),
        context.constant(operator, 1),
        context.optional_constant(operator, 3),
    )
    layer = Layer(
        filters, bias, (operator.whole("strideH"), operator.whole("strideW")), str(operator.option("padding"))
    )
    _transpose_convolve(context, operator, source, layer)


@register("Convolution2DTransposeBias")
def lower_transpose_conv_bias(context: Context, operator: Operator) -> None:
    """MediaPipe's custom operator (util/tflite/operations/transpose_conv_bias.cc): input, filters OHWI, bias."""
    padding, strides = transpose_options(operator)
    filters, bias = context.constant(operator, 1), context.constant(operator, 2)
    layer = Layer(filters, bias, strides, padding)
    _transpose_convolve(context, operator, context.tensor(operator, 0), layer)


def _transpose_convolve(context: Context, operator: Operator, source: Tensor, layer: Layer) -> None:
    result, filters, strides = context.result(operator), layer.filters, layer.strides
    if filters.ndim != 4 or len(source.shape) != 4 or len(result.shape) != 4 or min(strides) < 1:
        raise ConversionError(f"input {list(source.shape)}, filters {list(filters.shape)}, strides {strides}")
    cuts: list[int] = []
    gaps: list[tuple[int, int]] = []
    for axis in (1, 2):
        whole = (source.shape[axis] - 1) * strides[axis - 1] + filters.shape[axis]
        cut, gap = fitted(whole, result.shape[axis], layer.padding)
        cuts += cut
        gaps.append((0, gap))
    weight = np.pad(filters, [(0, 0), *gaps, (0, 0)]).transpose(3, 0, 1, 2)
    arguments = {} if layer.bias is None else {"bias": layer.bias.astype(np.float32).reshape(-1)}
    x = context.value(source, CHANNELS_FIRST)
    var = activated(
        context,
        operator,
        lambda name: mb.conv_transpose(
            x=x,
            weight=np.ascontiguousarray(weight, np.float32),
            strides=list(strides),
            pad_type="custom",
            pad=cuts,
            name=name,
            **arguments,
        ),
        result,
    )
    context.put(result, var, CHANNELS_FIRST)
