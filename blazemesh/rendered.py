"""Rendered files on disk: what is the same is left alone, what an older rendering left behind is removed."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from blazemesh.files import write_atomically


def write_rendered(files: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    """Write each file that differs, by its path below `out`, whole or not at all; those that changed. OSError."""
    return tuple(out / path for path, data in files.items() if _write(out / path, data))


def _write(path: Path, data: bytes) -> bool:
    """Whether the file had to be written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data)
    return True


def remove_stale(rendered: Iterable[str], out: Path, owned: Iterable[str]) -> tuple[Path, ...]:
    """Remove the files in the folders `owned`, below `out`, that aren't among `rendered`, and folders left empty.

    The files that went. OSError.
    """
    kept, removed = {out / path for path in rendered}, []
    for path in sorted((path for folder in owned for path in (out / folder).rglob("*")), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()
            removed.append(path)
    return tuple(removed)
