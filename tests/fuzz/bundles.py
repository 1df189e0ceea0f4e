"""Packages that are damaged, or made to lead elsewhere."""

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import LIMITS, NUMBERS, Random, changed
from tests.fuzz.specification import rewire, scramble
from tests.fuzz.texts import hostile_json

MANIFEST = "Manifest.json"
MODEL = "Data/com.apple.CoreML/model.mlmodel"
WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin"
FILES = (MANIFEST, MODEL, WEIGHTS)
HUGE = 1 << 34


def damage(package: Path, secret: Path, source: Random) -> None:
    """One kind of damage to the package; `secret` is a file outside that nothing in it may lead to."""
    kind: Callable[[Path, Path, Random], None] = source.choice(
        (_bytes, _bytes, _manifest, _manifest, _specification, _specification, _specification, _weights, _folder)
    )
    kind(package, secret, source)


def _bytes(package: Path, secret: Path, source: Random) -> None:
    file = package / source.choice(FILES)
    file.write_bytes(changed(file.read_bytes(), source))


def _manifest(package: Path, secret: Path, source: Random) -> None:
    """Paths that lead out, entries that are missing, of another kind or there a thousand times."""
    file = package / MANIFEST
    paths = ("../../secret", str(secret), "..", "", ".", "/etc/passwd", "a\0b", "a\\b", "x" * 5000, "com.apple.CoreML")
    file.write_bytes(hostile_json(json.loads(file.read_bytes()), source, paths))


def _specification(package: Path, secret: Path, source: Random) -> None:
    file = package / MODEL

    def change(model: Any) -> None:
        source.choice((scramble, scramble, rewire, _weights_names))(model, source)

    change_specification(file, change)


def change_specification(file: Path, change: Callable[[Any], None]) -> None:
    """Change the Model message in a file."""
    from verification.executor.proto import load_proto

    model = load_proto().model.Model()
    model.ParseFromString(file.read_bytes())
    change(model)
    file.write_bytes(model.SerializeToString(deterministic=True))


def _weights_names(model: Any, source: Random) -> None:
    """The names and offsets by which constants find their weights."""
    function = model.mlProgram.functions["main"]
    for operation in function.block_specializations[function.opset].operations:
        if "val" not in operation.attributes:
            continue
        value = operation.attributes["val"]
        if value.WhichOneof("value") == "blobFileValue":
            names = ("@model_path/../../../../secret", "@model_path/weights", "/etc/passwd", "@model_path/", "")
            value.blobFileValue.fileName = source.choice((*names, value.blobFileValue.fileName))
            value.blobFileValue.offset = source.choice((value.blobFileValue.offset, *NUMBERS, *LIMITS)) % 2**64


def _weights(package: Path, secret: Path, source: Random) -> None:
    """The numbers of the header and of each blob's: sentinel, element type, size, place."""
    file = package / WEIGHTS
    content = bytearray(file.read_bytes())
    blob = source.choice([at for at in range(64, len(content) - 63, 64) if content[at : at + 4] == b"\xef\xbe\xad\xde"])
    place, form = source.choice(
        ((0, "<I"), (4, "<I"), (blob, "<I"), (blob + 4, "<I"), (blob + 8, "<Q"), (blob + 16, "<Q"))
    )
    value = source.choice((*NUMBERS, *LIMITS, len(content), len(content) - 64))
    struct.pack_into(form, content, place, value % 256 ** struct.calcsize(form))
    file.write_bytes(content)


def _folder(package: Path, secret: Path, source: Random) -> None:
    """Files that are missing, folders, pipes, links or larger than any memory; files too many."""
    file = package / source.choice(FILES)
    what = source.choice(("link", "missing", "folder", "pipe", "huge", "linked folder", "loop", "more"))
    if what == "linked folder":
        (package / "Data").rename(package.parent / "moved")
        (package / "Data").symlink_to(package.parent / "moved")
        return
    if what == "huge":
        os.truncate(file, HUGE)
        return
    if what == "more":
        (package / "Data" / "more").mkdir()
        for number in range(100):
            (package / "Data" / "more" / f"{number}\udcff\n").touch()
        return
    file.unlink()
    if what == "link":
        file.symlink_to(secret)
    elif what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
    elif what == "loop":
        file.symlink_to(file)
