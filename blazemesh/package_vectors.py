"""`make vectors`: what the built packages mean for pictures of the astronaut, for Core ML to be held to on a Mac.

`python -m blazemesh.package_vectors [PACKAGES]` writes tests/golden/packages.json, which Swift's tests read.
"""

import base64
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import facts
from blazemesh.core_vectors.vectors import made_by, numbers
from blazemesh.files import write_atomically
from blazemesh.manifest import Entry, read_manifest
from blazemesh.options import PACKAGES
from verification.compositions import Composition, Paste, compose
from verification.executor.reference import ReferenceModel

OUT = Path("tests/golden/packages.json")
WHAT = (
    "What each package's bytes mean (verification/executor in float32) for pictures of facts/astronaut.png. Each case: "
    "name; side of the square picture; pixels, its rows of red, green and blue in base64; packages that take it: name, "
    "and outputs of name, shape, rows (indices along the first axis), the values in them, and tolerance: the "
    "manifest's float16 limit, as Core ML on the CPU rounds as a package declares"
)
MOST_ROWS = 512
"""Of outputs with more rows, which no mesh has, the rows with the highest scores are kept."""
SURE_ROWS = 16
VIEWS: Mapping[str, tuple[str, tuple[float, float], float]] = {
    "faces": ("photograph", (256.0, 256.0), 512.0),
    "vision": ("photograph", (256.0, 256.0), 512.0),
    "proposals": ("photograph", (256.0, 256.0), 512.0),
    "mesh": ("face", (225.7, 134.9), 155.2),
    "eye": ("right eye", (199.5, 106.8), 44.9),
}
"""What a package of each form is to look at: a name, and the photograph's square by its centre and side in pixels."""

Pixels = NDArray[np.uint8]
Case = dict[str, Any]


def document(packages: Path) -> bytes:
    """The file's bytes for the packages in a folder, a case a line; InputError where they can't be read."""
    head = {"what": WHAT, "made_by": made_by()}
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases(packages))
    return f'{{\n{body},\n"cases": [\n{lines}\n]\n}}\n'.encode()


def cases(packages: Path) -> list[Case]:
    """A case for each picture, with every package that takes it."""
    found: dict[str, Case] = {}
    for entry in read_manifest(packages).models:
        side = next(each["shape"][2] for each in entry["inputs"] if each["kind"] == "image")
        what, center, extent = VIEWS[entry["form"]]
        pixels = _picture(side, center, extent)
        encoded = base64.b64encode(pixels.tobytes()).decode()
        name, package = f"{what}, {side}", packages / entry["package"]
        case = found.setdefault(name, {"name": name, "side": side, "pixels": encoded, "packages": []})
        case["packages"].append({"name": entry["name"], "outputs": _outputs(package, entry, pixels)})
    return list(found.values())


def _picture(side: int, center: tuple[float, float], extent: float) -> Pixels:
    """A square of the photograph as a picture [side, side, 3]."""
    with Image.open(facts.path("astronaut.png")) as file:
        photograph = np.asarray(file.convert("RGB"))
    paste = Paste(center, (side / 2, side / 2), extent, side / extent)
    return compose(Composition(side, "black", (paste,)), photograph)


def _outputs(package: Path, entry: Entry, pixels: Pixels) -> list[Case]:
    image = next(each["name"] for each in entry["inputs"] if each["kind"] == "image")
    answer = ReferenceModel(package).predict({image: Image.fromarray(pixels)})
    limits = {row["output"]: row["limit"] for row in entry["parity"] if row["arithmetic"] == "float16"}
    rows = _rows(list(answer.values()), answer.get("scores"))
    return [
        {
            "name": name,
            "shape": list(values.shape),
            "rows": [row for row in rows if row < len(values)],
            "values": numbers(values[[row for row in rows if row < len(values)]].reshape(-1)),
            "tolerance": limits[name],
        }
        for name, values in answer.items()
    ]


def _rows(outputs: Sequence[NDArray[Any]], scores: NDArray[Any] | None) -> list[int]:
    """The rows to keep of every output."""
    most = max(map(len, outputs))
    if scores is None or most <= MOST_ROWS:
        return list(range(most))
    return sorted(np.argsort(-scores, kind="stable")[:SURE_ROWS].tolist())


def main(arguments: Sequence[str]) -> None:
    """Write the file."""
    write_atomically(OUT, document(Path(arguments[0]) if arguments else PACKAGES))
    print(OUT)


if __name__ == "__main__":
    main(sys.argv[1:])
