"""One source model → one verified package: read, lower, write aside, judge."""

import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from blazemesh.catalog import LARGEST_MODEL, Catalog, Model
from blazemesh.errors import InputError
from blazemesh.files import describe_os_error
from converters.errors import ConversionError
from converters.features import Features, InputFeature, OutputFeature, derived_features
from converters.graph import Graph
from converters.provenance import SOURCE_KEY, source_metadata
from converters.tflite_reader import read_tflite

SUFFIX = ".mlpackage"
SPECIFICATION_BYTES = 1 << 20
"""More than the specification of any of these networks without its weights takes."""


@dataclass(frozen=True)
class Request:
    """What to convert and how; `input_range` is None where the user left it open."""

    precision: str = "float16"
    target: str = "iOS16"
    expand_prelu: bool = False
    tensor_input: bool = False
    input_range: tuple[float, float] | None = None


def read_model(path: Path) -> tuple[bytes, Graph]:
    """A `.tflite` file's bytes and its graph; InputError or ConversionError in one line."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise InputError(f"{str(path)!r} is a device or a pipe; expected a .tflite file")
        if about.st_size > LARGEST_MODEL:
            raise InputError(f"{str(path)!r} has {about.st_size} bytes; expected a .tflite of at most {LARGEST_MODEL}")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(describe_os_error(error)) from error
    return data, read_tflite(data, path.name)


def describe(graph: Graph, catalog: Catalog, request: Request) -> tuple[Features, str]:
    """A model's features and subject: as the catalogue has them for a pinned one, else derived from the graph."""
    model = catalog.by_sha256(graph.sha256)
    if model is not None:
        return catalog_features(graph, model, request), model.subject
    low, high = request.input_range or (0.0, 1.0)
    return derived_features(graph, low, high, request.tensor_input), "any"


def catalog_features(graph: Graph, model: Model, request: Request) -> Features:
    """The names, shapes and meanings that models.toml gives a pinned model's tensors; `request` may change an input."""
    from blazemesh import __version__

    tensors = {graph.tensors[index].name: index for index in (*graph.inputs, *graph.outputs)}
    if missing := [output.tensor for output in model.outputs if output.tensor not in tensors]:
        raise InputError(f"models.toml: {model.name} has no output tensor '{missing[0]}'; it has {', '.join(tensors)}")
    low, high = request.input_range or model.input.range
    kind: Literal["image", "tensor"] = "tensor" if request.tensor_input else "image"
    return Features(
        inputs=(InputFeature(graph.inputs[0], model.input.name, kind, low, high, model.input.description),),
        outputs=tuple(
            OutputFeature(tensors[output.tensor], output.name, output.shape, output.unit, output.meaning)
            for output in model.outputs
        ),
        description=f"{model.title}. {model.description}",
        author=model.author,
        licence=model.licence,
        version=__version__,
    )


def refuse_unconvertible(graph: Graph) -> None:
    """ConversionError that names the operator, or the tensor, for which no conversion is known."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from converters.lower import refuse_unsupported

    try:
        refuse_unsupported(graph)
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error


def write_converted(graph: Graph, features: Features, subject: str, request: Request, destination: Path) -> None:
    """Convert and write the package `destination`; ConversionError in one line, OSError where the disk refuses."""
    from blazemesh.quiet import no_progress_bars, quiet_coremltools

    quiet_coremltools()
    from converters.coreml import ConversionOptions, to_coreml
    from converters.package import write_package

    options = ConversionOptions(request.precision, request.target, request.expand_prelu)  # type: ignore[arg-type]
    try:
        with no_progress_bars():
            model = to_coreml(graph, features, options)
        write_package(model, features, {SOURCE_KEY: source_metadata(graph, features, subject)}, destination)
    except ConversionError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        if isinstance(error.__cause__, RuntimeError):
            _refuse_full_disk(destination.parent, graph)
        raise


def _refuse_full_disk(folder: Path, graph: Graph) -> None:
    """OSError where `folder` does not take as much as a conversion writes there.

    coremltools' native writer fails on a full disk without an error number to tell by.
    """
    weights = sum(tensor.value.nbytes for tensor in graph.tensors if tensor.value is not None)
    with tempfile.TemporaryFile(dir=folder) as file:
        # What was written already is still there: three copies of the weights at most, and the specification.
        for _ in range(4):
            file.write(bytes(weights + SPECIFICATION_BYTES))
