"""UNIDIRECTIONAL_SEQUENCE_LSTM."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.graph import Array, Operator
from converters.lower import Context
from converters.ops.registry import register

# The operands (tensorflow/lite/kernels/lstm_shared.h); each four in the order input, forget, cell, output gate.
INPUT_WEIGHTS, RECURRENT_WEIGHTS, BIASES = (1, 2, 3, 4), (5, 6, 7, 8), (12, 13, 14, 15)
PEEPHOLES = (9, 10, 11)
"""Of the input, forget and output gate."""
PROJECTION, HIDDEN_STATE, CELL_STATE = 16, 18, 19
NORMALIZATION = (20, 21, 22, 23)

ACTIVATIONS = {"TANH": "tanh", "RELU": "relu", "NONE": "linear"}
"""Of the cell's candidate and of its output, in MIL's words."""


@register("UNIDIRECTIONAL_SEQUENCE_LSTM")
def lower_lstm(context: Context, operator: Operator) -> None:
    """An LSTM over a sequence, from states of zeros; with peepholes, a clipped cell, coupled gates or none of them.

    Where the input gate is left out it is 1 − the forget gate, and 1 − σ(a) = σ(−a): the same weights, negated.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    _refuse_what_mil_lacks(context, operator)
    coupled = context.left_out(operator, INPUT_WEIGHTS[0])
    order = (0, 1, 2) if operator.option("timeMajor", False) else (1, 0, 2)
    peephole = _peephole(context, operator, coupled)
    clip = operator.number("cellClip", 0.0)
    optional: dict[str, Array | np.float32] = {} if peephole is None else {"peephole": peephole}
    if clip > 0:
        optional["clip"] = np.float32(clip)
    var, _, _ = mb.lstm(
        x=context.value(source, order),
        initial_h=context.value(context.tensor(operator, HIDDEN_STATE)),
        initial_c=context.value(context.tensor(operator, CELL_STATE)),
        weight_ih=_gates(context, operator, INPUT_WEIGHTS, coupled),
        weight_hh=_gates(context, operator, RECURRENT_WEIGHTS, coupled),
        bias=_gates(context, operator, BIASES, coupled),
        output_sequence=True,
        cell_activation=ACTIVATIONS[str(operator.option("fusedActivationFunction"))],
        activation=ACTIVATIONS[str(operator.option("fusedActivationFunction"))],
        name=context.name(result),
        **optional,
    )
    context.put(result, var, order)


def _refuse_what_mil_lacks(context: Context, operator: Operator) -> None:
    """ConversionError for the forms that MIL's lstm does not have."""
    source = context.tensor(operator, 0)
    if len(source.shape) != 3:
        raise ConversionError(f"input {list(source.shape)}, expected a sequence: three axes")
    if not context.left_out(operator, PROJECTION):
        raise ConversionError("its states are projected, which Core ML's LSTM can't; export it without a projection")
    if not all(context.left_out(operator, position) for position in NORMALIZATION):
        raise ConversionError("its gates are normalised, which Core ML's LSTM can't; export it without normalisation")
    if operator.option("diagonalRecurrentTensors", False):
        raise ConversionError("its recurrent weights are diagonals, expected matrices")
    activation = operator.option("fusedActivationFunction")
    if activation not in ACTIVATIONS:
        raise ConversionError(f"activation {activation} is not supported; supported are {', '.join(ACTIVATIONS)}")
    for position in (HIDDEN_STATE, CELL_STATE):
        if not (state := context.tensor(operator, position)).variable:
            raise ConversionError(f"its state '{state.name}' is no variable, expected one")


def _gates(context: Context, operator: Operator, positions: tuple[int, ...], coupled: bool) -> Array:
    """The four gates' weights or biases in MIL's order: input, forget, output gate, the cell's candidate."""
    forget, cell, output = (context.constant(operator, position).astype(np.float32) for position in positions[1:])
    admit = -forget if coupled else context.constant(operator, positions[0]).astype(np.float32)
    return np.concatenate([admit, forget, output, cell])


def _peephole(context: Context, operator: Operator, coupled: bool) -> Array | None:
    """How the three gates see the cell's state, in MIL's order, or None where they don't."""
    if all(context.left_out(operator, position) for position in PEEPHOLES):
        return None
    forget, output = (context.constant(operator, position).astype(np.float32) for position in PEEPHOLES[1:])
    admit = -forget if coupled else context.constant(operator, PEEPHOLES[0]).astype(np.float32)
    return np.concatenate([admit, forget, output])
