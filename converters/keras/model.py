"""Graph → functional Keras model."""

from typing import Any

from converters.errors import ConversionError
from converters.features import Features
from converters.graph import Graph
from converters.homes.context import Context, emit, refuse_homeless
from converters.homes.home import TYPES
from converters.identifiers import identifier
from converters.keras.home import KerasHome


def to_keras(graph: Graph, features: Features) -> Any:
    """The graph as a functional keras.Model, NHWC, its weights float32; outputs a dictionary by the features' names.

    The batch's size is open where the source has a batch of one and every operator leaves it alone, else as the source
    has it. ConversionError names the file, and the operator that stands in the way.
    """
    refuse_homeless(graph)
    if all(graph.tensors[f.tensor].shape[:1] == (1,) for f in features.inputs):
        try:
            return _built(graph, features, open_batch=True)
        except ConversionError:
            pass  # an operator that mixes the batch with other axes: then it stays as it is
    return _built(graph, features, open_batch=False)


def _built(graph: Graph, features: Features, open_batch: bool) -> Any:
    import keras

    keras.backend.clear_session()  # the names of what has none of ours are numbered from the beginning
    home = KerasHome(open_batch)
    try:
        inputs = {f.tensor: _input(graph, home, f.tensor, f.name) for f in features.inputs}
        context = Context(graph, home, inputs)
        emit(context, {o.tensor: o.name for o in features.outputs})
        outputs = {}
        for output in features.outputs:
            value = context.value(graph.tensors[output.tensor])
            home.begin(f"outputs/{output.name}")
            outputs[output.name] = home.tensor(value)
        given = {f.name: inputs[f.tensor] for f in features.inputs}
        name = identifier(graph.file.rsplit(".", 1)[0])
        return keras.Model(next(iter(given.values())) if len(given) == 1 else given, outputs, name=name)
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error


def _input(graph: Graph, home: KerasHome, index: int, name: str) -> Any:
    tensor = graph.tensors[index]
    if tensor.dtype not in TYPES:
        raise ConversionError(f"input '{tensor.name}' is {tensor.dtype}, expected {', '.join(TYPES)}")
    return home.input(name, tensor.shape, TYPES[tensor.dtype])
