"""Read against the format's own writer, and what becomes of bytes that no writer made."""

import random
import struct
from pathlib import Path
from typing import Any

import pytest
from flatbuffers import flexbuffers  # type: ignore[import-untyped]

from converters.errors import ConversionError
from converters.flexbuffers import read_options
from converters.tflite_reader import read_tflite

VALUES: dict[str, Any] = {
    "tiny": -3,
    "byte": 200,
    "wide": -70_000,
    "widest": 2**40,
    "half": 1.5,
    "single": 0.1,
    "yes": True,
    "no": False,
    "narrow_list": [1, 2, 3, 200],
    "wide_list": [61, 146, 91, 70_000],
    "negative": [-1, 5],
    "reals": [0.25, -1.5, 3.0],
    "empty": [],
    "long": list(range(300)),
}


def written(values: dict[str, Any]) -> bytes:
    return bytes(flexbuffers.Dumps(values))


@pytest.mark.parametrize("name", VALUES)
def test_each_kind_of_value(name: str) -> None:
    value = VALUES[name]
    expected = tuple(value) if isinstance(value, list) else value
    found = read_options(written({name: value, "other": 7}))
    assert found == {name: expected, "other": 7}
    assert type(found[name]) is type(expected)


def test_all_together() -> None:
    expected = {name: tuple(value) if isinstance(value, list) else value for name, value in VALUES.items()}
    assert read_options(written(VALUES)) == expected


def test_what_only_the_builder_writes() -> None:
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.IndirectInt("indirect", -40_000)
        builder.IndirectFloat("far", 0.1)
        builder.Null("nothing")
        builder.TypedVectorFromElements("typed", [4, 5, 6, 7, 8])
        builder.FixedTypedVectorFromElements("pair", [1.5, 2.5])
        builder.FixedTypedVectorFromElements("triple", [7, 8, 9])
    found = read_options(bytes(builder.Finish()))
    assert found == {
        "indirect": -40_000,
        "far": 0.1,
        "typed": (4, 5, 6, 7, 8),
        "pair": (1.5, 2.5),
        "triple": (7, 8, 9),
    }


def test_no_bytes_are_no_options() -> None:
    assert read_options(b"") == {}
    assert read_options(written({})) == {}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "text"}, "its option 'name' is of FlexBuffers type 5, expected numbers"),
        ({"inner": {"a": 1}}, "its option 'inner' is of FlexBuffers type 9, expected numbers"),
        ({"mixed": [1, "a"]}, "its option 'mixed' holds more than numbers"),
        ([1, 2, 3], "are a FlexBuffers value of type 10, expected a map"),
        (5, "are a FlexBuffers value of type 1, expected a map"),
    ],
)
def test_what_options_are_not_made_of(values: Any, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        read_options(written(values))


def test_broken_bytes_end_in_one_line() -> None:
    """Every way to cut a map short and thousands to change it: an answer or ConversionError, nothing else."""
    data = written(VALUES | {"long": list(range(40))})
    generator = random.Random(5)
    hostile = [data[:length] for length in range(1, len(data))]
    for _ in range(4000):
        changed = bytearray(data)
        for _ in range(generator.randrange(1, 4)):
            changed[generator.randrange(len(data) - 60, len(data))] = generator.randrange(256)
        hostile.append(bytes(changed))
    refused = [isinstance(read(options), ConversionError) for options in hostile]
    assert sum(refused) > len(data)


def read(options: bytes) -> Any:
    try:
        return read_options(options)
    except ConversionError as error:
        return error


def sharing(keys: int, numbers: int) -> bytes:
    """A map of 4-byte elements whose keys all have the name k and the same list of numbers."""
    data = struct.pack(f"<{numbers + 1}I", numbers, *range(numbers))
    name = len(data)
    data += b"k\0\0\0" + struct.pack("<I", keys)
    first = len(data)
    data += b"".join(struct.pack("<I", first + 4 * index - name) for index in range(keys))
    data += struct.pack("<3I", len(data) - first, 4, keys)
    values = len(data)
    data += b"".join(struct.pack("<I", values + 4 * index - 4) for index in range(keys)) + bytes([12 << 2 | 2] * keys)
    return data + struct.pack("<I", len(data) - values) + bytes([9 << 2 | 2, 4])


def test_keys_that_share_one_vector_are_not_read_again_and_again() -> None:
    """n keys for one vector of n numbers are n² numbers out of a file of size n: no honest writer makes that."""
    assert read_options(sharing(2, 10)) == {"k": tuple(range(10))}
    with pytest.raises(ConversionError, match="broken FlexBuffers"):
        read_options(sharing(1000, 1000))


def test_the_pinned_models_options(models: dict[str, Path]) -> None:
    graph = read_tflite(models["FaceMeshAttention"].read_bytes(), "attention.tflite")
    custom = [operator for operator in graph.operators if operator.custom]
    assert len(custom) == 11
    for operator in custom:
        expected = dict(flexbuffers.Loads(operator.custom_options)) if operator.custom_options else {}
        assert read_options(operator.custom_options) == {
            name: tuple(value) if isinstance(value, list) else value for name, value in expected.items()
        }
