"""Constants of a program, read when they are asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from verification.executor.blob import WeightFile
from verification.executor.dtypes import LARGEST_ELEMENTS, STRING, Array, ValueType, has_numpy_dtype, numpy_dtype
from verification.executor.errors import PackageError


@dataclass(frozen=True)
class BlobSource:
    """A constant in a weights file: the file, and the offset of the blob's metadata."""

    file: WeightFile
    offset: int


@dataclass(frozen=True, eq=False)
class Constant:
    """A value that the package carries: in its weights file, or as an immediate value (a TensorValue of MIL.proto)."""

    type: ValueType
    source: Any

    @property
    def is_blob(self) -> bool:
        """Whether the value is in a weights file."""
        return isinstance(self.source, BlobSource)

    def stored_bytes(self) -> int:
        """The bytes that the value's data takes where it is stored; for strings the bytes of their text."""
        if isinstance(self.source, BlobSource):
            return self.source.file.metadata(self.source.offset).size
        field, values = _immediate_values(self.source)
        if field == "bytes":
            return len(values)
        if field == "strings":
            return sum(len(text.encode()) for text in values)
        return self.array().nbytes

    def array(self) -> Array:
        """The value; an array of objects where it holds strings. PackageError if it doesn't fit its declared type."""
        if not self.type.is_static or self.type.elements > LARGEST_ELEMENTS:
            raise PackageError(f"found a constant of type {self.type}, expected at most {LARGEST_ELEMENTS} elements")
        if isinstance(self.source, BlobSource):
            return self.source.file.read(self.source.offset, self.type)
        return _read_immediate(self.source, self.type)


def _immediate_values(tensor: Any) -> tuple[str, Any]:
    """The name of the field in which a TensorValue holds its values, and the values."""
    field = tensor.WhichOneof("value") if tensor is not None else None
    if field is None:
        return "", ()
    return field, getattr(tensor, field).values


def _read_immediate(tensor: Any, expected: ValueType) -> Array:
    field, values = _immediate_values(tensor)
    if (field == "strings") != (expected.dtype == STRING) and field:
        raise PackageError(f"found a constant in {field}, expected {expected}")
    if expected.dtype != STRING and not has_numpy_dtype(expected.dtype):
        raise PackageError(f"found a constant of type {expected}, which can't be read")
    dtype = np.dtype(object) if expected.dtype == STRING else numpy_dtype(expected.dtype)
    try:
        flat = np.frombuffer(values, dtype) if field == "bytes" else np.array(list(values), dtype)
    except (ValueError, OverflowError) as error:
        raise PackageError(f"found a constant that is no {expected}: {error}") from None
    if flat.size != expected.elements:
        raise PackageError(f"found a constant of {flat.size} elements, expected {expected}")
    return flat.reshape(expected.shape)
