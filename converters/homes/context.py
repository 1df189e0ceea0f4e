"""Graph → a home's steps, operator by operator; every result is held against the shape that the source declares."""

import re
from collections.abc import Mapping
from typing import Generic

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array, Graph, Operator, Tensor
from converters.homes.home import FUSED, TYPES, Home, V
from converters.homes.naming import operator_names
from converters.homes.registry import handlers
from converters.operands import Operands
from converters.refusals import refuse_arithmetic_of_bytes, refuse_unknown

STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""What makes letters bold in a terminal: Keras writes it into its exceptions."""


class Context(Operands, Generic[V]):
    """What an operator's function sees: its operands as the home's values, and where its results go."""

    def __init__(self, graph: Graph, home: Home[V], inputs: Mapping[int, V]) -> None:
        self.graph = graph
        self.home = home
        self._values = dict(inputs)

    def known(self, tensor: Tensor) -> Array | None:
        """What the tensor holds whatever the inputs are, or None."""
        return tensor.value if tensor.value is not None else self.home.known(self._values[tensor.index])

    def operand(self, operator: Operator, position: int) -> V:
        """The operand at `position` as the home's value."""
        return self.value(self.tensor(operator, position))

    def value(self, tensor: Tensor) -> V:
        """The tensor as the home's value."""
        if tensor.index not in self._values:
            assert tensor.value is not None
            if tensor.dtype not in TYPES:
                raise ConversionError(f"'{tensor.name}' is {tensor.dtype}, expected {', '.join(TYPES)}")
            self._values[tensor.index] = self.home.constant(np.asarray(tensor.value, TYPES[tensor.dtype]))
        return self._values[tensor.index]

    def put(self, tensor: Tensor, value: V) -> None:
        """An operator's result; ConversionError unless its shape and type are what the source declares."""
        found, dtype = self.home.shape(value), self.home.dtype(value)
        if tuple(found) != tuple(tensor.shape):
            raise ConversionError(f"came out as {list(found)}, the source says {list(tensor.shape)}")
        if dtype != TYPES.get(tensor.dtype):
            raise ConversionError(f"came out as {dtype}, the source says {tensor.dtype}")
        self._values[tensor.index] = value

    def put_activated(self, operator: Operator, value: V) -> None:
        """The operator's result with the activation that it carries."""
        kind = operator.option("fusedActivationFunction", "NONE")
        if kind != "NONE":
            if kind not in FUSED:
                raise ConversionError(f"fused activation {kind} is not supported; supported are {', '.join(FUSED)}")
            value = self.home.unary(str(kind), value)
        self.put(self.result(operator), value)


def emit(context: Context[V], outputs: Mapping[int, str]) -> None:
    """Emit every operator of the graph, in order, named after the `outputs`; ConversionError names what can't be."""
    graph, home = context.graph, context.home
    known, names = handlers(), operator_names(graph, outputs)
    for operator in graph.operators:
        home.begin(names[operator.index])
        try:
            refuse_arithmetic_of_bytes(graph, operator)
            known[operator.kind](context, operator)
        except ConversionError as error:
            raise ConversionError(f"{graph.where(operator)}: {error}") from error
        except Exception as error:  # Keras validates by whatever it happens to raise
            reason = " ".join(STYLE.sub("", str(error)).split()) or type(error).__name__
            raise ConversionError(f"{graph.where(operator)}: {home.title} does not take it: {reason}") from error


def refuse_homeless(graph: Graph) -> None:
    """ConversionError for what no function could emit, in one line that names the operator or tensor."""
    try:
        refuse_unknown(graph, handlers())
    except ConversionError as error:
        raise ConversionError(f"{graph.file}: {error}") from error
