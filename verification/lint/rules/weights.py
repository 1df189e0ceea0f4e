"""The weights files: what the program refers to, and what is there."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from verification.executor.blob import WeightFile
from verification.executor.constants import BlobSource, Constant
from verification.executor.errors import PackageError
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule

_STORAGE = "apple/coremltools mlmodel/src/MILBlob/Blob/StorageFormat.hpp"
_READER = "mlmodel/src/MILBlob/Blob/StorageReader.cpp"
_ALIGNMENT = 64
_METADATA = 64
_HEADER = 64
_BITS = {f"{sign}int{bits}": bits for sign in ("", "u") for bits in (1, 2, 3, 4, 6, 8, 16, 32)} | {
    "float16": 16,
    "bfloat16": 16,
    "float32": 32,
    "float8e4m3fn": 8,
    "float8e5m2": 8,
}


@dataclass(frozen=True, order=True)
class _Blob:
    """A blob that the program refers to: its metadata's offset, its data's first byte and the one after the last."""

    offset: int
    start: int
    end: int


@rule("weights-blobs", severity="error", source=f"{_STORAGE}, {_READER} (GetMetadata, GetDataView)")
def blobs(package: Package) -> Problems:
    """Where a constant points in a weights file there is a blob: aligned to 64 bytes, with its sentinel, inside the
    file, of the constant's element type and size."""
    for operation in package.program.operations:
        for constant in operation.constants():
            if constant.is_blob and (reason := _unfit(constant)) is not None:
                yield place(operation), f"{reason}: write the weights again"


def _unfit(constant: Constant) -> str | None:
    """Why a constant's blob can't be it; None if it can."""
    source: BlobSource = constant.source
    name = source.file.path.name
    try:
        metadata = source.file.metadata(source.offset)
    except PackageError as error:
        return str(error).removeprefix(f"{source.file.path}: ")
    if not constant.type.is_static or constant.type.dtype not in _BITS:
        return f"found a constant of type {constant.type} in {name}, expected a fixed shape of numbers"
    size = (constant.type.elements * _BITS[constant.type.dtype] + 7) // 8
    if (metadata.dtype, metadata.size) != (constant.type.dtype, size):
        found = f"found {metadata.size} bytes of {metadata.dtype} at offset {source.offset} of {name}"
        return f"{found}, expected {size} bytes for {constant.type}"
    return None


@rule("weights-header", severity="error", source=f"{_STORAGE} (storage_header), {_READER} (GetAllOffsets)")
def header(package: Package) -> Problems:
    """A weights file's header counts its blobs: whoever reads them all goes by that count."""
    for name, file in _files(package).items():
        try:
            counted, found = _counted(file), sum(1 for _ in _walk(file))
        except OSError:
            continue  # reported by `weights-blobs`
        if counted != found:
            yield name, f"found {found} blobs and a header that counts {counted}, expected the same: write it again"


@rule("weights-overlap", severity="error", source=f"{_STORAGE} (file structure)")
def overlap(package: Package) -> Problems:
    """Blobs of a weights file don't share bytes: two constants read the same blob or none of the other's."""
    for name, file in _files(package).items():
        for before, after in pairwise(_referenced(package, file)):
            if before.end > after.offset:
                message = f"the blob at {before.offset} ends at {before.end}, after the next one begins: write it again"
                yield name, f"offset {after.offset}: {message}"


@rule("weights-unused", severity="warning", source=f"{_STORAGE} (file structure: data padded to 64 bytes)")
def unused(package: Package) -> Problems:
    """Every byte of a weights file belongs to a blob that the program refers to, or pads one: the rest is dead weight
    in the app."""
    used = _files(package)
    for name, file in used.items():
        dead = list(_gaps(package, file))
        if dead:
            first, size = dead[0][0], sum(end - start for start, end in dead)
            yield name, f"found {size} bytes that no constant refers to, the first at {first}: leave them out"
    folder = package.bundle.model.parent / "weights"
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.is_file() and path not in {file.path for file in used.values()}:
            yield path.name, "found a weights file that no constant refers to, expected none: remove it"


def _files(package: Package) -> dict[str, WeightFile]:
    """The weights files that the program refers to, by their names in the package."""
    files = [constant.source.file for constant in package.program.weights()]
    return {str(file.path.relative_to(package.bundle.model.parent)): file for file in files}


def _referenced(package: Package, file: WeightFile) -> list[_Blob]:
    """The readable blobs of a file that constants refer to, each once, by offset."""
    sources = (constant.source for constant in package.program.weights())
    found = set()
    for offset in {source.offset for source in sources if source.file.path == file.path}:
        try:
            metadata = file.metadata(offset)
        except PackageError:
            continue  # reported by `weights-blobs`
        found.add(_Blob(offset, metadata.offset, metadata.offset + metadata.size))
    return sorted(found)


def _gaps(package: Package, file: WeightFile) -> Iterator[tuple[int, int]]:
    """Ranges of bytes that are neither a blob's nor less than what aligns the next one."""
    position = _HEADER
    for blob in _referenced(package, file):
        if blob.offset - position >= _ALIGNMENT:
            yield position, blob.offset
        if blob.start - (blob.offset + _METADATA) >= _ALIGNMENT:
            yield blob.offset + _METADATA, blob.start
        position = max(position, blob.end)
    size = file.path.stat().st_size
    if size - position >= _ALIGNMENT:
        yield position, size


def _counted(file: WeightFile) -> int:
    with file.path.open("rb") as stream:
        first = stream.read(4)
    return int(struct.unpack("<I", first)[0]) if len(first) == 4 else 0


def _walk(file: WeightFile) -> Iterator[int]:
    """The offsets of all blobs, one after the other, until there is none."""
    offset = _HEADER
    while offset + _METADATA <= file.path.stat().st_size:
        try:
            metadata = file.metadata(offset)
        except PackageError:
            return
        yield offset
        offset = -(-(metadata.offset + metadata.size) // _ALIGNMENT) * _ALIGNMENT
