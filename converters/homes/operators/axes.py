"""Axes, counted from the front."""

from converters.graph import Operator, Tensor
from converters.homes.context import Context
from converters.homes.home import V
from converters.operands import whole_axis


def constant_axes(context: Context[V], operator: Operator, position: int, tensor: Tensor) -> list[int]:
    """The axes of `tensor` that the operand at `position` names, in order."""
    return sorted({whole_axis(int(axis), tensor) for axis in context.constant(operator, position).reshape(-1)})
