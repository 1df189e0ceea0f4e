"""Where the tables of a `.tflite` lie in its bytes: each number that decides how the rest of the file is read.

The format is FlatBuffers' (github.com/google/flatbuffers, docs "FlatBuffer Internals"), the tables are those of
TensorFlow Lite's schema.fbs (google-ai-edge/LiteRT, Apache-2.0). They are read here a second time, from the definition,
so that a mutation hits a table by intent and not by luck; nothing of the converter is used.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

SCHEMA: dict[str, tuple[tuple[str, str], ...]] = {
    "Model": (
        ("version", "4"),
        ("operator_codes", "[OperatorCode]"),
        ("subgraphs", "[SubGraph]"),
        ("description", "[1]"),
        ("buffers", "[Buffer]"),
        ("metadata_buffer", "[4]"),
        ("metadata", "[Metadata]"),
    ),
    "OperatorCode": (("deprecated_code", "1"), ("custom_code", "[1]"), ("version", "4"), ("code", "4")),
    "SubGraph": (
        ("tensors", "[Tensor]"),
        ("inputs", "[4]"),
        ("outputs", "[4]"),
        ("operators", "[Operator]"),
        ("name", "[1]"),
    ),
    "Tensor": (
        ("shape", "[4]"),
        ("type", "1"),
        ("buffer", "4"),
        ("name", "[1]"),
        ("quantization", "Quantization"),
        ("is_variable", "1"),
        ("sparsity", "Sparsity"),
        ("shape_signature", "[4]"),
    ),
    "Quantization": (
        ("min", "[4]"),
        ("max", "[4]"),
        ("scale", "[4]"),
        ("zero_point", "[8]"),
        ("details_type", "1"),
        ("details", "Options"),
        ("dimension", "4"),
    ),
    "Sparsity": (("order", "[4]"), ("block_map", "[4]"), ("dimensions", "[Dimension]")),
    "Dimension": (
        ("format", "1"),
        ("dense_size", "4"),
        ("segments_type", "1"),
        ("segments", "Indices"),
        ("indices_type", "1"),
        ("indices", "Indices"),
    ),
    "Indices": (("values", "[1]"),),
    "Operator": (
        ("code", "4"),
        ("inputs", "[4]"),
        ("outputs", "[4]"),
        ("options_type", "1"),
        ("options", "Options"),
        ("custom_options", "[1]"),
    ),
    "Options": tuple((f"option_{number}", "4") for number in range(8)),
    "Buffer": (("data", "[1]"), ("offset", "8"), ("size", "8")),
    "Metadata": (("name", "[1]"), ("buffer", "4")),
}
"""Each table's fields in the order of their ids: a number of so many bytes, a table, or a vector of either."""

ELEMENTS = 16
"""As many elements of a vector of numbers are places of their own; of longer ones the first few stand for all."""


@dataclass(frozen=True)
class Place:
    """A number in the file: its first byte, its size in bytes, and what it is, such as "Tensor.shape element"."""

    start: int
    size: int
    what: str


@cache
def places(data: bytes) -> dict[str, tuple[Place, ...]]:
    """Every number of the tables, by what it is; the file has to be a sound one."""
    found: dict[str, list[Place]] = {}
    for place in _Walker(data).table("Model", _number(data, 0, 4)):
        found.setdefault(place.what, []).append(place)
    found["root offset"] = [Place(0, 4, "root offset")]
    return {what: tuple(listed) for what, listed in found.items()}


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "little")


class _Walker:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen: set[tuple[str, int]] = set()

    def table(self, name: str, start: int) -> Iterator[Place]:
        """What is in the table at `start`, its vtable included; shared tables are visited once."""
        if (name, start) in self._seen:
            return
        self._seen.add((name, start))
        yield Place(start, 4, f"{name} vtable offset")
        (distance,) = struct.unpack_from("<i", self._data, start)
        vtable = start - distance
        yield Place(vtable, 2, f"{name} vtable size")
        yield Place(vtable + 2, 2, f"{name} table size")
        entries = (_number(self._data, vtable, 2) - 4) // 2
        for (field, kind), entry in zip(SCHEMA[name], range(entries), strict=False):
            position = vtable + 4 + 2 * entry
            yield Place(position, 2, f"{name} vtable entry")
            if offset := _number(self._data, position, 2):
                yield from self._field(f"{name}.{field}", kind, start + offset)

    def _field(self, what: str, kind: str, start: int) -> Iterator[Place]:
        if kind.isdigit():
            yield Place(start, int(kind), what)
            return
        yield Place(start, 4, f"{what} offset")
        target = start + _number(self._data, start, 4)
        if kind.startswith("["):
            yield from self._vector(what, kind[1:-1], target)
        else:
            yield from self.table(kind, target)

    def _vector(self, what: str, kind: str, start: int) -> Iterator[Place]:
        length = _number(self._data, start, 4)
        yield Place(start, 4, f"{what} length")
        if kind.isdigit():
            for index in range(min(length, ELEMENTS)):
                yield Place(start + 4 + index * int(kind), int(kind), f"{what} element")
            return
        for index in range(length):
            place = start + 4 + 4 * index
            yield Place(place, 4, f"{what} element offset")
            yield from self.table(kind, place + _number(self._data, place, 4))
