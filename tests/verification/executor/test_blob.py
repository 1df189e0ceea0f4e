import struct
from pathlib import Path

import numpy as np
import pytest

from verification.executor.blob import WeightFile
from verification.executor.dtypes import ValueType
from verification.executor.errors import PackageError

FLOATS = ValueType("float32", (2, 3))
VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)


def weight_file(
    path: Path,
    version: int = 2,
    sentinel: int = 0xDEADBEEF,
    code: int = 2,
    size: int = 24,
    offset: int = 128,
    data: bytes = VALUES.tobytes(),
) -> WeightFile:
    """A file with one blob, as StorageFormat.hpp of coremltools describes it."""
    header = struct.pack("<II", 1, version).ljust(64, b"\0")
    metadata = struct.pack("<IIQQ", sentinel, code, size, offset).ljust(64, b"\0")
    file = path / "weight.bin"
    file.write_bytes(header + metadata + data)
    return WeightFile(file)


def test_reads_a_blob(tmp_path: Path) -> None:
    file = weight_file(tmp_path)
    assert file.metadata(64).size == 24
    values = file.read(64, FLOATS)
    assert np.array_equal(values, VALUES)
    assert not values.flags.writeable


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(1, "float16"), (3, "uint8"), (4, "int8"), (6, "int16"), (7, "uint16"), (14, "int32"), (15, "uint32")],
)
def test_reads_every_type_that_numpy_has(tmp_path: Path, code: int, dtype: str) -> None:
    values = np.array([1, 2, 100], dtype)
    file = weight_file(tmp_path, code=code, size=values.nbytes, data=values.tobytes())
    assert np.array_equal(file.read(64, ValueType(dtype, (3,))), values)


def test_reads_what_coremltools_writes(tmp_path: Path) -> None:
    from coremltools.libmilstoragepython import _BlobStorageWriter

    writer = _BlobStorageWriter(str(tmp_path / "weight.bin"))
    halves = np.linspace(-1, 1, 37).astype(np.float16)
    first = writer.write_fp16_data(halves.view(np.uint16))
    second = writer.write_float_data(VALUES.ravel())
    del writer  # which writes the header
    file = WeightFile(tmp_path / "weight.bin")
    assert np.array_equal(file.read(first, ValueType("float16", (37,))), halves)
    assert np.array_equal(file.read(second, FLOATS), VALUES)


@pytest.mark.parametrize("offset", [0, 1, 65, 128, 192, 2**40, 2**64 - 64])
def test_offsets_at_which_no_blob_can_be(tmp_path: Path, offset: int) -> None:
    with pytest.raises(PackageError, match=r"weight\.bin: no blob"):
        weight_file(tmp_path).read(offset, FLOATS)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"version": 1}, "found weights of version 1, expected 2"),
        ({"sentinel": 7}, "no blob at offset 64: found 0x7, expected 0xdeadbeef"),
        ({"code": 99}, "unknown element type 99"),
        ({"code": 8}, "holds int4, which can't be read"),
        ({"code": 1}, "holds 24 bytes of float16, the program expects float32 [2, 3]"),
        ({"size": 20}, "holds 20 bytes of float32, the program expects float32 [2, 3]"),
        ({"size": 2**63}, "claims 9223372036854775808 bytes at 128, the file ends at 152"),
        ({"offset": 192}, "claims 24 bytes at 192, the file ends at 152"),
        ({"offset": 130}, "claims 24 bytes at 130"),
        ({"offset": 64}, "claims 24 bytes at 64"),
        ({"data": b""}, "claims 24 bytes at 128, the file ends at 128"),
    ],
)
def test_damaged_blobs(tmp_path: Path, damage: dict[str, int], message: str) -> None:
    with pytest.raises(PackageError) as caught:
        weight_file(tmp_path, **damage).read(64, FLOATS)  # type: ignore[arg-type]
    assert message in str(caught.value)


@pytest.mark.parametrize("length", [0, 10, 63, 64, 100, 127, 151])
def test_truncated_files(tmp_path: Path, length: int) -> None:
    file = weight_file(tmp_path)
    file.path.write_bytes(file.path.read_bytes()[:length])
    with pytest.raises(PackageError):
        file.read(64, FLOATS)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="the weights can't be read: No such file"):
        WeightFile(tmp_path / "weight.bin").read(64, FLOATS)
