from typing import Any

import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

STEPS, BATCH, WIDTH, HIDDEN = 5, 2, 3, 4


def lstm(
    network: Network,
    shape: tuple[int, ...] = (BATCH, STEPS, WIDTH),
    coupled: bool = False,
    peephole: bool = False,
    change: dict[int, Any] | None = None,
    **options: Any,
) -> int:
    """UNIDIRECTIONAL_SEQUENCE_LSTM, batch by batch unless the options say otherwise; `change` replaces operands."""
    operands: list[int | None] = [network.input("sequence", shape)]
    operands += [network.weights(HIDDEN, WIDTH) for _ in range(4)]
    operands += [network.weights(HIDDEN, HIDDEN) for _ in range(4)]
    operands += [network.weights(HIDDEN) if peephole else None for _ in range(3)]
    operands += [network.weights(HIDDEN) for _ in range(4)]
    operands += [None, None]
    operands += [network.tensor(f"state_{j}", (BATCH, HIDDEN), isVariable=True) for j in range(2)]
    operands += [None] * 4
    for gate in (1, 5, 9, 12) if coupled else ():
        operands[gate] = None
    for position, operand in (change or {}).items():
        operands[position] = operand
    made = (*shape[:-1], HIDDEN)
    words = {"fusedActivationFunction": "TANH"} | options
    return network.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", operands, made, "hidden", **words)


FORMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "steps first": {"shape": (STEPS, BATCH, WIDTH), "timeMajor": True},
    "peepholes": {"peephole": True},
    "coupled gates": {"coupled": True},
    "coupled gates with peepholes": {"coupled": True, "peephole": True},
    "a clipped cell": {"cellClip": 0.3, "peephole": True},
    "relu": {"fusedActivationFunction": "RELU"},
}


@pytest.mark.parametrize("target", ["iOS16", "iOS18"])
@pytest.mark.parametrize("form", FORMS)
def test_lstm(form: str, target: str, judge: Convert) -> None:
    network = Network()
    network.output(lstm(network, **FORMS[form]))
    assert judge(network, target=target).kinds()["lstm"] == 1


def test_two_layers_of_which_the_last_step_counts(judge: Convert) -> None:
    network = Network()
    hidden = lstm(network)
    bounds = [network.integers(values) for values in ([0, -1, 0], [0, 0, 0], [1, 1, 1])]
    network.output(
        network.operator("STRIDED_SLICE", [hidden, *bounds], (BATCH, HIDDEN), beginMask=5, endMask=5, shrinkAxisMask=2)
    )
    judge(network)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"change": {16: 0}}, "its states are projected, which Core ML's LSTM can't; export it without a projection"),
    ({"change": {21: 0}}, "its gates are normalised, which Core ML's LSTM can't; export it without normalisation"),
    ({"change": {18: 0}}, "its state 'sequence' is no variable, expected one"),
    ({"change": {2: 0}}, r"operand 2 \('sequence'\) is computed at run time, expected a constant"),
    ({"diagonalRecurrentTensors": True}, "its recurrent weights are diagonals, expected matrices"),
    ({"fusedActivationFunction": "RELU6"}, "activation RELU6 is not supported; supported are TANH, RELU, NONE"),
    ({"shape": (BATCH, WIDTH)}, r"input \[2, 3\], expected a sequence: three axes"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_what_core_mls_lstm_is_not(change: dict[str, Any], message: str, convert: Convert) -> None:
    network = Network()
    network.output(lstm(network, **change))
    with pytest.raises(
        ConversionError, match=rf"operator 0 UNIDIRECTIONAL_SEQUENCE_LSTM \(tensor 'hidden'\): {message}"
    ):
        convert(network)
