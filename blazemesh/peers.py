"""docs/peers.md: what other converters make of the same models, measured in one run (`make peers`)."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from blazemesh.catalog import Catalog, Model, load_catalog
from blazemesh.errors import InputError
from blazemesh.fetch import fetch
from blazemesh.files import write_atomically
from blazemesh.homes import loaded, written_home
from blazemesh.options import Request
from blazemesh.packages import describe, read_model
from blazemesh.readme import markdown

PEERS, DOCUMENT = Path("build/peers"), Path("docs/peers.md")
SCHEMA = os.environ.get("SCHEMA", "")
"""Where TensorFlow's schema.fbs is, for the converter that reads models by it."""
LONGEST = 600
"""Seconds that a conversion may take."""
CASES = 24
HEADER = ("model", "converter", "seconds", "worst output's error", "what it said")
TOO_FAR = 1e-2
"""Of an output's range: an error beyond it is another network."""

ABOUT = """# The same models in other converters

Written by `make peers`: each face model through each converter that installs, in one run on one machine, each a
process of its own, its imports included. The error is the worst output's greatest difference from LiteRT (of the
attention model, LiteRT's segments) over {cases} cases, 12 of which hold a face, as a share of the output's range, in
ONNX Runtime or Keras: an exit code of 0 with a wrong network would show here.

{machine}

{table}

{versions}
"""

NO_SCHEMA = (
    "not run: it reads a model through flatc and TensorFlow's schema.fbs, which pip does not bring "
    "(`SCHEMA=path make peers`)"
)
VERSIONS = (
    "import sys; from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in sys.argv[1:]), sep=', ')"
)
"""A program that prints what its arguments' versions are."""


@dataclass(frozen=True)
class Converter:
    """A command line; `{model}` and `{out}` stand for the files, `{schema}` for TensorFlow's schema.fbs."""

    name: str
    arguments: tuple[str, ...]
    suffix: str
    packages: tuple[str, ...] = ()
    environment: str = ""

    @property
    def folder(self) -> Path:
        """Where its environment is."""
        return PEERS / self.environment if self.environment else Path(sys.prefix)

    def command(self, model: Path, out: Path) -> list[str]:
        """What is run."""
        words = {"model": model.name, "out": out.name, "schema": SCHEMA}
        words["bin"] = str((self.folder / "bin").absolute())
        return [argument.format(**words) for argument in self.arguments]


OURS = tuple(
    Converter(
        f"blazemesh --to {home}",
        ("{bin}/blazemesh", "convert", "{model}", "--to", home, "-o", "{out}", "--no-verify"),
        f".{home}",
    )
    for home in ("onnx", "keras")
)
CONVERTERS = (
    *OURS,
    Converter(
        "tf2onnx",
        ("{bin}/python", "-m", "tf2onnx.convert", "--tflite", "{model}", "--output", "{out}", "--opset", "17"),
        ".onnx",
        ("tf2onnx", "tensorflow", "onnx"),
        "tf2onnx",
    ),
    Converter(
        "tflite2onnx", ("{bin}/tflite2onnx", "{model}", "{out}"), ".onnx", ("tflite2onnx", "onnx"), "tflite2onnx"
    ),
    Converter(
        "tflite2tensorflow",
        (
            *("{bin}/python", "{bin}/tflite2tensorflow", "--model_path", "{model}", "--flatc_path", "{bin}/flatc"),
            *("--schema_path", "{schema}", "--model_output_path", ".", "--output_pb"),
        ),
        ".pb",
        ("tflite2tensorflow", "tensorflow"),
        "tflite2tensorflow",
    ),
)


def measure(converter: Converter, model: Model, source: Path, catalog: Catalog) -> tuple[str, ...]:
    """The row of one converter and one model, under HEADER."""
    about = (model.file.removesuffix(".tflite"), converter.name)
    if converter.environment and not (converter.folder / ".ready").exists():
        return (*about, "–", "–", "could not be installed here")
    if "{schema}" in converter.arguments and not Path(SCHEMA).is_file():
        return (*about, "–", "–", NO_SCHEMA)
    with tempfile.TemporaryDirectory(prefix="blazemesh-peers-") as folder:
        given, out = Path(folder, model.file), Path(folder, f"out{converter.suffix}")
        shutil.copyfile(source, given)  # some take a name in their own folder alone
        started = time.perf_counter()
        try:
            done = subprocess.run(
                converter.command(given, out),
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                errors="replace",
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return (*about, f"over {LONGEST}", "–", "did not end")
        seconds = f"{time.perf_counter() - started:.1f}"
        if done.returncode or not out.is_file():
            return (*about, seconds, "–", f"failed: {last_line(done.stderr or done.stdout)}")
        try:
            error = worst_error(out, model, source, catalog)
        except Exception as problem:  # whatever a runtime makes of a stranger's model
            return (*about, seconds, "–", f"made a model that does not run: {last_line(str(problem))}")
    said = "converted" if error <= TOO_FAR else "converted to another network"
    return (*about, seconds, f"{error:.1e}", said)


def last_line(text: str) -> str:
    """The last line that says something, short enough for a table."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    line = lines[-1] if lines else "nothing"
    return (line if len(line) <= 160 else f"{line[:157]}…").replace("|", r"\|").replace(tempfile.gettempdir(), "…")


def worst_error(converted: Path, model: Model, source: Path, catalog: Catalog) -> float:
    """The greatest difference from the original in any output, as a share of that output's range."""
    from blazemesh.pictures import astronaut
    from verification.cases import make_cases
    from verification.homes import tensors
    from verification.oracles.original import open_original

    data, graph = read_model(source)
    features, subject = describe(graph, catalog, Request())
    home = converted.suffix.removeprefix(".")
    ours = loaded(written_home(graph, features, subject, "onnx", "nhwc"), graph, features, subject, "onnx", "ours")
    original = open_original(data, model.file)
    run = _keras(converted) if home == "keras" else _onnx(converted)
    names = {item.tensor: item.name for item in ours.source.outputs}
    found: dict[str, list[Any]] = {tensor: [] for tensor in names}
    expected: dict[str, list[Any]] = {tensor: [] for tensor in names}
    for case in make_cases(ours.features, subject, [astronaut()], CASES):
        (value,) = tensors(ours, case).values()
        raw, made = original.run({ours.source.inputs[0].tensor: value}), run(value)
        for place, (tensor, name) in enumerate(names.items()):
            mine = made.get(tensor, made.get(name, list(made.values())[min(place, len(made) - 1)]))
            found[tensor].append(np.ravel(mine))
            expected[tensor].append(np.ravel(raw[tensor]))
    shares = []
    for tensor in names:
        mine, theirs = np.stack(found[tensor]), np.stack(expected[tensor])
        shares.append(float(np.abs(mine - theirs).max() / np.ptp(theirs)))
    return max(shares)


def _onnx(path: Path) -> Any:
    """Runs a model of one picture, in whichever axis order it takes it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (taken,), names = session.get_inputs(), [output.name for output in session.get_outputs()]

    def run(value: Any) -> Mapping[str, Any]:
        given = value if taken.shape[-1] == value.shape[-1] else value.transpose(0, 3, 1, 2)
        return dict(zip(names, session.run(names, {taken.name: given}), strict=True))

    return run


def _keras(path: Path) -> Any:
    from blazemesh.quiet import quiet_tensorflow

    quiet_tensorflow()
    import keras

    import converters.keras.layers  # noqa: F401 — it registers the layers

    model = keras.models.load_model(path)
    return lambda value: {name: np.asarray(made) for name, made in model(value, training=False).items()}


def versions() -> str:
    """What was installed, a line a peer."""
    lines = []
    for converter in CONVERTERS:
        python = converter.folder / "bin" / "python"
        if converter.packages and python.exists():
            command = [str(python), "-c", VERSIONS, *converter.packages]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            lines.append(f"- {converter.name}: {done.stdout.strip() or 'not installed'}")
    return "\n".join(lines)


def document(rows: Sequence[tuple[str, ...]]) -> str:
    """The whole page."""
    system, python = f"{platform.system()} {platform.machine()}", platform.python_version()
    machine = f"{system}, {os.cpu_count()} processors, CPython {python}."
    return ABOUT.format(cases=CASES, machine=machine, table=markdown(HEADER, rows), versions=versions())


def main() -> None:
    """Measure every pair, and write the page; one line and exit code 2 where the models can't be had."""
    catalog = load_catalog()
    try:
        sources = fetch(catalog.models, catalog)
    except InputError as error:
        print(f"peers: error: {error}", file=sys.stderr)
        sys.exit(2)
    rows = []
    for model in catalog.models:
        for converter in CONVERTERS:
            rows.append(measure(converter, model, sources[model.name], catalog))
            print(" | ".join(rows[-1]), file=sys.stderr)
    write_atomically(DOCUMENT, document(rows).encode())


if __name__ == "__main__":
    main()
