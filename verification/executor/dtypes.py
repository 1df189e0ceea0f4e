"""Value types of MIL programs."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FLEXIBLE = -1
"""A dimension that the package leaves open until it is run."""

LARGEST_ELEMENTS = 2**28
"""The most elements a single value may have: 1 GB of fp32, a hundred times the largest value of a face model."""

STRING = "string"
FLOAT16 = "float16"
FLOAT32 = "float32"

_NUMPY_NAMES = frozenset(
    {"bool", FLOAT16, FLOAT32, "float64"} | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)


@dataclass(frozen=True)
class ValueType:
    """Element type, by its name in MIL.proto in lower case ("float16", "int4", "string"), and shape.

    A dimension is FLEXIBLE where the package leaves it open. Values that are not tensors (lists, tuples, dictionaries,
    states) have their kind as dtype and an empty shape.
    """

    dtype: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """How many elements a value of this type has; 1 for a scalar."""
        return math.prod(self.shape)

    @property
    def is_static(self) -> bool:
        """Whether every dimension is known."""
        return all(size != FLEXIBLE for size in self.shape)

    def __str__(self) -> str:
        dimensions = ", ".join("?" if size == FLEXIBLE else str(size) for size in self.shape)
        return f"{self.dtype} [{dimensions}]"


def has_numpy_dtype(dtype: str) -> bool:
    """Whether numpy can hold elements of this type (it can't hold types of less than a byte, nor bfloat16)."""
    return dtype in _NUMPY_NAMES


def numpy_dtype(dtype: str) -> np.dtype[Any]:
    """The numpy type of a MIL type for which `has_numpy_dtype` holds."""
    return np.dtype(dtype)


def type_of(array: Array) -> ValueType:
    """The value type of an array; arrays of objects hold strings."""
    return ValueType(STRING if array.dtype == object else array.dtype.name, array.shape)


def carried_dtype(dtype: str) -> str:
    """The type in which the ONNX graph carries a value: halves are carried as fp32, everything else as it is."""
    return FLOAT32 if dtype == FLOAT16 else dtype
