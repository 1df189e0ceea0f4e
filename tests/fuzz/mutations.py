"""Sound bytes made hostile, each time the same: a mutation is known by what it starts from and its number."""

import random
from collections.abc import Callable, Sequence

from tests.fuzz.flatbuffer import Place, places

Random = random.Random

NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 127, 128, 255, 256, 1000, 2**15 - 1, 2**15, 2**16 - 1, 2**16, 2**20, 2**24)
LIMITS = (2**31 - 1, 2**31, 2**32 - 1, 2**32 - 2, 2**32 - 4, 2**63 - 1, 2**63, 2**64 - 1)


def mutated(data: bytes, number: int) -> bytes:
    """Mutation `number` of a `.tflite`: even ones change numbers of its tables, odd ones any bytes."""
    source = Random(number)
    return aimed(data, source) if number % 2 == 0 else changed(data, source)


MEANING = ("Operator.", "OperatorCode.", "Options.", "Tensor.", "Quantization.", "Sparsity.", "Dimension.", "SubGraph.")


def changed_in_meaning(data: bytes, number: int) -> bytes:
    """Mutation `number` of a `.tflite` that can still be walked most often: no vtable, offset or length is changed."""
    kinds = [kind for kind in places(data) if kind.startswith(MEANING) and not kind.endswith(("offset", "length"))]
    return aimed(data, Random(number), sorted(kinds))


def aimed(data: bytes, source: Random, kinds: Sequence[str] = ()) -> bytes:
    """One to three numbers in the tables become others; one kind of number is as likely as the next."""
    found = places(data)
    kinds = kinds or sorted(found)
    hostile = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 3))):
        place = source.choice(found[source.choice(kinds)])
        value = _another(hostile, place, found, source)
        hostile[place.start : place.start + place.size] = (value % 256**place.size).to_bytes(place.size, "little")
    return bytes(hostile)


def _another(data: bytearray, place: Place, found: dict[str, tuple[Place, ...]], source: Random) -> int:
    """Another value for a number: a limit, a neighbour, a flipped bit, the value of another number of its kind."""
    before = int.from_bytes(data[place.start : place.start + place.size], "little")
    other = source.choice(found[place.what])
    return source.choice(
        (
            source.choice(NUMBERS),
            source.choice(LIMITS),
            before + source.choice((-8, -4, -2, -1, 1, 2, 4, 8)),
            before ^ (1 << source.randrange(8 * place.size)),
            int.from_bytes(data[other.start : other.start + other.size], "little"),
            source.choice((len(data) - place.start, -place.start, len(data))),
        )
    )


def changed(data: bytes, source: Random) -> bytes:
    """Any bytes become others, are cut off, put elsewhere or come in between; it gets little longer."""
    change: Callable[[bytearray, Random], None] = source.choice((_flip, _cut, _splice, _insert, _remove))
    hostile = bytearray(data)
    for _ in range(source.randint(1, 2)):
        change(hostile, source)
    return bytes(hostile)


def _flip(data: bytearray, source: Random) -> None:
    for _ in range(source.randint(1, 16)):
        if data:
            data[source.randrange(len(data))] = source.randrange(256)


def _cut(data: bytearray, source: Random) -> None:
    del data[source.randrange(len(data) + 1) :]


def _part(data: bytearray, source: Random) -> tuple[int, int]:
    start = source.randrange(len(data) + 1)
    return start, min(len(data), start + source.choice((1, 2, 4, 16, 64, 1024)))


def _splice(data: bytearray, source: Random) -> None:
    start, end = _part(data, source)
    place = source.randrange(len(data) + 1)
    data[place : place + end - start] = data[start:end]


def _insert(data: bytearray, source: Random) -> None:
    start, end = _part(data, source)
    place = source.randrange(len(data) + 1)
    data[place:place] = source.choice((bytes(end - start), b"\xff" * (end - start), data[start:end]))


def _remove(data: bytearray, source: Random) -> None:
    start, end = _part(data, source)
    del data[start:end]


def spliced(texts: Sequence[bytes], pieces: Sequence[bytes], source: Random) -> bytes:
    """A text with one to four of its tokens replaced by hostile `pieces`, or changed as bytes are."""
    data = source.choice(texts)
    if source.random() < 0.3:
        return changed(data, source)
    lines = data.split(b"\n")
    for _ in range(source.randint(1, 4)):
        index = source.randrange(len(lines))
        tokens = _tokens(lines[index])
        tokens[source.randrange(len(tokens))] = source.choice((*pieces, source.choice(_tokens(source.choice(lines)))))
        lines[index] = b"".join(tokens)
        if source.random() < 0.1:
            lines.insert(index, source.choice(lines))
    return b"\n".join(lines)


def _tokens(line: bytes) -> list[bytes]:
    """The words and the marks of a line, spaces kept: joined they are the line again."""
    import re

    return re.findall(rb'"[^"]*"|[\w.+-]+|\s+|.', line, re.DOTALL) or [b""]
