"""Write tests/golden/overlay and docs/pictures/app.jpg."""

import io
import sys
from pathlib import Path

from PIL import Image

from blazemesh.app_screens.pictures import read_texts, sheet
from blazemesh.app_screens.results import document
from blazemesh.app_screens.screens import SCREENS
from blazemesh.app_screens.tool import overlay_texts
from blazemesh.files import write_atomically
from blazemesh.swift_package import OUT as RENDERED
from blazemesh.terminal import in_one_line

OUT, PICTURE = Path("tests/golden/overlay"), Path("docs/pictures/app.jpg")
SCRATCH = Path("build/swiftpm/overlay")
QUALITY = 88
REDUCED = 3
"""The reference for tests is the sheet this many times smaller: lines still show, in a ninth of the bytes."""


def main() -> int:
    """Write all; 0, or 2 and one line where there is no Swift, no rendered package, or the disk refuses."""
    return in_one_line("screens", _write_all)


def _write_all() -> None:
    """What the pipeline finds, what Swift draws of it, and the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    results = OUT / "results.json"
    _write(results, document())
    texts = overlay_texts(RENDERED, results, SCRATCH)
    for screen in SCREENS:
        _write(OUT / screen.file, texts[screen.name].encode("ascii"))
    picture = sheet(read_texts(OUT))
    _write(PICTURE, _encoded(picture, "JPEG", quality=QUALITY, optimize=True))
    _write(OUT / "sheet.png", _encoded(picture.reduce(REDUCED), "PNG", optimize=True))


def _encoded(picture: Image.Image, format: str, **options: int | bool) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def _write(path: Path, data: bytes) -> None:
    write_atomically(path, data)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
