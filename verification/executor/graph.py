"""An ONNX graph under construction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from verification.executor.dtypes import FLOAT16, Array, ValueType, carried_dtype, numpy_dtype

# Every operator used here is in opset 20, which ONNX Runtime implements since 1.17.
_OPSET = 20
_IR_VERSION = 9


@dataclass(frozen=True)
class Tensor:
    """A value of the graph: its ONNX name, and the type that the MIL program declares for it.

    The graph carries float16 values as fp32.
    """

    name: str
    type: ValueType

    @property
    def shape(self) -> tuple[int, ...]:
        """The static shape."""
        return self.type.shape

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.type.shape)


Operand = Tensor | str
"""A node's input: a tensor of the program, or the name of a value in the graph."""


class Graph:
    """Collects nodes and constants; names are made here, so that they never collide."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._initializers: list[Any] = []
        self._count = 0
        self._place = ""

    def at(self, place: str) -> None:
        """Names the nodes that follow after `place`, so that ONNX Runtime's messages show it."""
        self._place = place

    def node(self, kind: str, *inputs: Operand | None, **attributes: Any) -> str:
        """Adds a node with one output and returns its name; inputs and attributes that are None are left out."""
        return self.nodes(kind, inputs, 1, **attributes)[0]

    def nodes(self, kind: str, inputs: Sequence[Operand | None], outputs: int, **attributes: Any) -> tuple[str, ...]:
        """Adds a node with several outputs and returns their names."""
        names = tuple(self._fresh() for _ in range(outputs))
        operands = ["" if operand is None else name_of(operand) for operand in inputs]
        present = {key: value for key, value in attributes.items() if value is not None}
        self._nodes.append(helper.make_node(kind, operands, names, name=f"{self._place}/{names[0]}", **present))
        return names

    def constant(self, array: Array) -> str:
        """Adds a constant and returns its name; halves are widened, which is exact."""
        name = self._fresh()
        widened = array.astype(numpy_dtype(carried_dtype(array.dtype.name)), copy=False)
        element_type = helper.np_dtype_to_tensor_dtype(widened.dtype)
        proto = TensorProto(name=name, data_type=element_type, dims=widened.shape, raw_data=widened.tobytes())
        self._initializers.append(proto)
        return name

    def integers(self, values: Iterable[int]) -> str:
        """Adds a vector of int64, as ONNX takes axes, sizes and bounds."""
        return self.constant(np.array(list(values), np.int64))

    def scalar(self, value: float) -> str:
        """Adds a single fp32 number."""
        return self.constant(np.array(value, np.float32))

    def cast(self, operand: Operand, dtype: str) -> str:
        """Converts a value to `dtype` as the graph carries it."""
        return self.node("Cast", operand, to=_element_type(carried_dtype(dtype)))

    def rounded(self, operand: Operand) -> str:
        """Rounds fp32 values to the nearest half, ties to even, overflow to infinity, and carries on in fp32."""
        half = self.node("Cast", operand, to=_element_type(FLOAT16))
        return self.node("Cast", half, to=_element_type(carried_dtype(FLOAT16)))

    def model(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Any:
        """The graph as a ModelProto."""
        graph = helper.make_graph(
            self._nodes, "program", [_declare(value) for value in inputs], [_declare(value) for value in outputs]
        )
        graph.initializer.extend(self._initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)

    def _fresh(self) -> str:
        self._count += 1
        # No MIL name begins with a percent sign, so inputs keep their own.
        return f"%{self._count}"


def name_of(operand: Operand) -> str:
    """The name of an operand in the graph."""
    return operand.name if isinstance(operand, Tensor) else operand


def inferred_types(model: Any) -> Mapping[str, ValueType]:
    """What ONNX's shape inference finds for the values of a model, by name; values that it can't infer are missing.

    Raises onnx.shape_inference.InferenceError where nodes and their inputs contradict each other.
    """
    graph = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    types = {}
    for value in graph.value_info:
        tensor = value.type.tensor_type
        if tensor.HasField("shape") and all(size.HasField("dim_value") for size in tensor.shape.dim):
            dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
            types[value.name] = ValueType(dtype, tuple(size.dim_value for size in tensor.shape.dim))
    return types


def _element_type(dtype: str) -> int:
    return int(helper.np_dtype_to_tensor_dtype(numpy_dtype(dtype)))


def _declare(tensor: Tensor) -> Any:
    dtype = _element_type(carried_dtype(tensor.type.dtype))
    return helper.make_tensor_value_info(tensor.name, dtype, tensor.shape)
