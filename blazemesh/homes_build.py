"""`make keras`: every model as `.keras` and `.onnx`, verified, and build/keras/manifest.json that says how well."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from blazemesh.catalog import Catalog, PinnedFile
from blazemesh.errors import GateError, InputError
from blazemesh.fetch import fetch
from blazemesh.files import sha256_file, write_atomically
from blazemesh.homes import LAYERS, SUFFIXES, judge_home, loaded, require_keras, written_home
from blazemesh.key import ROOT, project_digest
from blazemesh.manifest import FILE, SCHEMA, Entry
from blazemesh.options import BuildOptions, Request
from blazemesh.packages import describe, form_of, read_model

if TYPE_CHECKING:
    from converters.features import Features, InputFeature
    from converters.graph import Graph
    from verification.verify import Verdict

CASES, FACES = 48, 20
"""How many inputs each model is shown, and the fewest of them in which the original must see a face."""
GOLDEN = ROOT / "tests" / "golden"
"""What MediaPipe itself computed (`make golden`)."""
LAYERS_FILE = "blazemesh_layers.py"
OF_PACKAGES = frozenset({"slots", "layout", "normalisation"})
"""Of a face package's facts those that say what it makes of the network's outputs, which a home leaves as they are."""
HOMES = ("keras", "onnx")
"""Each a folder beside the other; the manifest of both lies with Keras."""

Progress = Callable[[str], None]


def build_homes(
    catalog: Catalog, out: Path, models: Path | None, samples: bool, progress: Progress = lambda line: None
) -> list[Entry]:
    """Write `out`/keras/*.keras, `out`/onnx/*.onnx and `out`/keras/manifest.json; what is up to date stays.

    With `samples` the models beyond faces too. GateError, after all that can be is written, where a model does not
    agree; InputError or ConversionError in one line, OSError.
    """
    require_keras()
    wanted: list[PinnedFile] = [*catalog.models, *(catalog.samples if samples else ())]
    sources = fetch(wanted, catalog, models, progress, along=catalog.samples)
    folders = {home: out / home for home in HOMES}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folders["keras"] / LAYERS_FILE, LAYERS.read_bytes())
    old = {(entry["name"], entry["home"]): entry for entry in _old_entries(folders["keras"] / FILE)}
    entries: list[Entry] = []
    failures: list[str] = []
    for pinned in wanted:
        for home in SUFFIXES:
            path, key = folders[home] / f"{pinned.name}{SUFFIXES[home]}", _key(pinned, home)
            entry = old.get((pinned.name, home))
            if entry is None or entry["key"] != key or not path.is_file() or sha256_file(path) != entry["sha256"]:
                entry, failed = _built(pinned, sources[pinned.name], catalog, home, path, key)
                failures += failed
                progress(f"{path.name}: {'FAILED' if failed else 'converted and verified'}")
            entries += [entry] if entry else []
    _write_manifest(folders["keras"], entries)
    if failures:
        raise GateError("\n".join(failures))
    return entries


def _key(pinned: PinnedFile, home: str) -> str:
    """What a converted model depends on."""
    packages = ("keras", "tensorflow", "onnx", "onnxruntime")
    record = [pinned.sha256, home, project_digest(), *(f"{name}=={version(name)}" for name in packages)]
    return hashlib.sha256(json.dumps(record).encode()).hexdigest()


def _old_entries(path: Path) -> list[Entry]:
    try:
        document = json.loads(path.read_bytes())
        return [entry for entry in document["models"] if {"name", "home", "key", "sha256"} <= entry.keys()]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # missing or broken: everything is built
        return []


def _built(
    pinned: PinnedFile, source: Path, catalog: Catalog, home: str, path: Path, key: str
) -> tuple[Entry | None, list[str]]:
    """Convert and judge one model; its entry if it agrees, and then it is written, and what failed."""
    data, graph = read_model(source)
    features, subject = describe(graph, catalog, Request())
    written = written_home(graph, features, subject, home, "nhwc")
    verdicts = [judge_home(written, data, graph, features, subject, home, path.name, CASES)]
    converted = loaded(written, graph, features, subject, home, path.name)
    golden = golden_cases(pinned.sha256)
    if golden:
        verdicts.append(judge_golden(converted, golden))
    failures = [failure for verdict in verdicts for failure in verdict.failures]
    faces = verdicts[0].rows[0].faces
    if subject != "any" and faces < FACES:
        failures.append(f"{path.name}: the original sees a face in {faces} of {CASES} cases, expected {FACES} at least")
    if failures:
        return None, failures
    write_atomically(path, written)
    return _entry(pinned, graph, features, home, path, key, verdicts) | _face_details(pinned, catalog), []


def _entry(
    pinned: PinnedFile,
    graph: "Graph",
    features: "Features",
    home: str,
    path: Path,
    key: str,
    verdicts: Sequence["Verdict"],
) -> Entry:
    """The manifest's entry, in the shape that build/coreml/manifest.json's have."""
    kinds: dict[str, int] = {}
    for operator in graph.operators:
        kinds[operator.kind] = kinds.get(operator.kind, 0) + 1
    tensors = graph.tensors
    return {
        "name": pinned.name,
        "home": home,
        "package": path.name if home == "keras" else f"../{home}/{path.name}",
        "sha256": sha256_file(path),
        "bytes": path.stat().st_size,
        "key": key,
        "source": [{"file": pinned.file, "sha256": pinned.sha256}],
        "precision": "float32",
        "target": _target(home),
        "operators": dict(sorted(kinds.items())),
        "inputs": [_input(graph, feature) for feature in features.inputs],
        "outputs": [
            {"name": o.name, "shape": list(tensors[o.tensor].shape), "dtype": tensors[o.tensor].dtype}
            | {"meaning": o.meaning, "unit": o.unit}
            for o in features.outputs
        ],
        "parity": [
            {name: value for name, value in asdict(row).items() if value is not None}
            for verdict in verdicts
            for row in verdict.rows
        ],
        "unverified": [],
        "notes": [note for verdict in verdicts for note in verdict.notes],
    }


def _face_details(pinned: PinnedFile, catalog: Catalog) -> Entry:
    """What a face network's packages say of the network itself: a detector's anchors, a mesh's topology."""
    from blazemesh.faces import face_details

    product = next((product for product in catalog.products if product.model.name == pinned.name), None)
    details = {} if product is None else face_details(form_of(product, BuildOptions()))
    return {name: value for name, value in details.items() if name not in OF_PACKAGES}


def _input(graph: "Graph", feature: "InputFeature") -> Entry:
    """A tensor, and what the 0 to 255 of a picture become in it."""
    about = {"name": feature.name, "kind": "tensor", "shape": list(graph.tensors[feature.tensor].shape)}
    nothing = dict.fromkeys(("color", "scale", "bias", "default"))
    choice = {"dtype": "float32", "optional": False, "meaning": feature.meaning}
    return {**about, **nothing, **choice, "range": [feature.low, feature.high]}


def _target(home: str) -> str:
    from converters.onnx.values import OPSET

    return f"keras {version('keras')}" if home == "keras" else f"onnx opset {OPSET}"


@cache
def golden_cases(sha256: str) -> tuple[Mapping[str, Any], ...]:
    """What MediaPipe's own inference made of pictures with the model of that hash; none where it was not asked."""
    for path in sorted(GOLDEN.glob("*.json")):
        document = json.loads(path.read_bytes())
        about = document.get("made_by", {}).get("model", {})
        if about.get("sha256") == sha256 and "tensors" in document["cases"][0]:
            return tuple(document["cases"])
    return ()


def judge_golden(converted: Any, cases: Sequence[Mapping[str, Any]]) -> "Verdict":
    """The converted model against what MediaPipe computed, on the very pictures that it was shown."""
    from blazemesh.pictures import astronaut
    from verification.compositions import Composition, compose, digest
    from verification.homes import Comparison, scaled, sees_a_face

    comparison, (item,) = Comparison(converted, "mediapipe"), converted.source.inputs
    for case in cases:
        pixels = compose(Composition.from_json(case["frame"]), astronaut().pixels)
        if digest(pixels) != case["sha256"]:
            raise InputError(f"golden case {case['name']}: its picture is drawn otherwise here; run `make golden`")
        expected = {name: np.array(value, np.float32) for name, value in case["tensors"].items()}
        found = converted.run({item.name: scaled(pixels, item)})
        comparison.add(found, expected, sees_a_face(converted.source, expected))
    return comparison.verdict()


def _write_manifest(folder: Path, entries: Sequence[Entry]) -> None:
    from blazemesh import __version__

    document = {"schema": SCHEMA, "generator": f"blazemesh {__version__}", "models": list(entries)}
    write_atomically(folder / FILE, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def home_rows(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """A line per parity row, under ("model", *PARITY_HEADER)."""
    from blazemesh.manifest import parity_cells

    return [(Path(entry["package"]).name, *parity_cells(row)) for entry in entries for row in entry["parity"]]
