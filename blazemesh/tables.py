"""README's tables of the packages, as the manifest has them: what goes in and comes out, and how exact it is.

`python -m blazemesh.tables [DIR]` writes them again after a build into DIR (build/coreml).
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from blazemesh.manifest import Entry, read_manifest
from blazemesh.options import PACKAGES
from blazemesh.readme import markdown, write_part

PART = "tables"
FEATURES = ("package", "input", "optional inputs, defaults", "outputs")
PARITY = ("package", "bytes", "output", "float32: max error, limit", "float16: max, mean error")


def tables(entries: Sequence[Entry]) -> str:
    """Both tables of `entries`, a blank line between them."""
    return f"{markdown(FEATURES, features(entries))}\n\n{markdown(PARITY, parity(entries))}"


def features(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """A row a package, under FEATURES."""
    return [
        (
            entry["name"],
            ", ".join(f"`{i['name']}` {_picture(i['shape'])}" for i in entry["inputs"] if i["kind"] == "image"),
            ", ".join(f"`{i['name']}` {i['default']:.3g}" for i in entry["inputs"] if i["kind"] != "image"),
            ", ".join(_output(output) for output in entry["outputs"]),
        )
        for entry in entries
    ]


def _picture(shape: Sequence[int]) -> str:
    return f"{shape[-1]} × {shape[-2]}"


def _output(output: Mapping[str, Any]) -> str:
    """Name and shape; M rows where their number is open, and the type where it is not the usual one."""
    shape = ", ".join("M" if size < 0 else str(size) for size in output["shape"])
    return f"`{output['name']}` [{shape}]" + ("" if output["dtype"] == "float32" else f" {output['dtype']}")


def parity(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """A row an output, under PARITY; a package's own columns stand in its first row."""
    rows: list[tuple[str, ...]] = []
    for entry in entries:
        about = (entry["name"], f"{entry['bytes']:,}")
        for output in entry["outputs"]:
            exact, rounded = (_row(entry, output["name"], arithmetic) for arithmetic in ("float32", "float16"))
            figures = _figures(exact["max"], exact["limit"]), _figures(rounded["max"], rounded["mean"])
            rows.append((*about, f"`{output['name']}`", *figures))
            about = ("", "")
    return rows


def _figures(*errors: float) -> str:
    return ", ".join(f"{error:.1e}" if error else "0" for error in errors)


def _row(entry: Entry, output: str, arithmetic: str) -> Mapping[str, Any]:
    """The reference's comparison of an output."""
    rows = (row for row in entry["parity"] if row["executor"] == "reference")
    return next(row for row in rows if (row["output"], row["arithmetic"]) == (output, arithmetic))


def main(arguments: Sequence[str]) -> None:
    """Put the tables of the built packages into README.md."""
    folder = Path(arguments[0]) if arguments else PACKAGES
    text = tables(read_manifest(folder).models)
    write_part(PART, text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
