"""Names for operators out of the network's own structure: backbone/block3/conv, left_eye/head/conv.

Exporters' names say how a framework traced a model, not what is in it. Here an operator's name is a path of

- its part: `backbone` for what all outputs depend on, else the outputs that do (`shared1` … where they are many);
- its block: a residual block ends with the addition of what went around it and what follows it cell by cell; `stem`
  is what lies before the first one, `tail` behind the last one; parts without residual blocks have none;
- its kind, numbered where a block has several.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from converters.graph import Graph, Operator
from converters.identifiers import identifier

WORDS = {
    "CONV_2D": "conv",
    "DEPTHWISE_CONV_2D": "depthwise",
    "TRANSPOSE_CONV": "deconv",
    "FULLY_CONNECTED": "dense",
} | {
    "Convolution2DTransposeBias": "deconv",
    "MAX_POOL_2D": "max_pool",
    "AVERAGE_POOL_2D": "average_pool",
    "CONCATENATION": "concat",
    "LOGISTIC": "sigmoid",
    "RESIZE_BILINEAR": "resize",
    "RESIZE_NEAREST_NEIGHBOR": "resize",
    "STRIDED_SLICE": "slice",
    "Landmarks2TransformMatrix": "region",
    "TransformTensorBilinear": "region_features",
    "TransformLandmarks": "from_region",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "lstm",
}
"""What kinds are called whose own names in small letters would not do."""

ACTIVATIONS = frozenset({"PRELU", "RELU", "RELU6", "LEAKY_RELU", "ELU", "HARD_SWISH", "RELU_N1_TO_1"})
MOST_NAMED = 2
"""A part that this many outputs depend on is called after them."""


def operator_names(graph: Graph, outputs: Mapping[int, str] | None = None) -> dict[int, str]:
    """A path for each operator by its index, every one another; `outputs` names output tensors, by default as they are.

    The same graph gives the same names.
    """
    called = {j: identifier((outputs or {}).get(j, graph.tensors[j].name)) for j in graph.outputs}
    parts = _parts(graph, called)
    names: dict[int, str] = {}
    for part in dict.fromkeys(parts.values()):
        members = [operator for operator in graph.operators if parts[operator.index] == part]
        blocks = _blocks(graph, members)
        taken: Counter[str] = Counter()
        for operator, block in zip(members, blocks, strict=True):
            path = "/".join(word for word in (part, block, word_of(operator)) if word)
            taken[path] += 1
            names[operator.index] = path if taken[path] == 1 else f"{path}{taken[path]}"
    return names


def word_of(operator: Operator) -> str:
    """What an operator is called in its block."""
    return WORDS.get(operator.kind, identifier(operator.kind).lower())


def _parts(graph: Graph, called: Mapping[int, str]) -> dict[int, str]:
    """The part that each operator belongs to, by the outputs that depend on it."""
    depending: dict[int, set[str]] = {j: {name} for j, name in called.items()}
    reached: dict[int, frozenset[str]] = {}
    for operator in reversed(graph.operators):
        reached[operator.index] = frozenset().union(*(depending.get(j, set()) for j in operator.outputs))
        for j in operator.inputs:
            if j is not None:
                depending.setdefault(j, set()).update(reached[operator.index])
    every = frozenset(called.values())
    names: dict[frozenset[str], str] = {every: "backbone", frozenset(): "unused"}
    for operator in graph.operators:
        group = reached[operator.index]
        if group not in names:
            few = len(group) <= MOST_NAMED
            ordered = [name for name in called.values() if name in group]
            names[group] = (
                "_and_".join(ordered) if few else f"shared{sum(n.startswith('shared') for n in names.values()) + 1}"
            )
    return {operator.index: names[reached[operator.index]] for operator in graph.operators}


def _blocks(graph: Graph, members: Sequence[Operator]) -> list[str]:
    """The block of each operator of one part, in order."""
    sums = [place for place, operator in enumerate(members) if _is_residual(graph, operator)]
    if not sums:
        return [""] * len(members)
    ends = [_with_activation(members, place) for place in sums]
    start = _fork(graph, members, sums[0])
    names = []
    for place in range(len(members)):
        number = sum(place > end for end in ends)
        if place <= start:
            names.append("stem")
        elif number == len(ends):
            names.append("tail")
        else:
            names.append(f"block{number + 1}")
    return names


def _is_residual(graph: Graph, operator: Operator) -> bool:
    """Whether it adds two pictures, both computed."""
    computed = [j for j in operator.inputs if j is not None and graph.tensors[j].value is None]
    return operator.kind == "ADD" and len(set(computed)) == 2 and len(graph.tensors[operator.outputs[0]].shape) == 4


def _with_activation(members: Sequence[Operator], place: int) -> int:
    """The place of the last of the activations that only follow what is made at `place`."""
    while place + 1 < len(members):
        following = members[place + 1]
        if following.kind not in ACTIVATIONS or following.inputs[0] not in members[place].outputs:
            break
        place += 1
    return place


def _fork(graph: Graph, members: Sequence[Operator], place: int) -> int:
    """The place of the last operator that both operands of the addition at `place` come from, or −1."""
    makers = {j: number for number, operator in enumerate(members[:place]) for j in operator.outputs}
    lines = []
    for operand in members[place].inputs:
        line, waiting = set(), [operand]
        while waiting:
            number = makers.get(waiting.pop())  # type: ignore[arg-type]
            if number is not None and number not in line:
                line.add(number)
                waiting += members[number].inputs
        lines.append(line)
    return max(lines[0].intersection(*lines[1:]), default=-1)
