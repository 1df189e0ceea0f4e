"""FULLY_CONNECTED and BATCH_MATMUL."""

from math import prod

import numpy as np

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register


@register("FULLY_CONNECTED")
def emit_fully_connected(context: Context[V], operator: Operator) -> None:
    """x · weightᵀ + bias over the last axis; an input of any rank is read as rows of the weight's width."""
    source, weight, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    if operator.option("weightsFormat", 0) != 0:
        raise ConversionError("weights in a shuffled format, expected [outputs, inputs]")
    if len(weight.shape) != 2 or not weight.shape[1] or prod(source.shape) % weight.shape[1]:
        raise ConversionError(f"weights {list(weight.shape)} for the input {list(source.shape)}")
    home, bias = context.home, context.optional_constant(operator, 2)
    bias = None if bias is None else bias.astype(np.float32).reshape(-1)
    width, x = weight.shape[1], context.value(source)
    if source.shape[-1:] != (width,):
        x = home.reshape(x, (prod(source.shape) // width, width))
    known = context.known(weight)
    if known is not None:
        made = home.dense(x, np.asarray(known, np.float32), bias)
    else:
        made = home.matmul(x, home.transpose(context.value(weight), (1, 0)))
        made = made if bias is None else home.binary("ADD", made, home.constant(bias))
    if tuple(home.shape(made)) != result.shape:
        made = home.reshape(made, result.shape)
    context.put_activated(operator, made)


@register("BATCH_MATMUL")
def emit_batch_matmul(context: Context[V], operator: Operator) -> None:
    """The product of the last two axes, either operand's swapped first where the options say so."""
    operands = []
    for position, option in ((0, "adjX"), (1, "adjY")):
        tensor = context.tensor(operator, position)
        rank = len(tensor.shape)
        if rank < 2:
            raise ConversionError(f"operand {list(tensor.shape)}, expected matrices")
        value = context.value(tensor)
        swapped = (*range(rank - 2), rank - 1, rank - 2)
        operands.append(context.home.transpose(value, swapped) if operator.option(option, False) else value)
    context.put(context.result(operator), context.home.matmul(operands[0], operands[1]))
