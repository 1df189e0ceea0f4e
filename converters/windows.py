"""How windows lie over an axis: what TensorFlow's SAME and VALID pad before a convolution, or cut off after one."""

import struct

from converters.errors import ConversionError
from converters.graph import Operator

PADDINGS = {1: "SAME", 2: "VALID"}
"""TfLitePadding (tensorflow/lite/core/c/builtin_op_data.h)."""


def window_padding(kind: str, size: int, reach: int, stride: int) -> tuple[int, int]:
    """Cells before and after one axis of `size` for a window of `reach` cells (TensorFlow's rule).

    SAME makes ceil(size / stride) outputs and puts the odd cell behind; VALID pads nothing.
    """
    if kind == "VALID":
        return 0, 0
    if kind != "SAME":
        raise ConversionError(f"padding {kind}, expected SAME or VALID")
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def fitted(whole: int, size: int, padding: str) -> tuple[tuple[int, int], int]:
    """How the `whole` cells that the filters reach become `size`: cells cut off on either side, or a gap behind.

    SAME cuts the odd cell behind, VALID everything (tensorflow/lite/kernels/transpose_conv.cc). A gap, where filters
    are narrower than their strides, is filled by filters widened with zeros.
    """
    if padding not in PADDINGS.values():
        raise ConversionError(f"padding {padding}, expected SAME or VALID")
    excess = max(whole - size, 0)
    before = excess // 2 if padding == "SAME" else 0
    return (before, excess - before), max(size - whole, 0)


def transpose_options(operator: Operator) -> tuple[str, tuple[int, int]]:
    """Of a Convolution2DTransposeBias, SAME or VALID, and the strides along rows and columns.

    Its options are the C structure TfLiteTransposeConvParams: padding, stride width, stride height, 32 bits each.
    """
    if len(operator.custom_options) < 12:
        raise ConversionError(f"options of {len(operator.custom_options)} bytes, expected 12")
    padding, width, height = struct.unpack("<3i", operator.custom_options[:12])
    if padding not in PADDINGS:
        raise ConversionError(f"padding {padding}, expected 1 (SAME) or 2 (VALID)")
    return PADDINGS[padding], (height, width)
