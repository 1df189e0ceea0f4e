"""Sizes that a file leaves open → the ones they have for a batch of a given size, everywhere in the graph.

LiteRT tells them: shapes may be computed by operators, and follow from a whole run only.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from converters.errors import ConversionError
from converters.graph import Graph

MOST_BATCHES = 4096
"""More than any app predicts at once."""


def open_inputs(graph: Graph) -> list[str]:
    """The names of the inputs whose batch the file leaves open."""
    return [graph.tensors[index].name for index in graph.inputs if graph.tensors[index].open_axes]


def with_batch(graph: Graph, model: bytes, batch: int | None = None) -> Graph:
    """The graph with every shape as it is for a batch of `batch`, 1 by default where the file leaves it open.

    `model` are the file's bytes. A batch that the file fixes is changed where `batch` says so and the network allows
    it. ConversionError where an axis other than the first is open, or where LiteRT can't run it so.
    """
    if batch is None and not any(tensor.open_axes for tensor in graph.tensors):
        return graph
    if batch is not None and not 1 <= batch <= MOST_BATCHES:
        raise ConversionError(f"{graph.file}: a batch of {batch}, expected 1 to {MOST_BATCHES}")
    wanted = {index: _input_shape(graph, index, batch) for index in graph.inputs}
    try:
        details = _after_a_run(model, wanted)
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        if batch is None and "unresolved custom op" in reason:
            return graph  # shapes as the file has them: where they are wrong, lowering says so
        size = 1 if batch is None else batch
        raise ConversionError(f"{graph.file}: LiteRT does not run it with a batch of {size}: {reason}") from error
    found = {detail["index"]: tuple(int(size) for size in detail["shape"]) for detail in details}
    return replace(
        graph,
        tensors=tuple(
            tensor if tensor.value is not None else replace(tensor, shape=found.get(tensor.index, tensor.shape))
            for tensor in graph.tensors
        ),
    )


def _input_shape(graph: Graph, index: int, batch: int | None) -> tuple[int, ...]:
    """An input's shape for the batch; one that the file fixes, in a file that leaves others open, keeps its own."""
    tensor = graph.tensors[index]
    if further := [axis for axis in tensor.open_axes if axis > 0 and tensor.shape[axis] <= 1]:
        reader = next((f"{graph.where(operator)}: " for operator in graph.operators if index in operator.inputs), "")
        raise ConversionError(
            f"{graph.file}: {reader}input '{tensor.name}' leaves the size of axis {further[0]} open, where only a "
            "batch (axis 0) can be; export the model with a fixed size"
        )
    if not tensor.shape or (open_inputs(graph) and 0 not in tensor.open_axes):
        return tensor.shape
    first = batch if batch is not None else max(tensor.shape[0], 1)
    return (first, *tensor.shape[1:])


def _after_a_run(model: bytes, shapes: dict[int, tuple[int, ...]]) -> list[dict[str, Any]]:
    """What LiteRT knows of each tensor after a run on zeros of the inputs' `shapes`."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=model,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    for index, shape in shapes.items():
        interpreter.resize_tensor_input(index, shape)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
    interpreter.invoke()
    details: list[dict[str, Any]] = interpreter.get_tensor_details()
    return details
