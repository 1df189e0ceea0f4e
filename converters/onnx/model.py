"""Graph → ONNX model."""

from typing import Any

import numpy as np

from converters.errors import ConversionError
from converters.features import Features
from converters.graph import Graph
from converters.homes.context import Context, emit, refuse_homeless
from converters.homes.home import TYPES
from converters.onnx.home import OnnxHome
from converters.onnx.values import CHANNELS_FIRST, IR_VERSION, OPSET, Value, natural

LAYOUTS = ("nhwc", "nchw")


def to_onnx(graph: Graph, features: Features, layout: str, metadata: dict[str, str]) -> bytes:
    """The graph as an ONNX model's bytes, inputs and outputs named as the features say, in the shapes of the source.

    With the layout "nchw" pictures (four axes) come and go as [batch, channels, height, width]. The same graph gives
    the same bytes. ConversionError names the file, and the operator that stands in the way.
    """
    import onnx

    refuse_homeless(graph)
    home = OnnxHome()
    try:
        context = Context(graph, home, {f.tensor: _input(graph, f.tensor, f.name, layout) for f in features.inputs})
        emit(context, {o.tensor: o.name for o in features.outputs})
        inputs = [_info(context.value(graph.tensors[f.tensor]), f.name, f.meaning, layout) for f in features.inputs]
        outputs = [_output(context, o.tensor, o.name, o.meaning, layout) for o in features.outputs]
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error
    stored = [onnx.numpy_helper.from_array(array, name) for name, array in home.builder.initializers.items()]
    body = onnx.helper.make_graph(home.builder.nodes, "network", inputs, outputs, stored, features.description)
    opset = [onnx.helper.make_opsetid("", OPSET)]
    model = onnx.helper.make_model(body, opset_imports=opset, ir_version=IR_VERSION, producer_name="blazemesh")
    onnx.helper.set_model_props(model, dict(sorted({**metadata, "layout": layout}.items())))
    _drop_unread(model)
    _check(model, graph.file)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _input(graph: Graph, index: int, name: str, layout: str) -> Value:
    tensor = graph.tensors[index]
    if tensor.dtype not in TYPES:
        raise ConversionError(f"input '{tensor.name}' is {tensor.dtype}, expected {', '.join(TYPES)}")
    return Value(name, tensor.shape, TYPES[tensor.dtype], _outside(len(tensor.shape), layout))


def _outside(rank: int, layout: str) -> tuple[int, ...]:
    """The axis order in which a value of that rank comes or goes."""
    return CHANNELS_FIRST if layout == "nchw" and rank == 4 else natural(rank)


def _output(context: Context[Value], index: int, name: str, meaning: str, layout: str) -> Any:
    """Give the tensor its name as an output."""
    value = context.value(context.graph.tensors[index])
    builder = context.home.builder  # type: ignore[attr-defined]
    builder.names.begin(f"outputs/{name}")
    import onnx

    source = builder.ordered(value, _outside(len(value.shape), layout))
    builder.nodes.append(onnx.helper.make_node("Identity", [source], [name], name=f"outputs/{name}"))
    return _info(value, name, meaning, layout)


def _info(value: Value, name: str, meaning: str, layout: str) -> Any:
    import onnx

    kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(value.dtype))
    shape = [value.shape[axis] for axis in _outside(len(value.shape), layout)]
    return onnx.helper.make_tensor_value_info(name, kind, shape, doc_string=meaning)


def _drop_unread(model: Any) -> None:
    """Remove initialisers that nobody reads: those of steps that were computed at once."""
    read = {name for node in model.graph.node for name in node.input}
    kept = [stored for stored in model.graph.initializer if stored.name in read]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def _check(model: Any, file: str) -> None:
    """ConversionError unless onnx's own checker takes the model, the shapes that it infers included."""
    import onnx

    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ConversionError(f"{file}: onnx's checker refuses the model: {' '.join(str(error).split())}") from error
