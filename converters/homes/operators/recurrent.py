"""UNIDIRECTIONAL_SEQUENCE_LSTM; converters/ops/recurrent.py names its operands' source."""

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array, Operator
from converters.homes.context import Context
from converters.homes.home import Recurrence, V
from converters.homes.registry import register

INPUT_WEIGHTS, RECURRENT_WEIGHTS, BIASES, PEEPHOLES = (1, 2, 3, 4), (5, 6, 7, 8), (12, 13, 14, 15), (9, 10, 11)
"""The operands, each four in the order input, forget, cell, output gate; the cell has no peephole."""
PROJECTION, STATES, NORMALIZATION = 16, (18, 19), (20, 21, 22, 23)
ACTIVATIONS = ("TANH", "RELU", "NONE")


@register("UNIDIRECTIONAL_SEQUENCE_LSTM")
def emit_lstm(context: Context[V], operator: Operator) -> None:
    """An LSTM over a sequence, from states of zeros; with peepholes, a clipped cell, coupled gates or none of them."""
    _refuse_what_is_missing(context, operator)
    coupled = context.left_out(operator, INPUT_WEIGHTS[0])
    sees = not all(context.left_out(operator, position) for position in PEEPHOLES)
    recurrence = Recurrence(
        kernel=_gates(context, operator, INPUT_WEIGHTS),
        recurrent=_gates(context, operator, RECURRENT_WEIGHTS),
        bias=_gates(context, operator, BIASES),
        peephole=_gates(context, operator, PEEPHOLES) if sees else None,
        clip=operator.number("cellClip", 0.0),
        coupled=coupled,
        activation=str(operator.option("fusedActivationFunction")),
        time_major=bool(operator.option("timeMajor", False)),
    )
    context.put(context.result(operator), context.home.lstm(context.operand(operator, 0), recurrence))


def _gates(context: Context[V], operator: Operator, positions: tuple[int, ...]) -> Array:
    """The gates' operands on top of one another; zeros for an input gate that is left out."""
    last = context.constant(operator, positions[-1]).astype(np.float32)
    gates = [context.optional_constant(operator, position) for position in positions]
    return np.stack([np.zeros_like(last) if gate is None else gate.astype(np.float32) for gate in gates])


def _refuse_what_is_missing(context: Context[V], operator: Operator) -> None:
    source = context.tensor(operator, 0)
    if len(source.shape) != 3:
        raise ConversionError(f"input {list(source.shape)}, expected a sequence: three axes")
    if not context.left_out(operator, PROJECTION):
        raise ConversionError("its states are projected, which is not supported; export it without a projection")
    if not all(context.left_out(operator, position) for position in NORMALIZATION):
        raise ConversionError("its gates are normalised, which is not supported; export it without normalisation")
    if operator.option("diagonalRecurrentTensors", False):
        raise ConversionError("its recurrent weights are diagonals, expected matrices")
    activation = operator.option("fusedActivationFunction")
    if activation not in ACTIVATIONS:
        raise ConversionError(f"activation {activation} is not supported; supported are {', '.join(ACTIVATIONS)}")
    for position in STATES:
        if not (state := context.tensor(operator, position)).variable:
            raise ConversionError(f"its state '{state.name}' is no variable, expected one")
