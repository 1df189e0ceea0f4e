"""Graph → Core ML program, by way of MIL."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.mil import Function, Program

from converters.errors import ConversionError
from converters.features import Features, InputFeature, check_features
from converters.graph import Graph
from converters.lower import CHANNELS_FIRST, Context, Held, lower
from converters.sparse_weights import SPARSE_WEIGHTS_PASS

Precision = Literal["float16", "float32"]
Target = Literal["iOS16", "iOS17", "iOS18"]
PRECISIONS: tuple[str, ...] = get_args(Precision)
TARGETS: tuple[str, ...] = get_args(Target)

TENSOR_TYPES = {"float32": np.float32, "float16": np.float32, "int32": np.int32, "int64": np.int32}


@dataclass(frozen=True)
class ConversionOptions:
    """How to convert: the arithmetic's precision, the oldest system that runs it, PReLU as relu(x) − slope·relu(−x)."""

    precision: Precision = "float16"
    target: Target = "iOS16"
    expand_prelu: bool = False


def to_coreml(graph: Graph, features: Features, options: ConversionOptions) -> Any:
    """The graph as coremltools' MLModel (an ML Program, not loaded), with the features' names; outputs are float32.

    ConversionError names the operator that stands in the way.
    """
    check_features(graph, features)
    target = getattr(ct.target, options.target)
    program = build_program(graph, features, target, options.expand_prelu)
    pipeline = ct.PassPipeline.DEFAULT
    pipeline.append_pass(SPARSE_WEIGHTS_PASS)
    if options.expand_prelu:
        pipeline.remove_passes({"common::fuse_prelu"})  # it would put together what was taken apart on purpose
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
    except (ValueError, TypeError, NotImplementedError, AssertionError, RuntimeError) as error:
        raise ConversionError(
            f"{graph.file}: coremltools refuses the program: {' '.join(str(error).split())}"
        ) from error


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
    if tensor.dtype not in TENSOR_TYPES:
        raise ConversionError(
            f"{graph.file}: input '{tensor.name}' is {tensor.dtype}, expected {', '.join(TENSOR_TYPES)}"
        )
    shape = [tensor.shape[axis] for axis in CHANNELS_FIRST] if feature.kind == "image" else tensor.shape
    return mb.placeholder(shape=tuple(shape), dtype=numpy_type_to_builtin_type(TENSOR_TYPES[tensor.dtype]))


def _input_type(graph: Graph, feature: InputFeature) -> Any:
    tensor = graph.tensors[feature.tensor]
    if feature.kind == "tensor":
        return ct.TensorType(name=feature.name, shape=tensor.shape, dtype=TENSOR_TYPES[tensor.dtype])
    channels = tensor.shape[3]
    return ct.ImageType(
        name=feature.name,
        shape=tuple(tensor.shape[axis] for axis in CHANNELS_FIRST),
        scale=feature.scale,
        bias=feature.bias if channels == 1 else [feature.bias] * channels,
        color_layout=ct.colorlayout.GRAYSCALE if channels == 1 else ct.colorlayout.RGB,
    )
