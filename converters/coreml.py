"""Graph → Core ML program, by way of MIL."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import coremltools as ct
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.mil import Function, Program

from converters.errors import ConversionError
from converters.features import Features, InputFeature, check_features
from converters.graph import Graph
from converters.lower import CHANNELS_FIRST, MIL_TYPES, Context, Held, lower
from converters.sparse_weights import SPARSE_WEIGHTS_PASS

Precision = Literal["float16", "float32"]
Target = Literal["iOS16", "iOS17", "iOS18"]
PRECISIONS: tuple[str, ...] = get_args(Precision)
TARGETS: tuple[str, ...] = get_args(Target)

FEATURE_TYPES = tuple(dtype for dtype in MIL_TYPES if dtype != "bool")
"""What an input can be in the source: Core ML's features know no truth values."""

MOST_AXES = 5
"""Core ML's limit for a tensor."""


@dataclass(frozen=True)
class ConversionOptions:
    """How to convert: the arithmetic's precision, the oldest system that runs it, PReLU as relu(x) − slope·relu(−x)."""

    precision: Precision = "float16"
    target: Target = "iOS16"
    expand_prelu: bool = False


def to_coreml(graph: Graph, features: Features, options: ConversionOptions) -> Any:
    """The graph as coremltools' MLModel (an ML Program, not loaded), with the features' names.

    Outputs are float32, or int32 where the source's are whole numbers. ConversionError names the file, and the operator
    that stands in the way.
    """
    target = getattr(ct.target, options.target)
    try:
        check_features(graph, features)
        program = build_program(graph, features, target, options.expand_prelu)
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error
    pipeline = ct.PassPipeline.DEFAULT
    pipeline.append_pass(SPARSE_WEIGHTS_PASS)
    precision = ct.precision.FLOAT16 if options.precision == "float16" else ct.precision.FLOAT32
    try:
        return ct.convert(
            program,
            convert_to="mlprogram",
            inputs=[_input_type(graph, feature) for feature in features.inputs],
            minimum_deployment_target=target,
            compute_precision=precision,
            pass_pipeline=pipeline,
            skip_model_load=True,
        )
    except OSError:  # it writes the weights into the temporary folder
        raise
    except Exception as error:  # coremltools validates by whatever it happens to raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConversionError(f"{graph.file}: coremltools refuses the program: {reason}") from error


def build_program(graph: Graph, features: Features, target: Any, expand_prelu: bool) -> Program:
    """The graph as a MIL program whose outputs have the features' names and shapes."""
    placeholders = {feature.name: _placeholder(graph, feature) for feature in features.inputs}
    program = Program()
    with Function(placeholders, opset_version=target) as function:
        held = {}
        for feature in features.inputs:
            rank = len(graph.tensors[feature.tensor].shape)
            axes = CHANNELS_FIRST if feature.kind == "image" else tuple(range(rank))
            held[feature.tensor] = Held(function.inputs[feature.name], axes)
        context = Context(graph, held, expand_prelu)
        lower(context)
        outputs = []
        for output in features.outputs:
            var = context.reshaped(graph.tensors[output.tensor], output.shape, output.name)
            outputs.append(var if var.name == output.name else mb.identity(x=var, name=output.name))
        function.set_outputs(outputs)
    program.add_function("main", function)
    return program


def _placeholder(graph: Graph, feature: InputFeature) -> Any:
    from coremltools.converters.mil.mil.types import numpy_type_to_builtin_type

    tensor = graph.tensors[feature.tensor]
    if tensor.dtype not in FEATURE_TYPES:
        raise ConversionError(f"input '{tensor.name}' is {tensor.dtype}, expected {', '.join(FEATURE_TYPES)}")
    if not 1 <= len(tensor.shape) <= MOST_AXES or 0 in tensor.shape:
        found = f"input '{tensor.name}' has the shape {list(tensor.shape)}"
        raise ConversionError(f"{found}, expected 1 to {MOST_AXES} axes of 1 or more")
    shape = [tensor.shape[axis] for axis in CHANNELS_FIRST] if feature.kind == "image" else tensor.shape
    return mb.placeholder(shape=tuple(shape), dtype=numpy_type_to_builtin_type(MIL_TYPES[tensor.dtype]))


def _input_type(graph: Graph, feature: InputFeature) -> Any:
    tensor = graph.tensors[feature.tensor]
    if feature.kind == "tensor":
        return ct.TensorType(name=feature.name, shape=tensor.shape, dtype=MIL_TYPES[tensor.dtype])
    channels = tensor.shape[3]
    return ct.ImageType(
        name=feature.name,
        shape=tuple(tensor.shape[axis] for axis in CHANNELS_FIRST),
        scale=feature.scale,
        bias=feature.bias if channels == 1 else [feature.bias] * channels,
        color_layout=ct.colorlayout.GRAYSCALE if channels == 1 else ct.colorlayout.RGB,
    )
