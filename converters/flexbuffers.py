"""The options of custom operators: FlexBuffers, a map of names to numbers and lists of numbers.

The format is FlatBuffers' (google/flatbuffers, docs/source/flexbuffers.md): values are read backwards from
the end, offsets count backwards, each container says how wide its elements are.
"""

import struct

from converters.errors import ConversionError
from converters.graph import Option

FORMATS = {
    "i": {1: "<b", 2: "<h", 4: "<i", 8: "<q"},
    "u": {1: "<B", 2: "<H", 4: "<I", 8: "<Q"},
    "f": {2: "<e", 4: "<f", 8: "<d"},
}
"""By a number's kind (signed, unsigned, float) and its width in bytes, how it is stored."""

MAP, VECTOR, BOOL = 9, 10, 26
INLINE = {1: "i", 2: "u", 3: "f", BOOL: "u"}
INDIRECT = {6: "i", 7: "u", 8: "f"}
TYPED_VECTORS = {11: "i", 12: "u", 13: "f", 36: "u"}
FIXED_VECTORS = {16: ("i", 2), 17: ("u", 2), 18: ("f", 2), 19: ("i", 3), 20: ("u", 3), 21: ("f", 3)} | {
    22: ("i", 4),
    23: ("u", 4),
    24: ("f", 4),
}
"""The type numbers of the format that options are made of; text, blobs and maps inside a map are not among them."""


def read_options(data: bytes) -> dict[str, Option]:
    """The map in `data`; none at all is an empty one. ConversionError for what is broken, or holds more than numbers.

    A value of type null is left out, as if the key were not there.
    """
    if not data:
        return {}
    try:
        return _Reader(data).root()
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise ConversionError(f"its options ({len(data)} bytes) are broken FlexBuffers; export the model again") from (
            error
        )


class _Reader:
    """Reads at positions that the file says: each is held against its bounds, and all together against its size.

    An honest writer stores whatever it lists; a map whose keys share one long vector would cost more than it is worth.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.unread = len(data)

    def root(self) -> dict[str, Option]:
        packed, width = self.data[-2], self.data[-1]
        if packed >> 2 != MAP:
            raise ConversionError(f"its options are a FlexBuffers value of type {packed >> 2}, expected a map (type 9)")
        return self.map(self.target(len(self.data) - 2 - width, width), 1 << (packed & 3))

    def map(self, position: int, width: int) -> dict[str, Option]:
        """A map: its values from `position` on, their types behind them, in front where its keys are."""
        count = self.counted(self.size(position - width, width))
        keys = self.target(position - 3 * width, width)
        key_width = self.size(position - 2 * width, width)
        if self.size(keys - key_width, key_width) != count:
            raise KeyError(count)
        options: dict[str, Option] = {}
        for index in range(count):
            name = self.text(self.target(keys + index * key_width, key_width))
            packed = self.data[position + count * width + index]
            value = self.value(name, packed, position + index * width, width)
            if value is not None:
                options[name] = value
        return options

    def value(self, name: str, packed: int, position: int, width: int) -> Option | None:
        """The value at `position`, `width` bytes wide: a number, or how far back one or several stand."""
        kind, inner = packed >> 2, 1 << (packed & 3)
        if kind == 0:
            return None
        if kind in INLINE:
            found = self.number(INLINE[kind], position, width)
            return bool(found) if kind == BOOL else found
        if kind in INDIRECT:
            return self.number(INDIRECT[kind], self.target(position, width), inner)
        if kind not in (VECTOR, *TYPED_VECTORS, *FIXED_VECTORS):
            raise ConversionError(f"its option '{name}' is of FlexBuffers type {kind}, expected numbers")
        start = self.target(position, width)
        if kind in FIXED_VECTORS:
            letter, count = FIXED_VECTORS[kind]
        else:
            letter, count = TYPED_VECTORS.get(kind, ""), self.size(start - inner, inner)
        places = [start + index * inner for index in range(self.counted(count))]
        if kind != VECTOR:
            return tuple(self.number(letter, place, inner) for place in places)
        types = [self.data[start + count * inner + index] >> 2 for index in range(count)]
        if any(kind not in INLINE for kind in types):
            raise ConversionError(f"its option '{name}' holds more than numbers")
        return tuple(self.number(INLINE[kind], place, inner) for kind, place in zip(types, places, strict=True))

    def number(self, letter: str, position: int, width: int) -> int | float:
        if position < 0:
            raise IndexError(position)
        found: int | float = struct.unpack_from(FORMATS[letter][width], self.data, position)[0]
        return found

    def size(self, position: int, width: int) -> int:
        return int(self.number("u", position, width))

    def target(self, position: int, width: int) -> int:
        """Where the offset at `position` leads."""
        start = position - self.size(position, width)
        if start < 0:
            raise IndexError(start)
        return start

    def text(self, position: int) -> str:
        end = self.data.find(0, position)
        if end < 0:
            raise IndexError(position)
        return self.data[position : position + self.counted(end - position)].decode()

    def counted(self, count: int) -> int:
        if count > self.unread:
            raise IndexError(count)
        self.unread -= count
        return count
