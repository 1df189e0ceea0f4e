"""Operators that work cell by cell, with broadcasting."""

from collections.abc import Callable

from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.graph import Operator, Tensor
from converters.lower import Context, Var, common_axes, mil_constant
from converters.ops.activation import activated
from converters.ops.registry import register

BINARY: dict[str, Callable[..., Var]] = {
    "ADD": lambda x, y, name: mb.add(x=x, y=y, name=name),
    "MUL": lambda x, y, name: mb.mul(x=x, y=y, name=name),
}


@register(*BINARY)
def lower_binary(context: Context, operator: Operator) -> None:
    """Two operands, the smaller one repeated along axes of size 1 as numpy does."""
    left, right, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    axes = common_axes(context, (left, right), len(result.shape))
    x, y = _operand(context, left, axes), _operand(context, right, axes)
    var = activated(context, operator, lambda name: BINARY[operator.kind](x=x, y=y, name=name), result)
    context.put(result, var, axes)


def _operand(context: Context, tensor: Tensor, axes: tuple[int, ...]) -> Var:
    """The operand with the result's rank and axis order; a scalar stays one."""
    if not tensor.shape:
        return context.value(tensor)
    if len(tensor.shape) == len(axes):
        return context.value(tensor, axes)
    shape = (1,) * (len(axes) - len(tensor.shape)) + tensor.shape
    if tensor.value is not None:
        return mil_constant(tensor.value.reshape(shape).transpose(axes))
    name = f"{context.name(tensor)}_ranked"
    ranked = context.reshaped(tensor, shape, name)
    return ranked if axes == tuple(range(len(axes))) else mb.transpose(x=ranked, perm=list(axes), name=f"{name}_nchw")
