"""The weights file of a package (weight.bin).

Layout, as in coremltools' mlmodel/src/MILBlob/Blob/StorageFormat.hpp (BSD-3-Clause): a header of 64 bytes (number of
blobs, version 2), then blobs. A blob is 64 bytes of metadata (sentinel, element type, size and offset of its data) and
the data; both start at multiples of 64. A program refers to a blob by the offset of its metadata.
"""

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from verification.executor.bundle import LARGEST_WEIGHTS, bounded
from verification.executor.dtypes import Array, ValueType, has_numpy_dtype, numpy_dtype
from verification.executor.errors import PackageError

_ALIGNMENT = 64
_VERSION = 2
_SENTINEL = 0xDEADBEEF
_HEADER = struct.Struct("<II56x")
_METADATA = struct.Struct("<IIQQ40x")

# BlobDataType.hpp of the same source.
_ELEMENT_TYPES = {
    1: "float16",
    2: "float32",
    3: "uint8",
    4: "int8",
    5: "bfloat16",
    6: "int16",
    7: "uint16",
    8: "int4",
    9: "uint1",
    10: "uint2",
    11: "uint4",
    12: "uint3",
    13: "uint6",
    14: "int32",
    15: "uint32",
    16: "float8e4m3fn",
    17: "float8e5m2",
}


@dataclass(frozen=True)
class BlobMetadata:
    """What a blob says of its data: MIL's name of the element type, size and file offset in bytes."""

    dtype: str
    size: int
    offset: int


@dataclass(frozen=True)
class WeightFile:
    """A weights file, read when the first blob is asked for."""

    path: Path

    def metadata(self, offset: int) -> BlobMetadata:
        """The metadata at `offset`, its data's bounds checked against the file; PackageError if there is none."""
        if offset % _ALIGNMENT or not _ALIGNMENT <= offset <= len(self._content) - _METADATA.size:
            raise PackageError(
                f"{self.path}: no blob can start at offset {offset}: expected a multiple of {_ALIGNMENT} "
                f"inside the file's {len(self._content)} bytes"
            )
        sentinel, code, size, start = _METADATA.unpack_from(self._content, offset)
        if sentinel != _SENTINEL:
            raise PackageError(f"{self.path}: no blob at offset {offset}: found {sentinel:#x}, expected {_SENTINEL:#x}")
        if code not in _ELEMENT_TYPES:
            raise PackageError(f"{self.path}: the blob at offset {offset} has the unknown element type {code}")
        if start % _ALIGNMENT or start < offset + _METADATA.size or start + size > len(self._content):
            raise PackageError(
                f"{self.path}: the blob at offset {offset} claims {size} bytes at {start}, "
                f"the file ends at {len(self._content)}"
            )
        return BlobMetadata(_ELEMENT_TYPES[code], size, start)

    def read(self, offset: int, expected: ValueType) -> Array:
        """The blob whose metadata is at `offset`, as a read-only array; PackageError if it isn't of type `expected`."""
        metadata = self.metadata(offset)
        if not has_numpy_dtype(metadata.dtype):
            raise PackageError(f"{self.path}: the blob at offset {offset} holds {metadata.dtype}, which can't be read")
        dtype = numpy_dtype(metadata.dtype)
        if metadata.dtype != expected.dtype or metadata.size != expected.elements * dtype.itemsize:
            raise PackageError(
                f"{self.path}: the blob at offset {offset} holds {metadata.size} bytes of {metadata.dtype}, "
                f"the program expects {expected}"
            )
        flat = np.frombuffer(self._content, dtype, expected.elements, metadata.offset)
        return flat.reshape(expected.shape)

    @cached_property
    def _content(self) -> bytes:
        try:
            content = bounded(self.path, LARGEST_WEIGHTS).read_bytes()
        except OSError as error:
            raise PackageError(f"{self.path}: the weights can't be read: {error.strerror}") from None
        if len(content) < _HEADER.size:
            raise PackageError(f"{self.path}: found {len(content)} bytes, expected a header of {_HEADER.size}")
        _, version = _HEADER.unpack_from(content)
        if version != _VERSION:
            raise PackageError(f"{self.path}: found weights of version {version}, expected {_VERSION}")
        return content
