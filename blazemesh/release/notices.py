"""The texts of a release: how it is used, and to whom its parts belong."""

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

import facts
from blazemesh import __version__
from blazemesh.catalog import Catalog, Model
from blazemesh.errors import InputError
from blazemesh.manifest import Entry, Manifest

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
    models = sources(manifest, catalog)
    wheels = sorted({catalog.wheel_of(model).requirement for model in models})
    return fill(
        "NOTICE",
        wheel=" and ".join(f"the wheel {wheel}" for wheel in wheels),
        precision=" and ".join(sorted({str(entry["precision"]) for entry in manifest.models})),
        models="\n".join(_model(model, manifest.models) for model in models),
        tables="\n".join(_table(name) for name in TABLES),
    )


def sources(manifest: Manifest, catalog: Catalog) -> list[Model]:
    """The models that the packages were made from, in the catalogue's order; InputError for one that isn't in it."""
    hashes = {source["sha256"] for entry in manifest.models for source in entry["source"]}
    for sha256 in sorted(hashes):
        if catalog.by_sha256(sha256) is None:
            raise InputError(f"the manifest names a source {sha256}, expected models of models.toml; run `make coreml`")
    return [model for model in catalog.models if model.sha256 in hashes]


def _model(model: Model, entries: Sequence[Entry]) -> str:
    made = [entry["name"] for entry in entries if any(source["sha256"] == model.sha256 for source in entry["source"])]
    return (
        f"{model.title}\n  file     {model.path}\n  SHA-256  {model.sha256}\n  author   {model.author}\n"
        f"  licence  {model.licence}\n  now in   {', '.join(made)}\n"
    )


def _table(name: str) -> str:
    table: dict[str, Any] = facts.load(name)
    return f"{name}\n  source   {table['source']}\n  licence  {table['licence']}\n"
