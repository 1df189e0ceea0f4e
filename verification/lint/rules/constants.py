"""The values of constants."""

import math
from collections.abc import Iterator

import numpy as np

from verification.executor.constants import Constant
from verification.executor.dtypes import FLOAT16, FLOAT32, STRING, Array, has_numpy_dtype
from verification.executor.errors import PackageError
from verification.executor.program import Operation
from verification.lint.package import Package, place, readable
from verification.lint.registry import Problems, rule

_LARGEST_HALF = float(np.finfo(np.float16).max)
_WEIGHT_TYPES = frozenset({FLOAT16, FLOAT32, "int8", "uint8"})
_LARGEST_IMMEDIATE = 1024


@rule("immediates", severity="error", source="apple/coremltools mlmodel/format/MIL.proto (Value, TensorValue)")
def immediates(package: Package) -> Problems:
    """A constant in the program has as many elements as its type says, and of that type."""
    for operation, constant in _constants(package):
        if constant.is_blob or not (constant.type.dtype == STRING or has_numpy_dtype(constant.type.dtype)):
            continue
        try:
            constant.array()
        except PackageError as error:
            yield place(operation), f"{error}: write the value again"


@rule(
    "inline-weights",
    severity="warning",
    source="coremltools converters/mil/backend/mil/load.py (should_use_weight_file: from 10 elements on)",
)
def inline_weights(package: Package) -> Problems:
    """Weights of more than 1,024 elements stand in the weights file, where the system maps them, not in the program,
    which is parsed as a whole."""
    for operation, constant in _constants(package):
        if (
            not constant.is_blob
            and constant.type.dtype in _WEIGHT_TYPES
            and constant.type.elements > _LARGEST_IMMEDIATE
        ):
            message = f"found {constant.type} in the program, expected it in the weights file: store it there"
            yield place(operation), message


@rule(
    "finite-constants",
    severity="error",
    source="IEEE 754: 0 * inf and inf - inf are NaN, which every later operation passes on",
)
def finite_constants(package: Package) -> Problems:
    """Constants hold neither NaN nor infinity: a single one makes NaN of all that it is multiplied with or added to."""
    for operation, value in _floats(package):
        counts = {"NaN": int(np.isnan(value).sum()), "infinity": int(np.isinf(value).sum())}
        if value.dtype == np.float16:
            del counts["infinity"]  # `float16-overflow` names its cause
        for name, count in counts.items():
            if count:
                yield (
                    place(operation),
                    f"found {name} in {count} of {value.size} elements, expected numbers: replace it",
                )


@rule(
    "float16-overflow",
    severity="error",
    source="IEEE 754 binary16: 65504 is its largest number; coremltools guide, Typed Execution",
)
def float16_overflow(package: Package) -> Problems:
    """No constant is beyond ±65504, what float16 can hold, where it is stored so or cast so: it became infinite."""
    for operation, value in _floats(package):
        if value.dtype == np.float16 and (count := int(np.isinf(value).sum())):
            found = f"found infinity in {count} of {value.size} float16 elements"
            yield place(operation), f"{found}, expected numbers within ±65504: keep the constant in float32"
    for operation in package.operations("cast"):
        value_cast, dtype = package.value(operation, "x"), package.value(operation, "dtype")
        if value_cast is None or dtype is None or dtype.size != 1 or str(dtype.item()) != "fp16":
            continue
        largest = float(np.abs(value_cast).max(initial=0)) if value_cast.dtype.kind == "f" else 0.0
        if largest > _LARGEST_HALF and math.isfinite(largest):
            message = f"found {largest:g} cast to float16, expected numbers within ±65504: keep it in float32"
            yield place(operation), message


@rule(
    "sparse-masks",
    severity="error",
    source="coremltools converters/mil/mil/ops/defs/iOS16/constexpr_ops.py (constexpr_sparse_to_dense)",
)
def sparse_masks(package: Package) -> Problems:
    """A sparse constant's mask has one bit for each element of its shape, and as many ones as there are values."""
    for operation in package.operations("constexpr_sparse_to_dense"):
        mask, shape = package.value(operation, "mask"), package.value(operation, "shape")
        values = package.parameter(operation, "nonzero_data")
        if mask is None or shape is None or values is None or mask.dtype != np.uint8:
            continue  # iOS 18 stores masks as uint1, whose types `reinference` compares
        elements = math.prod(int(size) for size in shape.reshape(-1))
        bits = np.unpackbits(mask.reshape(-1), bitorder="little")
        if mask.size != (elements + 7) // 8:
            yield place(operation), f"found a mask of {mask.size} bytes for {elements} elements: write it again"
        elif bits[elements:].any():
            yield place(operation), f"found bits beyond the {elements} elements, expected zeros: write the mask again"
        elif int(bits.sum()) != values.type.elements:
            message = f"found {bits.sum()} bits for {values.type.elements} values, expected one each: write them again"
            yield place(operation), message


def _constants(package: Package) -> Iterator[tuple[Operation, Constant]]:
    return ((operation, constant) for operation in package.program.operations for constant in operation.constants())


def _floats(package: Package) -> Iterator[tuple[Operation, Array]]:
    for operation, constant in _constants(package):
        if constant.type.dtype in (FLOAT16, FLOAT32, "float64") and (value := readable(constant)) is not None:
            yield operation, value
