"""docs/keras.md's table of what `make keras` measured; `python -m blazemesh.homes_table` writes it again after it."""

import json
from collections.abc import Sequence
from pathlib import Path

from blazemesh.manifest import Entry
from blazemesh.readme import markdown, write_part

PART, DOCUMENT, MANIFEST = "homes_table", Path("docs/keras.md"), Path("build/keras/manifest.json")
HEADER = ("model", "home", "bytes", "from LiteRT", "from MediaPipe", "faces")


def table(entries: Sequence[Entry]) -> str:
    """A row a converted model: the worst output's greatest error as a share of its range, by oracle."""
    return markdown(HEADER, [_cells(entry) for entry in entries])


def _cells(entry: Entry) -> tuple[str, ...]:
    shares = [_worst(entry, oracle) for oracle in ("litert", "mediapipe")]
    faces = max(row["faces"] for row in entry["parity"])
    return (entry["name"], entry["home"], f"{entry['bytes']:,}", *shares, str(faces))


def _worst(entry: Entry, oracle: str) -> str:
    found = [row["max"] / row["range"] for row in entry["parity"] if row["oracle"] == oracle]
    return f"{max(found):.1e}" if found else "–"


def main() -> None:
    """Put the table of the models in build/keras into docs/keras.md."""
    text = table(json.loads(MANIFEST.read_bytes())["models"])
    write_part(PART, text, DOCUMENT)
    print(text)


if __name__ == "__main__":
    main()
