"""Operators that fold axes away."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.operators.axes import constant_axes
from converters.homes.registry import register

REDUCTIONS = {"MEAN": "mean", "SUM": "sum", "REDUCE_MAX": "max", "REDUCE_MIN": "min", "REDUCE_PROD": "prod"}
TRUTHS = {"REDUCE_ANY": "any", "REDUCE_ALL": "all"}


@register(*REDUCTIONS, *TRUTHS)
def emit_reduction(context: Context[V], operator: Operator) -> None:
    """What the axes that operand 1 names come to, themselves kept at size 1 or dropped."""
    source = context.tensor(operator, 0)
    axes, keep = constant_axes(context, operator, 1, source), bool(operator.option("keepDims", False))
    if operator.kind in TRUTHS and (source.dtype != "bool" or not axes):
        raise ConversionError(f"operand 0 is {source.dtype} over the axes {axes}, expected truth values")
    x, kind = context.value(source), (REDUCTIONS | TRUTHS)[operator.kind]
    context.put(context.result(operator), context.home.reduce(kind, x, axes, keep) if axes else x)


@register("SOFTMAX")
def emit_softmax(context: Context[V], operator: Operator) -> None:
    """exp(beta·x) over the last axis, divided by its sum."""
    x, beta = context.operand(operator, 0), operator.number("beta", 1.0)
    if beta != 1.0:
        x = context.home.binary("MUL", x, context.home.constant(np.array(beta, np.float32)))
    context.put(context.result(operator), context.home.softmax(x, logarithm=False))


@register("LOG_SOFTMAX")
def emit_log_softmax(context: Context[V], operator: Operator) -> None:
    """x - max - log Σ exp(x - max) over the last axis."""
    context.put(context.result(operator), context.home.softmax(context.operand(operator, 0), logarithm=True))


@register("L2_NORMALIZATION")
def emit_l2_normalization(context: Context[V], operator: Operator) -> None:
    """x / max(‖x‖, 1e-6) over the last axis (tensorflow/lite/kernels/internal/reference/l2normalization.h)."""
    home, source = context.home, context.tensor(operator, 0)
    x = context.value(source)
    squares = home.reduce("sum", home.unary("SQUARE", x), [len(source.shape) - 1], keep=True)
    norm = home.binary("MAXIMUM", home.unary("SQRT", squares), home.constant(np.array(1e-6, np.float32)))
    context.put_activated(operator, home.binary("DIV", x, norm))
