"""An operator's operands and its result, whatever it becomes."""

from typing import Protocol

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array, Graph, Operator, Tensor


class Operands(Protocol):
    """What the functions of all kinds ask for, in Core ML and elsewhere."""

    graph: Graph

    def known(self, tensor: Tensor) -> Array | None:
        """What the tensor holds whatever the inputs are; None where that depends on them."""

    def tensor(self, operator: Operator, position: int) -> Tensor:
        """The operand at `position`; ConversionError where it is left out."""
        if position >= len(operator.inputs) or (index := operator.inputs[position]) is None:
            raise ConversionError(f"operand {position} is missing")
        return self.graph.tensors[index]

    def left_out(self, operator: Operator, position: int) -> bool:
        """Whether the optional operand at `position` is not there."""
        return operator.inputs[position : position + 1] in ((), (None,))

    def result(self, operator: Operator) -> Tensor:
        """The operator's only result."""
        if len(operator.outputs) != 1:
            raise ConversionError(f"it makes {len(operator.outputs)} results, expected 1")
        return self.graph.tensors[operator.outputs[0]]

    def constant(self, operator: Operator, position: int) -> Array:
        """The operand at `position` as numpy; ConversionError where it is computed at run time."""
        tensor = self.tensor(operator, position)
        value = self.known(tensor)
        if value is None:
            raise ConversionError(f"operand {position} ('{tensor.name}') is computed at run time, expected a constant")
        return value

    def optional_constant(self, operator: Operator, position: int) -> Array | None:
        """As `constant`, but None where the operand is left out."""
        return None if self.left_out(operator, position) else self.constant(operator, position)


def whole_axis(axis: int, tensor: Tensor) -> int:
    """The axis counted from the front; ConversionError where the tensor has no such axis."""
    rank = len(tensor.shape)
    if not -rank <= axis < rank:
        raise ConversionError(f"axis {axis} of '{tensor.name}', which has the shape {list(tensor.shape)}")
    return axis % rank


def unpacked(operands: Operands, operator: Operator) -> tuple[Tensor, int, list[Tensor]]:
    """Of an UNPACK, its source, the axis and a result for each of its cells."""
    source = operands.tensor(operator, 0)
    axis = whole_axis(operator.whole("axis", 0), source)
    results = [operands.graph.tensors[index] for index in operator.outputs]
    if len(results) != source.shape[axis]:
        raise ConversionError(f"{len(results)} results from axis {axis} of {list(source.shape)}")
    return source, axis, results


def cells_around(operands: Operands, operator: Operator) -> list[tuple[int, int]]:
    """Of a padding, the cells before and after each axis; ConversionError unless they make the declared shape."""
    source, result = operands.tensor(operator, 0), operands.result(operator)
    amounts = operands.constant(operator, 1)
    if amounts.shape != (len(source.shape), 2) or np.any(amounts < 0):
        raise ConversionError(f"paddings {amounts.tolist()} for the shape {list(source.shape)}")
    pairs = [(int(before), int(after)) for before, after in amounts]
    padded = tuple(before + size + after for size, (before, after) in zip(source.shape, pairs, strict=True))
    if padded != result.shape:
        raise ConversionError(f"{list(source.shape)} padded by {pairs} is not {list(result.shape)}")
    return pairs
