"""The folder that an .mlpackage is: its manifest, and paths that can't lead out of it."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from verification.executor.errors import PackageError

_MANIFEST = "Manifest.json"
_MODEL_FOLDER = "@model_path"

LARGEST_MANIFEST = 2**20
LARGEST_SPECIFICATION = 2**26
LARGEST_WEIGHTS = 2**30
"""Bytes that are read at most: a hundred times a face model's, and few enough for the memory of any machine."""


@dataclass(frozen=True)
class Bundle:
    """An .mlpackage folder and the model specification that its manifest names."""

    path: Path
    model: Path

    def weights(self, name: str) -> Path:
        """The file that a program calls "@model_path/…"; PackageError if that leads out of the package."""
        prefix, _, relative = name.partition("/")
        if prefix != _MODEL_FOLDER or not relative:
            raise PackageError(f"{self.path}: found weights file {name!r}, expected a name like {_MODEL_FOLDER}/…")
        return inside(self.path, self.model.parent, relative)

    def size(self) -> int:
        """Bytes of all files in the package."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def open_bundle(path: Path) -> Bundle:
    """Reads the manifest and finds the model specification; PackageError if `path` is no readable .mlpackage."""
    if not path.is_dir():
        found = "a file" if path.exists() else "nothing"
        raise PackageError(f"{path}: found {found}, expected an .mlpackage folder")
    manifest = _read_manifest(path)
    entry = manifest["itemInfoEntries"].get(manifest["rootModelIdentifier"])
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise PackageError(f"{path}: {_MANIFEST} has no path for its root model")
    return Bundle(path, inside(path, path / "Data", entry["path"]))


def inside(package: Path, folder: Path, relative: str) -> Path:
    """The file `relative` to `folder`; PackageError if it is missing or, links followed, not inside `package`."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\\" in relative or "\0" in relative:
        raise PackageError(f"{package}: found the path {relative!r}, expected one that stays inside the package")
    file = folder / pure
    try:
        real = file.resolve(strict=True)
    except (OSError, RuntimeError):
        raise PackageError(f"{package}: the file {relative!r} is missing") from None
    if not real.is_relative_to(package.resolve()):
        raise PackageError(f"{package}: the file {relative!r} is a link out of the package")
    if not real.is_file():
        raise PackageError(f"{package}: {relative!r} is not a file")
    return file


def bounded(file: Path, limit: int) -> Path:
    """The file, if it has at most `limit` bytes; else PackageError: whole files are read, and they may be sparse."""
    size = file.stat().st_size
    if size > limit:
        raise PackageError(f"found {size} bytes in {file.name}, expected at most the {limit} that are read")
    return file


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(bounded(inside(path, path, _MANIFEST), LARGEST_MANIFEST).read_bytes())
    except OSError as error:
        raise PackageError(f"{path}: {_MANIFEST} can't be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, PackageError):
            raise
        raise PackageError(f"{path}: {_MANIFEST} is no valid JSON: {error}") from None
    expected = {"itemInfoEntries": dict, "rootModelIdentifier": str}
    for key, kind in expected.items():
        if not isinstance(manifest, dict) or not isinstance(manifest.get(key), kind):
            raise PackageError(f"{path}: {_MANIFEST} has no {key}")
    return dict(manifest)
