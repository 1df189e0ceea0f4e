"""A bare git repository with one commit, written by hand: neither git nor its settings have a say in its bytes.

Objects are git's own: SHA-1 over "kind size NUL content", kept in a zlib stream, whose blocks are stored ones here, as
what deflate makes differs from zlib to zlib ("Git Internals: Git Objects" of git-scm.com/book describes them).
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime

from blazemesh.release import NAME, Tree

BRANCH = "main"
AUTHOR = f"{NAME} <release@blazemesh.invalid>"
CONFIG = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = false\n\tbare = true\n"
_STORED = 0xFFFF  # bytes in a stored block of a deflate stream, at most (RFC 1951, 3.2.4)


def write_repository(tree: Tree, version: str, time: datetime) -> dict[str, bytes]:
    """The repository's files: `tree` as the commit that the branch main and the tag `version` name.

    With info/refs and objects/info/packs, which `git update-server-info` would write, any web server can offer it.
    """
    objects: dict[str, bytes] = {}
    commit = _add(objects, "commit", _commit(_add_tree(objects, tree), version, time))
    refs = {f"refs/heads/{BRANCH}": commit, f"refs/tags/{version}": commit}
    return {
        "HEAD": f"ref: refs/heads/{BRANCH}\n".encode(),
        "config": CONFIG,
        "info/refs": "".join(f"{name}\t{ref}\n" for ref, name in refs.items()).encode(),
        "objects/info/packs": b"\n",
        **{f"objects/{name[:2]}/{name[2:]}": _zlib_stored(data) for name, data in objects.items()},
        **{ref: f"{name}\n".encode() for ref, name in refs.items()},
    }


def commit_of(repository: Tree, version: str) -> str:
    """The commit's name: 40 hexadecimal digits."""
    return repository[f"refs/tags/{version}"].decode().strip()


def _commit(tree: str, version: str, time: datetime) -> bytes:
    when = f"{int(time.timestamp())} +0000"
    return f"tree {tree}\nauthor {AUTHOR} {when}\ncommitter {AUTHOR} {when}\n\n{NAME} {version}\n".encode()


def _add_tree(objects: dict[str, bytes], tree: Tree) -> str:
    """Add a folder, with what is in it; its object's name."""
    folders: dict[str, dict[str, bytes]] = {}
    entries: dict[bytes, tuple[bytes, str]] = {}
    for path, data in tree.items():
        first, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(first, {})[rest] = data
        else:
            entries[first.encode()] = b"100644", _add(objects, "blob", data)
    for name, inside in folders.items():
        entries[f"{name}/".encode()] = b"40000", _add_tree(objects, inside)  # sorted as if it ended in a slash
    lines = (
        mode + b" " + name.rstrip(b"/") + b"\0" + bytes.fromhex(id_) for name, (mode, id_) in sorted(entries.items())
    )
    return _add(objects, "tree", b"".join(lines))


def _add(objects: dict[str, bytes], kind: str, content: bytes) -> str:
    data = f"{kind} {len(content)}\0".encode() + content
    name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    objects[name] = data
    return name


def _zlib_stored(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) that holds `data` as it is."""
    return b"\x78\x01" + b"".join(_blocks(data)) + struct.pack(">I", zlib.adler32(data))


def _blocks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _STORED):
        block = data[start : start + _STORED]
        last = start + _STORED >= len(data)
        yield struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block
