"""Recurrent layers, unrolled: one set of nodes a step."""

from dataclasses import dataclass

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import register

# A package can ask for any length; ONNX Runtime takes 6 s to load this many steps.
_LONGEST_SEQUENCE = 1024


@dataclass(frozen=True)
class _Cell:
    """What a step needs beside its input: weights as constants of the graph, and the activations."""

    recurrent_weight: str
    peephole: tuple[str, ...] | None
    gate: str
    candidate: str
    output: str
    clip: float | None


@register("lstm")
def lstm(
    graph: Graph,
    x: Tensor,
    initial_h: Tensor,
    initial_c: Tensor,
    weight_ih: Array,
    weight_hh: Array,
    bias: Array | None = None,
    peephole: Array | None = None,
    direction: str = "forward",
    output_sequence: bool = False,
    recurrent_activation: str = "sigmoid",
    cell_activation: str = "tanh",
    activation: str = "tanh",
    clip: Array | None = None,
) -> tuple[str, ...]:
    """An LSTM over x [steps, batch, inputs] in one direction: hidden states, the last one, the last cell state.

    Weights, bias and peepholes hold the input, forget and output gate and the cell's candidate, in this order.
    "reverse" begins at the last step, and its states come in the order in which they are computed (coremltools'
    test_recurrent.py). A clipped cell state is clipped before the output gate's peephole sees it (the same).
    """
    steps, hidden = x.shape[0], weight_hh.shape[1]
    if direction not in ("forward", "reverse") or not 1 <= steps <= _LONGEST_SEQUENCE:
        raise PackageError(f"found {steps} steps {direction}, expected 1 to {_LONGEST_SEQUENCE}, forward or reverse")
    if weight_hh.shape[0] != 4 * hidden or weight_ih.shape != (4 * hidden, x.shape[2]):
        raise PackageError(f"found weights {weight_ih.shape} and {weight_hh.shape} for {x.type}")
    activations = (recurrent_activation, cell_activation, activation)
    cell = _cell(graph, weight_hh, peephole, activations, None if clip is None else float(clip))
    driven = graph.node("MatMul", x, graph.constant(np.ascontiguousarray(weight_ih.T)))
    if bias is not None:
        driven = graph.node("Add", driven, graph.constant(bias))
    state: tuple[Operand, Operand] = (initial_h, initial_c)
    states = []
    for step in range(steps) if direction == "forward" else reversed(range(steps)):
        state = _step(graph, cell, graph.node("Gather", driven, graph.constant(np.array(step)), axis=0), state)
        states.append(graph.node("Unsqueeze", state[0], graph.integers([0])))
    sequence = graph.node("Concat", *(states if output_sequence else states[-1:]), axis=0)
    return sequence, *(graph.node("Identity", value) for value in state)


def _cell(
    graph: Graph, weight: Array, peephole: Array | None, activations: tuple[str, str, str], clip: float | None
) -> _Cell:
    parts = None if peephole is None else tuple(graph.constant(part) for part in np.split(peephole, 3))
    return _Cell(graph.constant(np.ascontiguousarray(weight.T)), parts, *activations, clip)


def _step(graph: Graph, cell: _Cell, driven: Operand, state: tuple[Operand, Operand]) -> tuple[str, str]:
    hidden, memory = state
    total = graph.node("Add", driven, graph.node("MatMul", hidden, cell.recurrent_weight))
    parts = graph.nodes("Split", (total,), 4, axis=1, num_outputs=4)
    admit, forget = (
        _activated(graph, cell.gate, _peeped(graph, cell, part, index, memory)) for index, part in enumerate(parts[:2])
    )
    candidate = _activated(graph, cell.candidate, parts[3])
    memory = graph.node("Add", graph.node("Mul", memory, forget), graph.node("Mul", admit, candidate))
    if cell.clip is not None:
        memory = graph.node("Clip", memory, graph.scalar(-cell.clip), graph.scalar(cell.clip))
    gate = _activated(graph, cell.gate, _peeped(graph, cell, parts[2], 2, memory))
    return graph.node("Mul", gate, _activated(graph, cell.output, memory)), memory


def _peeped(graph: Graph, cell: _Cell, part: Operand, index: int, memory: Operand) -> Operand:
    if cell.peephole is None:
        return part
    return graph.node("Add", part, graph.node("Mul", memory, cell.peephole[index]))


def _activated(graph: Graph, name: str, x: Operand) -> str:
    """MIL's activations. Without parameters, scaled_tanh is tanh(x), and hard_sigmoid is 0.2 x + 0.5 cut to [0, 1]."""
    kinds = {"tanh": "Tanh", "scaled_tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "linear": "Identity"}
    if name == "hard_sigmoid":
        return graph.node("HardSigmoid", x, alpha=0.2, beta=0.5)
    if name not in kinds:
        raise PackageError(f"found the activation {name!r}, expected hard_sigmoid or one of {sorted(kinds)}")
    return graph.node(kinds[name], x)
