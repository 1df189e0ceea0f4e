"""Graph → Core ML program, by way of MIL."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.mil import Function, Program

from converters.errors import ConversionError
from converters.features import Features, InputFeature, check_features
from converters.finish import Finish, float16_behind, kept_float32, may_be_float16
from converters.graph import Graph
from converters.lower import CHANNELS_FIRST, MIL_TYPES, Context, Held, lower
from converters.merged_axes import MOST_AXES, with_merged_axes
from converters.sparse_weights import SPARSE_WEIGHTS_PASS

Precision = Literal["float16", "float32"]
Target = Literal["iOS16", "iOS17", "iOS18"]
PRECISIONS: tuple[str, ...] = get_args(Precision)
TARGETS: tuple[str, ...] = get_args(Target)

RAW = "raw_"
"""How the values begin that a network hands over to its finish."""

FEATURE_TYPES = {dtype: np.int32 if dtype == "bool" else made for dtype, made in MIL_TYPES.items()}
"""What an input can be in the source, and what its feature is: of truth values, which Core ML's lack, 0 or 1."""


@dataclass(frozen=True)
class ConversionOptions:
    """How to convert: the arithmetic's precision, the oldest system that runs it, PReLU as relu(x) − slope·relu(−x)."""

    precision: Precision = "float16"
    target: Target = "iOS16"
    expand_prelu: bool = False


def to_coreml(graph: Graph, features: Features, options: ConversionOptions) -> Any:
    """The graph as coremltools' MLModel (an ML Program, not loaded), with the features' names, finished as they say.

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
    float16 = ct.transform.FP16ComputePrecision(op_selector=may_be_float16)
    try:
        # Its cast_optimization compares the bounds of types, and numpy warns that int32's are none of float16.
        with np.errstate(over="ignore"):
            model = ct.convert(
                program,
                convert_to="mlprogram",
                inputs=_input_types(graph, features),
                minimum_deployment_target=target,
                compute_precision=float16 if options.precision == "float16" else ct.precision.FLOAT32,
                pass_pipeline=pipeline,
                skip_model_load=True,
            )
        if features.finish and (rounded := float16_behind(RAW, model.get_spec())):
            raise ConversionError(f"{graph.file}: coremltools made {rounded} float16, which must stay float32")
        return model
    except (OSError, ConversionError):  # it writes the weights into the temporary folder
        raise
    except Exception as error:  # coremltools validates by whatever it happens to raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConversionError(f"{graph.file}: coremltools refuses the program: {reason}") from error


def build_program(graph: Graph, features: Features, target: Any, expand_prelu: bool) -> Program:
    """The graph as a MIL program whose outputs have the features' names and shapes, or are what their finish makes."""
    placeholders = {feature.name: _placeholder(graph, feature) for feature in features.inputs}
    if features.finish:
        placeholders |= {scalar.name: mb.placeholder(shape=(1,)) for scalar in features.finish.scalars}
    program = Program()
    with Function(placeholders, opset_version=target) as function:
        held = {}
        for feature in features.inputs:
            rank = len(graph.tensors[feature.tensor].shape)
            axes = CHANNELS_FIRST if feature.kind == "image" else tuple(range(rank))
            held[feature.tensor] = Held(_typed(graph, feature, function.inputs[feature.name]), axes)
        context = Context(with_merged_axes(graph), held, expand_prelu)
        lower(context)
        prefix = RAW if features.finish else ""  # a final output may have the name of one of the network's
        raw = {o.name: context.reshaped(graph.tensors[o.tensor], o.shape, prefix + o.name) for o in features.outputs}
        results = _finished(function, features.finish, raw) if features.finish else raw
        with kept_float32(function):  # a copy under another name must not round what it copies
            function.set_outputs([_named(var, name) for name, var in results.items()])
    program.add_function("main", function)
    return program


def _finished(function: Function, finish: Finish, raw: dict[str, Any]) -> dict[str, Any]:
    """The final outputs, in the finish's order."""
    with kept_float32(function):
        made = finish.emit(raw, {scalar.name: function.inputs[scalar.name] for scalar in finish.scalars})
        return {output.name: _named(made[output.name], output.name) for output in finish.outputs}


def _named(var: Any, name: str) -> Any:
    return var if var.name == name else mb.identity(x=var, name=name)


def _typed(graph: Graph, feature: InputFeature, var: Any) -> Any:
    """The input in the type that the source computes it in.

    A picture's values come as floats; those of a source that takes bytes stay so where it only casts them.
    """
    tensor = graph.tensors[feature.tensor]
    if tensor.dtype == "bool":
        return mb.cast(x=var, dtype="bool", name=f"{feature.name}_truth")
    cast_only = all(o.kind == "CAST" for o in graph.operators if tensor.index in o.inputs)
    if feature.kind == "image" and tensor.dtype == "uint8" and (tensor.index in graph.outputs or not cast_only):
        return mb.cast(x=var, dtype="int32", name=f"{feature.name}_whole")
    return var


def _placeholder(graph: Graph, feature: InputFeature) -> Any:
    from coremltools.converters.mil.mil.types import numpy_type_to_builtin_type

    tensor = graph.tensors[feature.tensor]
    if tensor.dtype not in FEATURE_TYPES:
        raise ConversionError(f"input '{tensor.name}' is {tensor.dtype}, expected {', '.join(FEATURE_TYPES)}")
    if not 1 <= len(tensor.shape) <= MOST_AXES or 0 in tensor.shape:
        found = f"input '{tensor.name}' has the shape {list(tensor.shape)}"
        raise ConversionError(f"{found}, expected 1 to {MOST_AXES} axes of 1 or more")
    shape = [tensor.shape[axis] for axis in CHANNELS_FIRST] if feature.kind == "image" else tensor.shape
    made = np.float32 if feature.kind == "image" else FEATURE_TYPES[tensor.dtype]
    return mb.placeholder(shape=tuple(shape), dtype=numpy_type_to_builtin_type(made))


def _input_types(graph: Graph, features: Features) -> list[Any]:
    types = [_input_type(graph, feature) for feature in features.inputs]
    for scalar in features.finish.scalars if features.finish else ():
        default = np.array([scalar.default], np.float32)
        types.append(ct.TensorType(name=scalar.name, shape=(1,), dtype=np.float32, default_value=default))
    return types


def _input_type(graph: Graph, feature: InputFeature) -> Any:
    tensor = graph.tensors[feature.tensor]
    if feature.kind == "tensor":
        return ct.TensorType(name=feature.name, shape=tensor.shape, dtype=FEATURE_TYPES[tensor.dtype])
    channels = tensor.shape[3]
    return ct.ImageType(
        name=feature.name,
        shape=tuple(tensor.shape[axis] for axis in CHANNELS_FIRST),
        scale=feature.scale,
        bias=feature.bias if channels == 1 else [feature.bias] * channels,
        color_layout=ct.colorlayout.GRAYSCALE if channels == 1 else ct.colorlayout.RGB,
    )
