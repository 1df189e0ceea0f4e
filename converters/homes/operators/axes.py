"""Axes, counted from the front."""

from converters.errors import ConversionError
from converters.graph import Operator, Tensor
from converters.homes.context import Context
from converters.homes.home import V


def whole_axis(axis: int, tensor: Tensor) -> int:
    """The axis counted from the front; ConversionError where the tensor has no such axis."""
    rank = len(tensor.shape)
    if not -rank <= axis < rank:
        raise ConversionError(f"axis {axis} of '{tensor.name}', which has the shape {list(tensor.shape)}")
    return axis % rank


def constant_axes(context: Context[V], operator: Operator, position: int, tensor: Tensor) -> list[int]:
    """The axes of `tensor` that the operand at `position` names, in order."""
    return sorted({whole_axis(int(axis), tensor) for axis in context.constant(operator, position).reshape(-1)})
