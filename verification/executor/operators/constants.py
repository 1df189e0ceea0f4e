"""Constants, plain and compressed. Compressed ones are expanded before execution, to the type that they declare."""

import math

import numpy as np

from verification.executor.dtypes import LARGEST_ELEMENTS, Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph
from verification.executor.operators.registry import Ints, register


@register("const")
def const(graph: Graph, val: Array) -> Array:
    """The constant itself."""
    return val


@register("constexpr_sparse_to_dense")
def constexpr_sparse_to_dense(graph: Graph, nonzero_data: Array, mask: Array, shape: Ints) -> Array:
    """Zeros, but where a bit of the mask is set the next of `nonzero_data`, in row-major order.

    The mask has one bit an element, the lowest bit of a byte first (constexpr_ops.py of coremltools, iOS 16). Bits past
    the last element must be 0.
    """
    elements = _elements(shape)
    _expect_vector("mask", mask, np.uint8, math.ceil(elements / 8))
    bits = np.unpackbits(mask, bitorder="little").astype(bool)
    if bits[elements:].any():
        raise PackageError(f"its mask has bits set past its {elements} elements")
    present = np.flatnonzero(bits[:elements])
    if nonzero_data.shape != present.shape:
        raise PackageError(f"its mask has {present.size} bits set, its data the shape {list(nonzero_data.shape)}")
    dense = np.zeros(elements, nonzero_data.dtype)
    dense[present] = nonzero_data
    return dense.reshape(shape)


@register("constexpr_lut_to_dense")
def constexpr_lut_to_dense(graph: Graph, indices: Array, lut: Array, shape: Ints) -> Array:
    """Elements looked up in a table of 2, 4, 16, 64 or 256 values.

    The indices have log2(table) bits each, packed without gaps, lowest bits first, running over the bytes' borders
    (constexpr_ops.py of coremltools, iOS 16).
    """
    elements = _elements(shape)
    if lut.ndim != 1 or lut.size not in (2, 4, 16, 64, 256):
        raise PackageError(f"its table has the shape {list(lut.shape)}, expected 2, 4, 16, 64 or 256 values")
    width = lut.size.bit_length() - 1
    _expect_vector("indices", indices, np.uint8, math.ceil(width * elements / 8))
    bits = np.unpackbits(indices, bitorder="little")[: width * elements].reshape(elements, width)
    return lut[bits @ (1 << np.arange(width))].reshape(shape)


@register("constexpr_affine_dequantize")
def constexpr_affine_dequantize(
    graph: Graph, quantized_data: Array, zero_point: Array, scale: Array, axis: int
) -> Array:
    """scale · (quantized_data - zero_point), both scalars or vectors along `axis`, computed in fp32."""
    if quantized_data.dtype.kind not in "iu" or scale.dtype.kind != "f":
        raise PackageError(
            f"found data of {quantized_data.dtype} and a scale of {scale.dtype}, expected int8 and float"
        )
    size = quantized_data.shape[axis]
    shape = [1] * quantized_data.ndim
    shape[axis] = size
    for name, value in (("scale", scale), ("zero_point", zero_point)):
        if value.ndim and value.shape != (size,):
            raise PackageError(f"its {name} has the shape {list(value.shape)}, expected [] or [{size}]")
    centred = quantized_data.astype(np.float32) - _along(zero_point, shape)
    return (centred * _along(scale, shape)).astype(scale.dtype)


@register("constexpr_cast")
def constexpr_cast(graph: Graph, source_val: Array, output_dtype: str) -> Array:
    """fp16 constants widened to fp32, the only cast that the operator has."""
    if source_val.dtype != np.float16 or output_dtype != "fp32":
        raise PackageError(f"found a cast from {source_val.dtype} to {output_dtype!r}, expected fp16 to fp32")
    return source_val.astype(np.float32)


def _elements(shape: Ints) -> int:
    elements = math.prod(shape)
    if elements > LARGEST_ELEMENTS:
        raise PackageError(f"it expands to the shape {list(shape)}, expected at most {LARGEST_ELEMENTS} elements")
    return elements


def _expect_vector(name: str, array: Array, dtype: type[np.generic], size: int) -> None:
    if array.dtype != dtype or array.shape != (size,):
        raise PackageError(f"its {name} is {array.dtype} {list(array.shape)}, expected {np.dtype(dtype)} [{size}]")


def _along(value: Array, shape: list[int]) -> Array:
    wide = value.astype(np.float32)
    return wide.reshape(shape) if wide.ndim else wide
