"""Operators that fold axes away."""

from collections.abc import Callable

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Operator
from converters.lower import Context, remaining_axes
from converters.operands import whole_axis
from converters.ops.activation import activated
from converters.ops.registry import register

REDUCTIONS: dict[str, Callable[..., Var]] = {
    "MEAN": mb.reduce_mean,
    "SUM": mb.reduce_sum,
    "REDUCE_MAX": mb.reduce_max,
    "REDUCE_MIN": mb.reduce_min,
    "REDUCE_PROD": mb.reduce_prod,
}


@register(*REDUCTIONS)
def lower_reduction(context: Context, operator: Operator) -> None:
    """What the axes that operand 1 names come to, themselves kept at size 1 or dropped."""
    source, result = context.tensor(operator, 0), context.result(operator)
    folded = {whole_axis(int(axis), source) for axis in context.constant(operator, 1).reshape(-1)}
    order = context.axes(source)
    keep = bool(operator.option("keepDims", False))
    x, name = context.value(source, order), context.name(result)
    positions = sorted(order.index(axis) for axis in folded)
    if not positions:
        context.put(result, mb.identity(x=x, name=name), order)
        return
    var = REDUCTIONS[operator.kind](x=x, axes=positions, keep_dims=keep, name=name)
    context.put(result, var, order if keep else remaining_axes(order, folded))


@register("REDUCE_ANY", "REDUCE_ALL")
def lower_truth_reduction(context: Context, operator: Operator) -> None:
    """Whether any, or all, of the truth values along the axes that operand 1 names are true."""
    source, result = context.tensor(operator, 0), context.result(operator)
    folded = {whole_axis(int(axis), source) for axis in context.constant(operator, 1).reshape(-1)}
    if source.dtype != "bool" or not folded:
        raise ConversionError(f"operand 0 is {source.dtype} over the axes {sorted(folded)}, expected truth values")
    order, name = context.axes(source), context.name(result)
    keep = bool(operator.option("keepDims", False))
    emit = mb.reduce_max if operator.kind == "REDUCE_ANY" else mb.reduce_min
    numbers = mb.cast(x=context.value(source, order), dtype="int32", name=f"{name}_numbers")
    positions = sorted(order.index(axis) for axis in folded)
    extreme = emit(x=numbers, axes=positions, keep_dims=keep, name=f"{name}_extreme")
    var = mb.cast(x=extreme, dtype="bool", name=name)
    context.put(result, var, order if keep else remaining_axes(order, folded))


@register("ARG_MAX", "ARG_MIN")
def lower_arg(context: Context, operator: Operator) -> None:
    """The index of the greatest or smallest along an axis, the first where several are equal."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axis = whole_axis(int(context.constant(operator, 1).reshape(-1)[0]), source)
    order = context.axes(source)
    emit = mb.reduce_argmax if operator.kind == "ARG_MAX" else mb.reduce_argmin
    var = emit(x=context.value(source, order), axis=order.index(axis), keep_dims=False, name=context.name(result))
    context.put(result, var, remaining_axes(order, {axis}))


@register("SOFTMAX")
def lower_softmax(context: Context, operator: Operator) -> None:
    """exp(beta·x) over the last axis, divided by its sum."""
    source, result = context.tensor(operator, 0), context.result(operator)
    order, name = context.axes(source), context.name(result)
    beta = operator.number("beta", 1.0)
    x = context.value(source, order)
    scaled = x if beta == 1.0 else mb.mul(x=x, y=np.float32(beta), name=f"{name}_scaled")
    context.put(result, mb.softmax(x=scaled, axis=order.index(len(source.shape) - 1), name=name), order)


@register("LOG_SOFTMAX")
def lower_log_softmax(context: Context, operator: Operator) -> None:
    """x - max - log Σ exp(x - max) over the last axis."""
    source, result = context.tensor(operator, 0), context.result(operator)
    order, name = context.axes(source), context.name(result)
    x, axis = context.value(source, order), order.index(len(source.shape) - 1)
    total = mb.reduce_log_sum_exp(x=x, axes=[axis], keep_dims=True, name=f"{name}_total")
    context.put(result, mb.sub(x=x, y=total, name=name), order)


@register("L2_NORMALIZATION")
def lower_l2_normalization(context: Context, operator: Operator) -> None:
    """x / max(‖x‖, 1e-6) over the last axis (tensorflow/lite/kernels/internal/reference/l2normalization.h)."""
    source, result = context.tensor(operator, 0), context.result(operator)
    order, name = context.axes(source), context.name(result)
    x, axis = context.value(source, order), order.index(len(source.shape) - 1)
    norm = mb.reduce_l2_norm(x=x, axes=[axis], keep_dims=True, name=f"{name}_norm")
    floor = mb.maximum(x=norm, y=np.float32(1e-6), name=f"{name}_floor")
    context.put(result, activated(context, operator, lambda name: mb.real_div(x=x, y=floor, name=name), result), order)
