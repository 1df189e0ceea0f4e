"""One source model → one verified package: read, lower, write aside, judge."""

import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from blazemesh.catalog import LARGEST_MODEL, Catalog, Model, Product
from blazemesh.errors import InputError
from blazemesh.files import describe_os_error
from blazemesh.options import BuildOptions, Request
from converters.errors import ConversionError
from converters.features import Features, InputFeature, OutputFeature, derived_features
from converters.graph import Graph
from converters.open_shapes import open_inputs, with_batch
from converters.provenance import SOURCE_KEY, source_metadata
from converters.tflite_reader import read_tflite
from pipelines.detector import DETECTORS
from pipelines.forms.detections import Faces, Proposals, Vision
from pipelines.forms.form import Form
from pipelines.forms.landmarks import Eye, FaceMesh
from pipelines.mesh import MESHES

SPECIFICATION_BYTES = 1 << 20
"""More than the specification of any of these networks without its weights takes."""


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
    features = derived_features(graph, low, high, request.tensor_input)
    if request.input_range and (taken := [i.name for i in features.inputs if takes_bytes(graph, i)]):
        raise InputError(f"{graph.file}: input {taken[0]} takes a picture's 0…255 as they are: leave --input-range out")
    return features, "any"


def takes_bytes(graph: Graph, feature: InputFeature) -> bool:
    """Whether the source takes this picture's bytes as they are."""
    return feature.kind == "image" and graph.tensors[feature.tensor].dtype == "uint8"


def settle_batch(graph: Graph, model: bytes, request: Request, progress: Callable[[str], None]) -> Graph:
    """The graph with the batch that is asked for, or with 1 where the file leaves it open; says which."""
    settled = with_batch(graph, model, request.batch)
    if request.batch is None and open_inputs(graph):
        progress(f"{graph.file} leaves its batch open: it becomes 1; see --batch")
    if variables := [tensor.name for tensor in graph.tensors if tensor.variable]:
        progress(f"{graph.file} keeps '{variables[0]}' from run to run: here each prediction begins with zeros")
    return settled


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


def form_of(product: Product, options: BuildOptions) -> Form:
    """What comes out of a package."""
    match product.package.form:
        case "mesh":
            return FaceMesh(MESHES[product.model.name])
        case "eye":
            return Eye(MESHES[product.model.name])
    detector = replace(DETECTORS[product.model.name], slots=options.slots)
    match product.package.form:
        case "faces":
            return Faces(detector)
        case "vision":
            return Vision(detector, with_landmarks=not options.plain_vision)
    return Proposals(detector)


def write_product(graph: Graph, product: Product, options: BuildOptions, destination: Path) -> None:
    """Convert and write one of the apps' packages; ConversionError in one line, OSError where the disk refuses."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from pipelines.mil.forms import finish_of

    request = Request(options.precision, options.target, options.expand_prelu)
    form = form_of(product, options)
    features = replace(
        catalog_features(graph, product.model, request),
        description=f"{product.model.title}. {product.package.description}",
        finish=finish_of(form),
    )
    write_converted(graph, features, product.model.subject, request, destination, form)


def refuse_unconvertible(graph: Graph) -> None:
    """ConversionError that names the operator, or the tensor, for which no conversion is known."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from converters.lower import refuse_unsupported

    try:
        refuse_unsupported(graph)
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error


def write_converted(
    graph: Graph, features: Features, subject: str, request: Request, destination: Path, form: Form | None = None
) -> None:
    """Convert and write the package `destination`; ConversionError in one line, OSError where the disk refuses."""
    from blazemesh.quiet import no_progress_bars, quiet_coremltools

    quiet_coremltools()
    from converters.coreml import ConversionOptions, to_coreml

    options = ConversionOptions(request.precision, request.target, request.expand_prelu)  # type: ignore[arg-type]
    metadata = {SOURCE_KEY: source_metadata(graph, features, subject), **(form.metadata() if form else {})}
    try:
        with no_progress_bars():
            _write(to_coreml(graph, features, options), features, form, metadata, destination)
    except ConversionError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        if isinstance(error.__cause__, RuntimeError):
            _refuse_full_disk(destination.parent, graph)
        raise


def _write(model: Any, features: Features, form: Form | None, metadata: Mapping[str, str], destination: Path) -> None:
    from converters.package import write_package

    if isinstance(form, Vision):
        from pipelines.mil.vision_pipeline import vision_pipeline

        model, features = vision_pipeline(model, form), visible_as(features, form)
    write_package(model, features, metadata, destination)


def visible_as(features: Features, form: Form) -> Features:
    """The features of a pipeline: the form's own inputs and outputs in place of its first model's."""
    from converters.finish import Finish
    from pipelines.mil.forms import visible

    return replace(features, finish=Finish(*visible(form), lambda raw, scalars: {}))


def _refuse_full_disk(folder: Path, graph: Graph) -> None:
    """OSError where `folder` does not take as much as a conversion writes there.

    coremltools' native writer fails on a full disk without an error number to tell by.
    """
    weights = sum(tensor.value.nbytes for tensor in graph.tensors if tensor.value is not None)
    with tempfile.TemporaryFile(dir=folder) as file:
        # What was written already is still there: three copies of the weights at most, and the specification.
        for _ in range(4):
            file.write(bytes(weights + SPECIFICATION_BYTES))
