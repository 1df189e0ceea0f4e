"""`make report`: build/report.html, one page with what was built and how well it is known to be right.

Its inputs are build/coreml/manifest.json and, where they are, build/bench.json and docs/mac.json: the same files give
the same bytes, on any day.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from blazemesh.bench import OUT as BENCH
from blazemesh.catalog import Catalog, Model, load_catalog
from blazemesh.errors import InputError
from blazemesh.files import write_atomically
from blazemesh.json_files import has_fields, read_json
from blazemesh.mac.readme import ROWS, current
from blazemesh.mac.standing import Standing
from blazemesh.manifest import Entry, Manifest, read_manifest
from blazemesh.options import PACKAGES
from blazemesh.pages.render import render
from blazemesh.terminal import in_one_line

OUT = Path("build/report.html")
LARGEST_BENCH = 1 << 20
BENCH_FIELDS: Mapping[str, Any] = {"machine": str, "when": str, "rows": list}
BENCH_ROW: Mapping[str, Any] = {
    **dict.fromkeys(("name", "unit", "command"), str),
    "value": int | float,
    "peer": str | None,
    "peer_value": int | float | None,
    "ratio": int | float | None,
}


def report(manifest: Manifest, catalog: Catalog, bench: Mapping[str, Any] | None, mac: Standing) -> str:
    """The page as HTML; InputError, one line, where the manifest's entries are not what the project writes."""
    from jinja2 import UndefinedError

    from blazemesh import __version__

    try:
        return render(
            "report.html.jinja",
            title="BlazeMesh: what was built, and what is known of it",
            version=__version__,
            packages=manifest.models,
            models=_models(manifest.models, catalog),
            bench=bench,
            mac=mac,
            mac_rows=[(what, linux, plain(mac.cell(steps))) for what, linux, steps in ROWS],
            mac_of={entry["name"]: plain(mac.package_cell(entry["name"])) for entry in manifest.models},
        )
    except (UndefinedError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the manifest's packages are not what make coreml writes ({error}); run it again") from error


def _models(entries: Sequence[Entry], catalog: Catalog) -> list[tuple[str, str, Model | None, list[str]]]:
    """Each source model once: file, SHA-256, what the catalogue knows of it, and the packages made from it."""
    packages: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        for source in entry["source"]:
            packages.setdefault((source["file"], source["sha256"]), []).append(entry["name"])
    return [(file, digest, catalog.by_sha256(digest), made) for (file, digest), made in packages.items()]


def plain(text: str) -> str:
    """Markdown's emphasis and code left out: a page has its own."""
    return text.replace("*", "").replace("`", "")


def read_bench(path: Path) -> dict[str, Any] | None:
    """What `make bench` wrote, None where it has not; InputError, one line, where that can't be read."""
    advice = "run `make bench` again, or remove it"
    try:
        found = read_json(path, LARGEST_BENCH, advice)
    except FileNotFoundError:
        return None
    if not has_fields(found, BENCH_FIELDS) or not all(has_fields(row, BENCH_ROW) for row in found["rows"]):
        raise InputError(f"{path}: expected machine, when and rows, as make bench writes them; {advice}")
    return dict(found)


def main(arguments: Sequence[str]) -> int:
    """Write build/report.html for the packages in a folder (build/coreml); 0, or 2 and one line."""
    return in_one_line("report", partial(_write, Path(arguments[0]) if arguments else PACKAGES))


def _write(folder: Path) -> None:
    page = report(read_manifest(folder), load_catalog(), read_bench(BENCH), current(folder))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(OUT, page.encode(errors="replace"))  # JSON may hold halves of characters, no file can
    print(f"written to {OUT}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
