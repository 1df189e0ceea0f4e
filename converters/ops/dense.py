"""FULLY_CONNECTED and BATCH_MATMUL."""

from math import prod

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Operator
from converters.lower import Context
from converters.ops.activation import activated
from converters.ops.registry import register


@register("FULLY_CONNECTED")
def lower_fully_connected(context: Context, operator: Operator) -> None:
    """x · weightᵀ + bias over the last axis; an input of any rank is read as rows of the weight's width."""
    source, weight, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    if operator.option("weightsFormat", 0) != 0:
        raise ConversionError("weights in a shuffled format, expected [outputs, inputs]")
    if len(weight.shape) != 2 or not weight.shape[1] or prod(source.shape) % weight.shape[1]:
        raise ConversionError(f"weights {list(weight.shape)} for the input {list(source.shape)}")
    bias = context.optional_constant(operator, 2)
    width, name = weight.shape[1], context.name(result)
    rows = source.shape if source.shape[-1:] == (width,) else (prod(source.shape) // width, width)
    x = context.reshaped(source, rows, f"{name}_rows")
    flat = (*rows[:-1], weight.shape[0])

    def product(name: str) -> Var:
        known = context.known(weight)
        arguments = {} if bias is None else {"bias": bias.astype(np.float32).reshape(-1)}
        if known is not None:
            return mb.linear(x=x, weight=known.astype(np.float32), name=name, **arguments)
        if bias is None:
            return mb.matmul(x=x, y=context.value(weight), transpose_y=True, name=name)
        multiplied = mb.matmul(x=x, y=context.value(weight), transpose_y=True, name=f"{name}_product")
        return mb.add(x=multiplied, y=arguments["bias"], name=name)

    def emit(name: str) -> Var:
        if flat == result.shape:
            return product(name)
        return mb.reshape(x=product(f"{name}_flat"), shape=list(result.shape), name=name)

    context.put(result, activated(context, operator, emit, result))


@register("BATCH_MATMUL")
def lower_batch_matmul(context: Context, operator: Operator) -> None:
    """The product of the last two axes, either operand's swapped first where the options say so."""
    result = context.result(operator)
    x, y = (context.value(context.tensor(operator, position)) for position in (0, 1))
    flipped = {"transpose_x": bool(operator.option("adjX", False)), "transpose_y": bool(operator.option("adjY", False))}
    if min(len(x.shape), len(y.shape)) < 2:
        raise ConversionError(f"operands {list(x.shape)} and {list(y.shape)}, expected matrices")
    context.put(result, mb.matmul(x=x, y=y, name=context.name(result), **flipped))
