"""The folder that an .mlpackage is: its manifest, its files, its name."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from verification.lint.package import MANIFEST, Package
from verification.lint.registry import Problems, rule
from verification.lint.swift import is_identifier

_MODEL_PACKAGE = "apple/coremltools modelpackage/src/ModelPackage.cpp"
_ENTRY_KEYS = ("path", "name", "author", "description")
_NEWEST_FORMAT = (1, 0, 0)
_CELLULAR_BYTES = 200_000_000


@rule("readable", severity="error", source=f"{_MODEL_PACKAGE}; mlmodel/format/Model.proto, MIL.proto", stage="path")
def readable(package: Package) -> Problems:
    """The package must be read to its end; what can't be is not checked any further, and the report says which rules
    did not run."""
    if package.failure is not None:
        yield "package", package.failure[1]


@rule("manifest-version", severity="error", source=f"{_MODEL_PACKAGE} (validate)", stage="manifest")
def manifest_version(package: Package) -> Problems:
    """The manifest's fileFormatVersion is major.minor.patch and no newer than 1.0.0, or the package is not opened."""
    found = package.manifest.get("fileFormatVersion")
    matched = re.fullmatch(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", found, re.ASCII) if isinstance(found, str) else None
    if matched is None or tuple(int(number) for number in matched.groups()) > _NEWEST_FORMAT:
        yield MANIFEST, f"found fileFormatVersion {found!r}, expected 1.0.0: write the package in that format"


@rule("manifest-items", severity="error", source=f"{_MODEL_PACKAGE} (validate)", stage="manifest")
def manifest_items(package: Package) -> Problems:
    """Every item of the manifest has a path, a name, an author and a description, and lies inside the package."""
    entries = package.manifest.get("itemInfoEntries")
    if not isinstance(entries, dict) or not entries:
        yield MANIFEST, "found no itemInfoEntries, expected the specification and its weights: list them"
        return
    for identifier, entry in sorted(entries.items()):
        missing = [key for key in _ENTRY_KEYS if not isinstance(entry, dict) or not isinstance(entry.get(key), str)]
        if missing:
            yield MANIFEST, f"item {identifier!r} has no {', '.join(missing)}, expected text for each: add it"
        elif (reason := _misplaced(package.path, entry["path"])) is not None:
            yield MANIFEST, f"item {identifier!r}: {reason}: correct its path"


def _misplaced(path: Path, relative: str) -> str | None:
    """Why a file or folder under Data can't be an item; None if it can."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\0" in relative:
        return f"found the path {relative!r}, expected one that stays inside the package"
    try:
        real = (path / "Data" / pure).resolve(strict=True)
    except (OSError, RuntimeError):
        return f"{relative!r} is missing"
    return None if real.is_relative_to(path.resolve()) else f"{relative!r} is a link out of the package"


@rule("manifest-root", severity="error", source=f"{_MODEL_PACKAGE} (getRootModel)", stage="manifest")
def manifest_root(package: Package) -> Problems:
    """The manifest's rootModelIdentifier names one of its items: the specification is found by it alone."""
    root = package.manifest.get("rootModelIdentifier")
    if not isinstance(root, str) or root not in _items(package.manifest):
        yield MANIFEST, f"found rootModelIdentifier {root!r}, expected an item's identifier: name the specification's"


@rule("package-files", severity="warning", source=f"{_MODEL_PACKAGE} (itemInfoEntries)", stage="manifest")
def package_files(package: Package) -> Problems:
    """A file that no item of the manifest names, or a link, is not part of the model but ships with the app."""
    items = [PurePosixPath("Data") / entry for entry in _item_paths(package.manifest)]
    for file in package.files():
        if (package.path / file).is_symlink():
            yield str(file), "found a link, expected a file: copy what it points to"
        elif str(file) != MANIFEST and not any(PurePosixPath(file).is_relative_to(item) for item in items):
            yield str(file), f"found a file that {MANIFEST} doesn't name, expected items alone: remove it"


@rule(
    "package-name",
    severity="warning",
    source="Apple, Integrating a Core ML Model into Your App (Xcode generates a class of the file's name); "
    "apple/turicreate#53",
    stage="folder",
)
def package_name(package: Package) -> Problems:
    """The package's name becomes a class in Xcode: one that is no Swift identifier is renamed, and the generated code
    may not find its model."""
    name, suffix = package.path.stem, package.path.suffix
    if not is_identifier(name):
        yield package.path.name, f"found the name {name!r}, expected a Swift identifier such as FaceMesh: rename it"
    if suffix != ".mlpackage":
        yield package.path.name, f"found the extension {suffix!r}, expected .mlpackage, by which Xcode knows it: rename"


@rule(
    "package-size",
    severity="warning",
    source="iOS Settings, App Store, App Downloads: above 200 MB iOS may ask before it downloads over mobile data",
    stage="folder",
)
def package_size(package: Package) -> Problems:
    """A package of more than 200 MB makes the whole app one that iOS may not download over mobile data."""
    size = sum((package.path / file).lstat().st_size for file in package.files())
    if size > _CELLULAR_BYTES:
        yield "package", f"found {size} bytes, expected at most {_CELLULAR_BYTES}: compress the weights"


def _items(manifest: dict[str, Any]) -> dict[str, Any]:
    entries = manifest.get("itemInfoEntries")
    return entries if isinstance(entries, dict) else {}


def _item_paths(manifest: dict[str, Any]) -> Iterator[str]:
    for entry in _items(manifest).values():
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            yield entry["path"]
