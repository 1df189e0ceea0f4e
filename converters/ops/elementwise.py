"""Operators that work cell by cell, with broadcasting."""

from collections.abc import Callable

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import FLOAT_TYPES, Operator, Tensor
from converters.lower import MIL_TYPES, Context, common_axes, mil_constant
from converters.ops.activation import activated
from converters.ops.registry import register

BINARY: dict[str, Callable[..., Var]] = {
    "ADD": mb.add,
    "SUB": mb.sub,
    "MUL": mb.mul,
    "DIV": mb.real_div,
    "MAXIMUM": mb.maximum,
    "MINIMUM": mb.minimum,
    "POW": mb.pow,
    "FLOOR_DIV": mb.floor_div,
    "FLOOR_MOD": mb.mod,
    "GREATER": mb.greater,
    "GREATER_EQUAL": mb.greater_equal,
    "LESS": mb.less,
    "LESS_EQUAL": mb.less_equal,
    "EQUAL": mb.equal,
    "NOT_EQUAL": mb.not_equal,
    "LOGICAL_AND": mb.logical_and,
    "LOGICAL_OR": mb.logical_or,
}

UNARY: dict[str, Callable[..., Var]] = {
    "ABS": mb.abs,
    "CEIL": mb.ceil,
    "COS": mb.cos,
    "EXP": mb.exp,
    "FLOOR": mb.floor,
    "LOGICAL_NOT": mb.logical_not,
    "LOGISTIC": mb.sigmoid,
    "ROUND": mb.round,
    "SIGN": mb.sign,
    "SIN": mb.sin,
    "SQRT": mb.sqrt,
    "SQUARE": mb.square,
    "LOG": mb.log,
    "RSQRT": mb.rsqrt,
}


@register(*BINARY)
def lower_binary(context: Context, operator: Operator) -> None:
    """Two operands, the smaller one repeated along axes of size 1 as numpy does."""
    result = context.result(operator)
    (x, y), axes = broadcast_operands(context, operator, (0, 1))
    var = activated(context, operator, lambda name: BINARY[operator.kind](x=x, y=y, name=name), result)
    context.put(result, var, axes)


@register("ADD_N")
def lower_sum_of_many(context: Context, operator: Operator) -> None:
    """The sum of any number of operands of one shape."""
    result = context.result(operator)
    values, axes = broadcast_operands(context, operator, tuple(range(len(operator.inputs))))
    name = context.name(result)
    total = values[0]
    for place, value in enumerate(values[1:], start=2):
        total = mb.add(x=total, y=value, name=name if place == len(values) else f"{name}_first{place}")
    context.put(result, total, axes)


@register("SQUARED_DIFFERENCE")
def lower_squared_difference(context: Context, operator: Operator) -> None:
    """(x - y)²."""
    result = context.result(operator)
    (x, y), axes = broadcast_operands(context, operator, (0, 1))
    name = context.name(result)
    context.put(result, mb.square(x=mb.sub(x=x, y=y, name=f"{name}_difference"), name=name), axes)


@register("SELECT", "SELECT_V2")
def lower_select(context: Context, operator: Operator) -> None:
    """The second operand where the first is true, else the third; SELECT may choose whole rows of the two."""
    result = context.result(operator)
    condition, chosen = context.tensor(operator, 0), context.tensor(operator, 1)
    if operator.kind == "SELECT" and len(condition.shape) == 1 and len(chosen.shape) > 1:
        shape = (condition.shape[0],) + (1,) * (len(chosen.shape) - 1)
        (a, b), axes = broadcast_operands(context, operator, (1, 2))
        row = context.reshaped(condition, shape, f"{context.name(result)}_rows")
        condition_var = row if axes == tuple(range(len(axes))) else mb.transpose(x=row, perm=list(axes))
    else:
        (condition_var, a, b), axes = broadcast_operands(context, operator, (0, 1, 2))
    shape = tuple(result.shape[axis] for axis in axes)
    if shape not in (tuple(a.shape), tuple(b.shape)):  # MIL takes the result's shape from the two alone
        a, b = _repeated(a, shape), _repeated(b, shape)
    context.put(result, mb.select(cond=condition_var, a=a, b=b, name=context.name(result)), axes)


def _repeated(value: Var, shape: tuple[int, ...]) -> Var:
    """A constant as large as `shape`; what is computed stays as it is."""
    return np.ascontiguousarray(np.broadcast_to(value, shape)) if isinstance(value, np.ndarray) else value


@register(*UNARY)
def lower_unary(context: Context, operator: Operator) -> None:
    """One operand, in whatever axis order it is held."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axes = context.axes(source)
    context.put(result, UNARY[operator.kind](x=context.value(source, axes), name=context.name(result)), axes)


@register("NEG")
def lower_negation(context: Context, operator: Operator) -> None:
    """−x."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axes = context.axes(source)
    minus = MIL_TYPES[source.dtype](-1)
    context.put(result, mb.mul(x=context.value(source, axes), y=minus, name=context.name(result)), axes)


@register("CAST")
def lower_cast(context: Context, operator: Operator) -> None:
    """The same numbers in the type that the result declares; of whole ones as a byte the lowest eight bits."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axes = context.axes(source)
    if result.dtype not in MIL_TYPES:
        raise ConversionError(f"a cast to {result.dtype}, expected {', '.join(MIL_TYPES)}")
    dtype = {np.float32: "fp32", np.int32: "int32", np.bool_: "bool"}[MIL_TYPES[result.dtype]]
    x, name = context.value(source, axes), context.name(result)
    if result.dtype == "uint8" and source.dtype in ("int32", "int64"):
        var = mb.mod(x=x, y=np.int32(256), name=name)
    else:
        var = mb.cast(x=x, dtype=dtype, name=name)
    context.put(result, var, axes)


@register("DEQUANTIZE")
def lower_dequantize(context: Context, operator: Operator) -> None:
    """float16 → float32: both are computed alike here, and what is quantised is refused before."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if source.dtype not in FLOAT_TYPES:
        raise ConversionError(f"operand 0 is {source.dtype}, expected float16")
    axes = context.axes(source)
    context.put(result, mb.identity(x=context.value(source, axes), name=context.name(result)), axes)


def broadcast_operands(
    context: Context, operator: Operator, positions: tuple[int, ...]
) -> tuple[list[Var], tuple[int, ...]]:
    """The operands at `positions` with the result's rank, in one axis order, and that order."""
    tensors = [context.tensor(operator, position) for position in positions]
    axes = common_axes(context, tensors, len(context.result(operator).shape))
    return [_operand(context, tensor, axes) for tensor in tensors], axes


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
