"""SHA256SUMS, as `sha256sum -c` and `shasum -a 256 -c` read it."""

import hashlib
import re

from blazemesh.errors import InputError
from blazemesh.release import Tree

FILE = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)")


def sha256(data: bytes) -> str:
    """64 hexadecimal digits, lower case."""
    return hashlib.sha256(data).hexdigest()


def write_sums(files: Tree) -> bytes:
    """A line for each file, by name."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()


def read_sums(data: bytes) -> dict[str, str]:
    """The SHA-256 of each file by name; InputError for a line that is none, a path for a name among them."""
    sums: dict[str, str] = {}
    for number, line in enumerate(data.decode("ascii", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in sums:
            raise InputError(f"{FILE}, line {number}: found {line[:100]!r}, expected a new file's SHA-256 and name")
        sums[found[2]] = found[1]
    return sums
