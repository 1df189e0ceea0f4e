"""Operators that work cell by cell, with broadcasting."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import FLOAT_TYPES, Operator
from converters.homes.context import Context
from converters.homes.home import TYPES, V
from converters.homes.registry import register

UNARY = frozenset(
    """
    ABS CEIL COS EXP FLOOR LOGICAL_NOT LOGISTIC NEG ROUND SIGN SIN SQRT SQUARE LOG RSQRT RELU RELU6 RELU_N1_TO_1
    RELU_0_TO_1 TANH ELU HARD_SWISH
    """.split()  # noqa: SIM905 — a paragraph of words reads better than a list of strings
)

BINARY = frozenset(
    """
    ADD SUB MUL DIV MAXIMUM MINIMUM POW FLOOR_DIV FLOOR_MOD GREATER GREATER_EQUAL LESS LESS_EQUAL EQUAL NOT_EQUAL
    LOGICAL_AND LOGICAL_OR SQUARED_DIFFERENCE
    """.split()  # noqa: SIM905
)


@register(*sorted(UNARY))
def emit_unary(context: Context[V], operator: Operator) -> None:
    """One operand."""
    context.put(context.result(operator), context.home.unary(operator.kind, context.operand(operator, 0)))


@register("LEAKY_RELU")
def emit_leaky_relu(context: Context[V], operator: Operator) -> None:
    """x where x > 0, else alpha·x."""
    value = context.home.unary(operator.kind, context.operand(operator, 0), alpha=operator.number("alpha"))
    context.put(context.result(operator), value)


@register("GELU")
def emit_gelu(context: Context[V], operator: Operator) -> None:
    """x · Φ(x), or its approximation by tanh."""
    approximate = bool(operator.option("approximate", False))
    value = context.home.unary(operator.kind, context.operand(operator, 0), approximate=approximate)
    context.put(context.result(operator), value)


@register("PRELU")
def emit_prelu(context: Context[V], operator: Operator) -> None:
    """x where x > 0, else slope·x; slopes that are the same along an axis are stored once."""
    source, slope = context.tensor(operator, 0), context.constant(operator, 1)
    if not source.shape or np.broadcast_shapes(slope.shape, source.shape) != tuple(source.shape):
        raise ConversionError(f"slopes {list(slope.shape)} for the shape {list(source.shape)}")
    ranked = slope.reshape((1,) * (len(source.shape) - slope.ndim) + slope.shape).astype(np.float32)
    if ranked.shape[0] != 1:
        raise ConversionError(f"slopes {list(slope.shape)} differ within a batch, expected one for all")
    context.put(context.result(operator), context.home.prelu(context.value(source), ranked[0]))


@register(*sorted(BINARY))
def emit_binary(context: Context[V], operator: Operator) -> None:
    """Two operands, the smaller one repeated along axes of size 1 as numpy does."""
    x, y = (context.operand(operator, position) for position in (0, 1))
    context.put_activated(operator, context.home.binary(operator.kind, x, y))


@register("ADD_N")
def emit_sum_of_many(context: Context[V], operator: Operator) -> None:
    """The sum of any number of operands of one shape."""
    total = context.operand(operator, 0)
    for position in range(1, len(operator.inputs)):
        total = context.home.binary("ADD", total, context.operand(operator, position))
    context.put(context.result(operator), total)


@register("SELECT", "SELECT_V2")
def emit_select(context: Context[V], operator: Operator) -> None:
    """The second operand where the first is true, else the third; SELECT may choose whole rows of the two."""
    condition, chosen = context.tensor(operator, 0), context.tensor(operator, 1)
    if condition.dtype != "bool":
        raise ConversionError(f"operand 0 is {condition.dtype}, expected truth values")
    truth = context.value(condition)
    if operator.kind == "SELECT" and len(condition.shape) == 1 and len(chosen.shape) > 1:
        truth = context.home.reshape(truth, (condition.shape[0],) + (1,) * (len(chosen.shape) - 1))
    x, y = (context.operand(operator, position) for position in (1, 2))
    context.put(context.result(operator), context.home.select(truth, x, y))


@register("CAST")
def emit_cast(context: Context[V], operator: Operator) -> None:
    """The same numbers in the type that the result declares; of whole ones as a byte the lowest eight bits."""
    source, result = context.tensor(operator, 0), context.result(operator)
    if result.dtype not in TYPES:
        raise ConversionError(f"a cast to {result.dtype}, expected {', '.join(TYPES)}")
    x = context.value(source)
    if result.dtype == "uint8" and source.dtype in ("int32", "int64"):
        x = context.home.binary("FLOOR_MOD", x, context.home.constant(np.array(256, source.dtype)))
    context.put(result, context.home.cast(x, TYPES[result.dtype]))


@register("DEQUANTIZE")
def emit_dequantize(context: Context[V], operator: Operator) -> None:
    """float16 → float32: both are computed alike here, and what is quantised is refused before."""
    source = context.tensor(operator, 0)
    if source.dtype not in FLOAT_TYPES:
        raise ConversionError(f"operand 0 is {source.dtype}, expected float16")
    context.put(context.result(operator), context.value(source))
