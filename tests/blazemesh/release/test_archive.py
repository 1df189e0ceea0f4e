import io
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from blazemesh.errors import InputError
from blazemesh.release.archive import read_archive, write_archive

TIME = datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC)
TREE = {"b": b"1", "a/c": b"", "a.b": b"x" * 70_000, "é": b"2"}


def read(data: bytes) -> tuple[dict[str, bytes], datetime]:
    return read_archive(data, "Top", "x.zip")


def test_what_is_written_is_read() -> None:
    assert read(write_archive("Top", TREE, TIME)) == (TREE, TIME)


def test_entries_are_sorted_stored_plain_files_of_one_time() -> None:
    with zipfile.ZipFile(io.BytesIO(write_archive("Top", TREE, TIME))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["Top/a.b", "Top/a/c", "Top/b", "Top/é"]
    assert {(entry.create_system, entry.external_attr >> 16) for entry in entries} == {(3, stat.S_IFREG | 0o644)}
    assert {(entry.compress_type, entry.date_time) for entry in entries} == {(0, (2026, 2, 28, 23, 59, 58))}
    assert {entry.extra for entry in entries} == {b""}


def test_the_order_of_files_on_the_disk_does_not_matter() -> None:
    turned = dict(reversed(TREE.items()))
    assert write_archive("Top", turned, TIME) == write_archive("Top", TREE, TIME)


def foreign(name: str, mode: int = stat.S_IFREG | 0o644, kind: int = zipfile.ZIP_STORED, twice: str = "") -> bytes:
    """An archive that this program did not write."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for path in filter(None, (name, twice)):
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, mode << 16, kind
            archive.writestr(entry, b"data" * 10)
    return buffer.getvalue()


def damaged() -> bytes:
    data = bytearray(write_archive("Top", {"a": b"0123456789"}, TIME))
    data[data.index(b"0123456789")] ^= 1
    return bytes(data)


def huge() -> bytes:
    """A directory that speaks of four gigabytes."""
    data = bytearray(foreign("Top/a"))
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 28] = struct.pack("<II", 0xFFFFFFFE, 0xFFFFFFFE)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: foreign("Top/../../etc/x"), "expected one inside Top/"),
        (lambda: foreign("/Top/x"), "expected one inside Top/"),
        (lambda: foreign("Top"), "expected one inside Top/"),
        (lambda: foreign("Topmost/x"), "expected one inside Top/"),
        (lambda: foreign("Top/a\\..\\x"), "expected one inside Top/"),
        (lambda: foreign("Top//x"), "expected one inside Top/"),
        (lambda: foreign("Top/folder/"), "expected one inside Top/"),
        (lambda: foreign("Top/x", twice="Top/X"), "found two files 'Top/X'"),
        (lambda: foreign("Top/x", stat.S_IFLNK | 0o777), "found other bytes than its files make"),
        (lambda: foreign("Top/x", stat.S_IFREG | 0o755), "found other bytes than its files make"),
        (lambda: foreign("Top/b", twice="Top/a"), "found other bytes than its files make"),
        (lambda: foreign("Top/x", kind=zipfile.ZIP_DEFLATED), "expected it stored"),
        (lambda: write_archive("Top", TREE, TIME) + b"more", "found other bytes than its files make"),
        (lambda: b"more" + write_archive("Top", TREE, TIME), "found other bytes than its files make"),
        (lambda: write_archive("Top", {}, TIME), "found 0 files"),
        (lambda: write_archive("Top", TREE, TIME)[:-30], "no whole zip archive"),
        (lambda: b"", "no whole zip archive"),
        (damaged, "no whole zip archive"),
        (huge, "268435456 bytes in all"),
    ],
)
def test_another_archive_is_refused_in_one_line(data: Callable[[], bytes], said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(data())
    assert said in str(refused.value)
    assert str(refused.value).startswith("x.zip: ")
    assert "\n" not in str(refused.value)
