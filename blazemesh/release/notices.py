"""The texts of a release: how it is used, and to whom its parts belong."""

from pathlib import Path
from string import Template
from typing import Any

import facts
from blazemesh import __version__
from blazemesh.catalog import Catalog, Model
from blazemesh.manifest import Manifest

TEXTS = Path(__file__).parent / "texts"
TABLES = ("attention_refinement", "canonical_face", "detector_keypoints", "face_mesh_topology")
"""The tables of facts/ that are rendered into the Swift package, or named in a model's metadata."""


def fill(name: str, **values: str) -> bytes:
    """The text `name` of texts/ with its values in place."""
    text = Template((TEXTS / name).read_text(encoding="utf-8"))
    return text.substitute(version=__version__, **values).encode()


def product_rows(manifest: Manifest, catalog: Catalog, suffix: str) -> str:
    """A row of a table in Markdown for each package; `suffix` is what is added to its name."""
    rows = []
    for entry in manifest.models:
        description = catalog.product(entry["name"]).package.description
        rows.append(f"| `{entry['name']}{suffix}` | {description} | {entry['bytes']:,} |")
    return "\n".join(rows)


def notice(manifest: Manifest, catalog: Catalog) -> bytes:
    """NOTICE: the models and the tables with their authors, licences, sources and hashes."""
    wheels = sorted({catalog.wheel_of(model).requirement for model in catalog.models})
    return fill(
        "NOTICE",
        wheel=" and ".join(f"the wheel {wheel}" for wheel in wheels),
        precision=" and ".join(sorted({str(entry["precision"]) for entry in manifest.models})),
        models="\n".join(_model(model) for model in catalog.models),
        tables="\n".join(_table(name) for name in TABLES),
    )


def _model(model: Model) -> str:
    made = [package.name for package in model.packages]
    return (
        f"{model.title}\n  file     {model.path}\n  SHA-256  {model.sha256}\n  author   {model.author}\n"
        f"  licence  {model.licence}\n  now in   {', '.join(made)}\n"
    )


def _table(name: str) -> str:
    table: dict[str, Any] = facts.load(name)
    return f"{name}\n  source   {table['source']}\n  licence  {table['licence']}\n"
