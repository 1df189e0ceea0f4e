"""build/coreml/manifest.json: what was built, from what, and how well it agrees with its source."""

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.catalog import LARGEST_MODEL, Model, Product
from blazemesh.errors import InputError
from blazemesh.files import describe_os_error, sha256_file, write_atomically
from blazemesh.json_files import has_fields, parse_json, read_json

if TYPE_CHECKING:
    from blazemesh.options import BuildOptions
    from pipelines.forms.form import Form
    from verification.executor.program import Feature, Program
    from verification.verify import Verdict

FILE = "manifest.json"
SCHEMA = 1
LARGEST_MANIFEST = 1 << 24
ADVICE = "run `make coreml`"

Entry = dict[str, Any]
"""One model of the manifest, in the form that docs/manifest.md describes."""


@dataclass(frozen=True)
class Manifest:
    """The packages built, in the catalogue's order."""

    models: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """The entry of the package called `name`."""
        return next((entry for entry in self.models if entry.get("name") == name), None)


def package_digest(package: Path) -> tuple[str, int]:
    """SHA-256 over the sorted lines "path, NUL, sha256 of the file, newline" of a package's files, and their bytes.

    InputError where something in it is neither folder nor file, a link to elsewhere for one, or it is larger than any
    model is; OSError.
    """
    hashes: dict[str, str] = {}
    size = 0
    for folder, _, files in os.walk(package):
        for name in files:
            path = Path(folder, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                raise InputError(f"{str(path)!r} is no plain file; expected a package of nothing but files")
            size += path.stat().st_size
            if size > LARGEST_MODEL:
                raise InputError(f"{str(package)!r} has more than {LARGEST_MODEL} bytes; expected a model for a phone")
            hashes[path.relative_to(package).as_posix()] = sha256_file(path)
    return listing_digest(hashes), size


def listing_digest(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the sorted lines "path, NUL, sha256 of the file, newline", for the SHA-256 of each file by path."""
    lines = sorted(f"{path}\0{sha256}\n" for path, sha256 in hashes.items())
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def make_entry(
    product: Product,
    form: "Form",
    key: str,
    package: Path,
    program: "Program",
    verdict: "Verdict",
    options: "BuildOptions",
) -> Entry:
    """The manifest's entry of a package that was built and judged; `package` may still lie in the staging folder."""
    from blazemesh.faces import face_details

    digest, size = package_digest(package)
    model = product.model
    return {
        "name": product.name,
        "package": package.name,
        "sha256": digest,
        "bytes": size,
        "key": key,
        "source": [{"file": model.file, "sha256": model.sha256}],
        "form": form.name,
        "precision": options.precision,
        "target": options.target,
        "operators": program.histogram(),
        "inputs": [_input(feature, model) for feature in program.inputs],
        "outputs": [_output(feature, form) for feature in program.outputs],
        "parity": [_row(row) for row in verdict.rows],
        "network": [_row(row) for row in verdict.network],
        "unverified": _unverified(program, verdict),
        "notes": list(verdict.notes),
        **face_details(form),
    }


def _input(feature: "Feature", model: Model) -> Entry:
    about = {"name": feature.name, "shape": list(feature.shape), "meaning": feature.description}
    if feature.kind != "image":
        choice = {"optional": feature.optional, "default": feature.default}
        return {**about, "kind": "scalar", "dtype": feature.dtype, "color": None, "scale": None, "bias": None, **choice}
    low, high = model.input.range
    scale = {"color": feature.color, "scale": (high - low) / 255, "bias": low}
    return {**about, "kind": "image", "dtype": "uint8", **scale, "optional": feature.optional, "default": None}


def _output(feature: "Feature", form: "Form") -> Entry:
    described = next(output for output in form.outputs if output.name == feature.name)
    return {
        "name": feature.name,
        "shape": list(feature.shape),
        "dtype": feature.dtype,
        "meaning": described.meaning,
        "unit": described.unit,
    }


def _row(row: Any) -> Entry:
    return {key: value for key, value in asdict(row).items() if value is not None}


def _unverified(program: "Program", verdict: "Verdict") -> list[Entry]:
    """The outputs that were not compared in both arithmetics."""
    missing = []
    for feature in program.outputs:
        judged = {row.arithmetic for row in verdict.rows if row.output == feature.name}
        if lacking := sorted({"float32", "float16"} - judged):
            missing.append({"output": feature.name, "reason": f"not compared in {', '.join(lacking)} arithmetic"})
    return missing


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `folder`/manifest.json in one step; OSError where the disk refuses."""
    from blazemesh import __version__

    document = {
        "schema": SCHEMA,
        "generator": f"blazemesh {__version__}",
        "models": list(manifest.models),
    }
    write_atomically(folder / FILE, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def read_manifest(folder: Path) -> Manifest:
    """`folder`/manifest.json; InputError, one line, where it is missing, broken or of a newer schema."""
    path = folder / FILE
    try:
        document = read_json(path, LARGEST_MANIFEST, ADVICE)
    except FileNotFoundError as error:
        raise InputError(f"{describe_os_error(error)}; {ADVICE}") from error
    return _manifest(document, path)


def parse_manifest(data: bytes, where: Path) -> Manifest:
    """The manifest that a file's bytes are; InputError, one line, where they are broken or of a newer schema."""
    return _manifest(parse_json(data, where, ADVICE), where)


def _manifest(document: Any, where: Path) -> Manifest:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{where}: expected a manifest of schema {SCHEMA}; {ADVICE}")
    models: Any = document.get("models")
    if not _are(models, ENTRY) or not all(map(_is_sound, models)):
        raise InputError(f"{where}: its models are broken; {ADVICE}")
    return Manifest(tuple(models))


ENTRY: Mapping[str, type] = {
    **dict.fromkeys(("name", "package", "sha256", "key", "precision", "target"), str),
    **dict.fromkeys(("source", "inputs", "outputs", "parity", "unverified", "notes"), list),
    "bytes": int,
    "operators": dict,
    "form": str,
    "network": list,
}
ROW: Mapping[str, type] = {
    **dict.fromkeys(("output", "oracle", "executor", "arithmetic", "unit"), str),
    **dict.fromkeys(("cases", "faces"), int),
    **dict.fromkeys(("max", "mean", "limit"), float),
}


def _are(values: Any, fields: Mapping[str, type]) -> bool:
    """Whether `values` is a list of objects with at least these fields."""
    return isinstance(values, list) and all(has_fields(value, fields) for value in values)


def _is_sound(entry: Entry) -> bool:
    """Whether an entry's figures can be shown, and its package lies beside the manifest and nowhere else."""
    package: str = entry["package"]
    beside = package.endswith(".mlpackage") and package.isprintable() and Path(package).parts == (package,)
    counted = all(type(count) is int for count in entry["operators"].values())
    rows = entry["parity"]
    return beside and counted and _are(rows, ROW) and all(isinstance(row.get("mean_limit", 0.0), float) for row in rows)


def is_there(folder: Path, entry: Mapping[str, Any]) -> bool:
    """Whether the entry's package lies in `folder` byte for byte as it was built."""
    try:
        return bool(package_digest(folder / entry["package"])[0] == entry["sha256"])
    except (OSError, InputError):
        return False


TABLE_HEADER = (
    "package",
    "bytes",
    "operators",
    "output",
    "oracle",
    "executor",
    "cases",
    "max",
    "mean",
    "limit",
    "unit",
)


def table(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """A line per parity row, under TABLE_HEADER; a package's own columns stand in its first line."""
    lines = []
    for entry in entries:
        about = (str(entry["name"]), f"{entry['bytes']:,}", str(sum(entry["operators"].values())))
        for row in entry["parity"]:
            lines.append((*about, *parity_cells(row)))
            about = ("", "", "")
    return lines


PARITY_HEADER = ("output", "oracle", "executor", "cases", "max", "mean", "limit", "unit")


def parity_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One parity row as text; the mean's limit, where there is one, stands behind the maximum's."""
    mean_limit = row.get("mean_limit")
    return (
        row["output"],
        row["oracle"],
        f"{row['executor']} {row['arithmetic']}",
        f"{row['cases']} ({row['faces']} faces)",
        f"{row['max']:.2g}",
        f"{row['mean']:.2g}",
        f"{row['limit']:.2g}" + ("" if mean_limit is None else f" / {mean_limit:.2g}"),
        row["unit"],
    )
