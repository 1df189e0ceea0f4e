"""`blazemesh convert --to keras` and `--to onnx`: one `.tflite` in another home, verified before it appears."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.catalog import Catalog, load_catalog
from blazemesh.errors import InputError
from blazemesh.files import write_atomically
from blazemesh.options import Request
from blazemesh.packages import describe, read_model, settle_batch
from blazemesh.staging import made_folders
from converters.features import Features, InputFeature
from converters.graph import Graph
from converters.provenance import SOURCE_KEY, source_metadata

if TYPE_CHECKING:
    from verification.homes import Converted
    from verification.verify import Verdict

SUFFIXES = {"keras": ".keras", "onnx": ".onnx"}
LAYERS = Path(__file__).resolve().parent.parent / "converters" / "keras" / "layers.py"
"""The only file that a loader of a `.keras` needs beside Keras."""

Progress = Callable[[str], None]


def convert_home(
    source: Path,
    destination: Path,
    home: str,
    request: Request,
    layout: str = "nhwc",
    check: bool = True,
    catalog: Catalog | None = None,
    progress: Progress = lambda line: None,
) -> "Verdict | None":
    """Convert `source` for "keras" or "onnx" and put it at `destination` if it agrees with its source; None unchecked.

    InputError or ConversionError in one line; OSError where the disk refuses.
    """
    if destination.suffix != SUFFIXES[home]:
        raise InputError(f"{str(destination)!r}: expected an output that ends in {SUFFIXES[home]}")
    if destination.is_dir():
        raise InputError(f"{str(destination)!r} is a folder, expected a file's name")
    if home == "keras":
        require_keras()
    data, graph = read_model(source)
    catalog = catalog or load_catalog()
    graph = settle_batch(graph, data, request, progress)
    features, subject = describe(graph, catalog, request)
    written = written_home(graph, features, subject, home, layout)
    progress(f"converted {source.name} ({len(graph.operators)} operators)")
    verdict = judge_home(written, data, graph, features, subject, home, destination.name) if check else None
    if verdict is None or verdict.passed:
        with made_folders(destination.absolute().parent):
            write_atomically(destination, written)
    return verdict


def require_keras() -> None:
    """InputError, with what to do, where Keras is not installed."""
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        raise InputError(
            "Keras and TensorFlow are not in this environment; `make keras` makes one that has them, "
            "then use .venv-train/bin/blazemesh convert --to keras"
        )


def written_home(graph: Graph, features: Features, subject: str, home: str, layout: str) -> bytes:
    """The converted model's bytes, with its source in its metadata; the same graph gives the same bytes."""
    metadata = {SOURCE_KEY: source_metadata(graph, features, subject), "source_sha256": graph.sha256}
    if home == "onnx":
        from converters.onnx.model import to_onnx

        return to_onnx(graph, features, layout, metadata)
    from blazemesh.quiet import quiet_tensorflow

    quiet_tensorflow()
    from converters.keras.archive import keras_archive
    from converters.keras.model import to_keras

    return keras_archive(to_keras(graph, features), metadata)


def judge_home(
    written: bytes,
    model: bytes,
    graph: Graph,
    features: Features,
    subject: str,
    home: str,
    name: str,
    count: int | None = None,
) -> "Verdict":
    """Load the converted model from its bytes, and hold it to its original on the built-in cases or `count` of them."""
    from blazemesh.pictures import astronaut
    from verification.cases import DEFAULT_CASES
    from verification.homes import verify_home

    converted = loaded(written, graph, features, subject, home, name)
    return verify_home(converted, model, [astronaut()], count or DEFAULT_CASES)


def loaded(written: bytes, graph: Graph, features: Features, subject: str, home: str, name: str) -> "Converted":
    """The converted model out of its bytes, as the judge calls it."""
    from verification.homes import Converted
    from verification.provenance import read_source

    source = read_source(name, {SOURCE_KEY: source_metadata(graph, features, subject)})
    seen = tuple(_feature(graph, feature) for feature in features.inputs)
    dtypes = {feature.name: _computed(graph.tensors[feature.tensor].dtype) for feature in features.inputs}
    executor, run = ("keras", _keras(written)) if home == "keras" else ("onnxruntime", _onnx(written))

    def typed(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        return run({key: value.astype(dtypes[key]) for key, value in inputs.items()})

    return Converted(name, executor, typed, source, seen)


def _computed(dtype: str) -> str:
    from converters.homes.home import TYPES

    return TYPES[dtype]


def _feature(graph: Graph, feature: InputFeature) -> Any:
    """The input as the maker of cases knows one: a picture of 8 bits where it is one, else a tensor."""
    from verification.executor.dtypes import ValueType
    from verification.executor.program import Feature

    tensor = graph.tensors[feature.tensor]
    if feature.kind == "image":
        shape = tuple(tensor.shape[axis] for axis in (0, 3, 1, 2))
        color = "RGB" if tensor.shape[3] == 3 else "GRAYSCALE"
        return Feature(feature.name, "image", ValueType("float32", shape), color, False, None, feature.meaning)  # type: ignore[arg-type]
    whole = tensor.dtype not in ("float16", "float32")
    kind = ValueType("int32" if whole else "float32", tensor.shape)
    return Feature(feature.name, "tensor", kind, None, False, None, feature.meaning)


def _onnx(written: bytes) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Runs the model in ONNX Runtime, on one thread, pictures as NHWC whatever its layout is."""
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])
    nchw = {p.key: p.value for p in onnx.load_from_string(written).metadata_props}["layout"] == "nchw"
    outputs = [output.name for output in session.get_outputs()]
    read = {node.name for node in session.get_inputs()}

    def run(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: _turned(value, (0, 3, 1, 2), nchw) for name, value in inputs.items() if name in read}
        made = session.run(outputs, given)
        return {name: _turned(value, (0, 2, 3, 1), nchw) for name, value in zip(outputs, made, strict=True)}

    return run


def _turned(value: Any, order: tuple[int, ...], nchw: bool) -> Any:
    return value.transpose(order) if nchw and value.ndim == 4 else value


def _keras(written: bytes) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Runs the model in Keras, from the file that a user would load."""
    import tempfile

    import keras
    import numpy as np

    with tempfile.NamedTemporaryFile(prefix="blazemesh-", suffix=".keras") as file:
        file.write(written)
        file.flush()
        model = keras.models.load_model(file.name)

    def run(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        given = next(iter(inputs.values())) if len(inputs) == 1 else dict(inputs)
        return {name: np.asarray(value) for name, value in model(given, training=False).items()}

    return run
