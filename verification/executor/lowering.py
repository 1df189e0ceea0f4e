"""A MIL program translated to one ONNX graph, each value held against the type that the package declares."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import onnx

from verification.executor.dtypes import FLOAT16, LARGEST_ELEMENTS, Array, ValueType, carried_dtype, type_of
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor, inferred_types
from verification.executor.operators.binding import bind
from verification.executor.operators.registry import Result, Value, operators
from verification.executor.program import Binding, Operation, Output, Program

Arithmetic = Literal["float32", "float16"]


class LoweredProgram:
    """The ONNX graph of a program.

    With "float16" arithmetic the result of every operation that is declared fp16 is rounded to a half after it was
    computed in fp32; with "float32" nothing is rounded, halves are fp32 values.
    """

    def __init__(self, program: Program, arithmetic: Arithmetic) -> None:
        self._graph = Graph()
        self._rounds = arithmetic == "float16"
        self._values: dict[str, Value] = {}
        # By the identity of the array, which is kept beside its tensor so that no other array can take its place.
        self._constants: dict[int, tuple[Array, Tensor]] = {}
        self._inputs = tuple(Tensor(feature.name, _checked(feature.type)) for feature in program.inputs)
        self._results: list[tuple[str, Tensor]] = []
        for tensor in self._inputs:
            self._define(tensor.name, tensor)
        _refuse_large(program)
        for operation in program.operations:
            self._translate(operation)
        self._outputs = tuple(self._result(feature.name) for feature in program.outputs)
        self._check_types()

    @property
    def operation_results(self) -> tuple[tuple[str, Tensor], ...]:
        """What operations compute, in the program's order: MIL's name and the tensor. Constants are left out."""
        return tuple(self._results)

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """The tensors of the program's outputs, in order."""
        return self._outputs

    def serialized(self, outputs: Sequence[Tensor]) -> bytes:
        """The ONNX model that computes `outputs`, as bytes."""
        return bytes(self._graph.model(self._inputs, outputs).SerializeToString())

    def _translate(self, operation: Operation) -> None:
        self._graph.at(operation.name)
        try:
            for output, value in zip(operation.outputs, self._emit(operation), strict=True):
                self._define(output.name, value)
        except PackageError as error:
            raise PackageError(f"operation {operation.name!r} ({operation.kind}): {error}") from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # Parameters that fit neither each other nor their tensors: numpy and zip notice what no operator checks.
            raise PackageError(
                f"operation {operation.name!r} ({operation.kind}): its parameters don't fit: {error}"
            ) from None

    def _emit(self, operation: Operation) -> tuple[Value, ...]:
        operator = operators().get(operation.kind)
        if operator is None:
            raise PackageError("this operator is not supported")
        arguments = {key: [self._value(binding) for binding in bound] for key, bound in operation.inputs.items()}
        if operation.kind == "const" or operation.kind.startswith("constexpr_"):
            arguments |= {key: [value.array()] for key, value in operation.attributes.items() if key != "name"}
        emitted = operator.emit(self._graph, **bind(operator, arguments, self._as_tensor))
        return self._typed(operation.outputs, emitted)

    def _typed(self, outputs: Sequence[Output], emitted: Result) -> tuple[Value, ...]:
        """The operator's results with the types that the package declares for them."""
        types = [_checked(output.type) for output in outputs]
        if isinstance(emitted, np.ndarray):
            if types != [type_of(emitted)]:
                raise PackageError(f"it gives {type_of(emitted)}, the package declares {', '.join(map(str, types))}")
            return (emitted,)
        names = (emitted,) if isinstance(emitted, str) else emitted
        if len(names) != len(types):
            raise PackageError(f"it gives {len(names)} results, the package declares {len(types)}")
        return tuple(self._tensor(name, value_type) for name, value_type in zip(names, types, strict=True))

    def _tensor(self, name: str, value_type: ValueType) -> Tensor:
        rounds = self._rounds and value_type.dtype == FLOAT16
        return Tensor(self._graph.rounded(name) if rounds else name, value_type)

    def _define(self, name: str, value: Value) -> None:
        if name in self._values:
            raise PackageError(f"the name {name!r} is defined twice")
        self._values[name] = value
        if isinstance(value, Tensor) and value not in self._inputs:
            self._results.append((name, value))

    def _value(self, binding: Binding) -> Value:
        if not isinstance(binding, str):
            return binding.array()
        if binding not in self._values:
            raise PackageError(f"found the name {binding!r}, which nothing before it defines")
        return self._values[binding]

    def _as_tensor(self, value: Value) -> Tensor:
        if isinstance(value, Tensor):
            return value
        if value.dtype == object:
            raise PackageError("found text, expected a tensor")
        if id(value) not in self._constants:
            self._constants[id(value)] = (value, Tensor(self._graph.constant(value), type_of(value)))
        return self._constants[id(value)][1]

    def _result(self, name: str) -> Tensor:
        """The tensor of an output, one of its own even where an input or a constant is returned."""
        tensor = self._as_tensor(self._values[name])
        self._graph.at(name)
        return Tensor(self._graph.node("Identity", tensor), tensor.type)

    def _check_types(self) -> None:
        try:
            inferred = inferred_types(self._graph.model(self._inputs, ()))
        except onnx.shape_inference.InferenceError as error:
            raise PackageError(f"its operations contradict each other: {_one_line(error)}") from None
        for name, tensor in self._results:
            expected = ValueType(carried_dtype(tensor.type.dtype), tensor.shape)
            found = inferred.get(tensor.name)
            if found != expected:
                raise PackageError(f"value {name!r}: its operation gives {found}, the package declares {tensor.type}")


def _refuse_large(program: Program) -> None:
    """PackageError where the values are too large together, each of them in reason."""
    types = [output.type for operation in program.operations for output in operation.outputs]
    elements = sum(value_type.elements for value_type in types if value_type.is_static)
    if elements > LARGEST_ELEMENTS:
        raise PackageError(f"its values have {elements} elements, expected at most {LARGEST_ELEMENTS} in all")


def _checked(value_type: ValueType) -> ValueType:
    if not value_type.is_static:
        raise PackageError(f"found a value of type {value_type}: flexible shapes are not supported")
    if value_type.elements > LARGEST_ELEMENTS:
        raise PackageError(f"found a value of type {value_type}, expected at most {LARGEST_ELEMENTS} elements")
    return value_type


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
