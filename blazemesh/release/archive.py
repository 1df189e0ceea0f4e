"""Zip archives whose bytes depend on their contents and one time alone, and reading one without trusting it.

Files are stored, not deflated: what deflate makes differs between zlib, zlib-ng and their versions, and a release must
be the same wherever it is made. It costs 3 MB of 10, as weights hardly shrink.
"""

import io
import stat
import zipfile
from datetime import UTC, datetime

from blazemesh.errors import InputError
from blazemesh.release import Tree

MODE = stat.S_IFREG | 0o644
UNIX = 3  # the system that a file's mode is of
MOST_FILES = 10_000
LARGEST = 1 << 28


def write_archive(top: str, tree: Tree, time: datetime) -> bytes:
    """The archive that holds `tree` in the folder `top`: sorted, with mode 0644 and `time` (UTC) throughout."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(tree):
            entry = zipfile.ZipInfo(
                f"{top}/{path}", (time.year, time.month, time.day, time.hour, time.minute, time.second)
            )
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            archive.writestr(entry, tree[path])
    return buffer.getvalue()


def read_archive(data: bytes, top: str, where: str) -> tuple[dict[str, bytes], datetime]:
    """The tree in the folder `top` of an archive, and its time; nothing is written anywhere.

    InputError, one line, where it isn't the archive that `write_archive` makes of its own contents: a path that leads
    out of `top`, a link, a second file of a name, bytes before, between or behind the files, an order of its own.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_strange(entries, top, where)
            tree = {entry.filename.removeprefix(f"{top}/"): archive.read(entry) for entry in entries}
            time = datetime(*entries[0].date_time, tzinfo=UTC)
    except (zipfile.BadZipFile, ValueError, OverflowError, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where}: no whole zip archive ({error}); make or download it again") from error
    if write_archive(top, tree, time) != data:
        raise InputError(f"{where}: found other bytes than its files make, expected nothing but files; make it again")
    return tree, time


def _refuse_strange(entries: list[zipfile.ZipInfo], top: str, where: str) -> None:
    """InputError for what no release has, before a byte of it is read."""
    if not 0 < len(entries) <= MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        raise InputError(f"{where}: found {len(entries)} files, expected 1 to {MOST_FILES}, of {LARGEST} bytes in all")
    seen: set[str] = set()
    for entry in entries:
        parts = entry.orig_filename.split("/")
        if parts[0] != top or len(parts) < 2 or {"", ".", ".."} & set(parts) or "\\" in entry.orig_filename:
            raise InputError(f"{where}: found the path {entry.orig_filename!r}, expected one inside {top}/")
        if entry.filename.lower() in seen:  # a Mac's file names don't tell a from A
            raise InputError(
                f"{where}: found two files {entry.filename!r}, expected names that differ in more than case"
            )
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise InputError(f"{where}: found {entry.filename!r} compressed, expected it stored")
        seen.add(entry.filename.lower())
