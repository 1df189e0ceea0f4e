"""What no operator's function could lower, each in its own words."""

from converters.errors import ConversionError
from converters.graph import FLOAT_TYPES, Graph, Operator

EDGE_TPU = "edgetpu-custom-op"
"""The operator into which Coral's compiler puts a whole network (coral.ai, Edge TPU compiler)."""

FLEX = "Flex"
"""What the names of TensorFlow's own operators begin with in a `.tflite` (tensorflow/lite/delegates/flex)."""

CONTROL_FLOW = frozenset(
    {"CALL", "CALL_ONCE", "IF", "WHILE", "STABLEHLO_CASE", "STABLEHLO_COMPOSITE", "STABLEHLO_WHILE"}
)
"""Operators that run other subgraphs of the file."""


def refuse_compiled(graph: Graph) -> None:
    """ConversionError for a file that holds a program for Coral's chip instead of a network."""
    for operator in graph.operators:
        if operator.kind == EDGE_TPU:
            raise ConversionError(
                f"{graph.where(operator)} is not supported: the file is compiled for an Edge TPU; "
                "convert the float model that it was made of"
            )


def refuse_quantized(graph: Graph) -> None:
    """ConversionError for the first tensor of quantised numbers, with the operator that reads or makes it."""
    for tensor in graph.tensors:
        if tensor.quantized and tensor.dtype not in FLOAT_TYPES:
            users = (o for o in graph.operators if tensor.index in o.inputs or tensor.index in o.outputs)
            place = next((f"{graph.where(operator)}: " for operator in users), "")
            raise ConversionError(
                f"{place}tensor '{tensor.name}' is quantised ({tensor.dtype}); export the model in float32 or float16"
            )


def why_unsupported(operator: Operator) -> str:
    """What there is to say of an operator without a function, behind its name; empty for an ordinary one."""
    if operator.custom and operator.kind.startswith(FLEX):
        return f": TensorFlow's own {operator.kind[len(FLEX) :]}; export the model with built-in operators alone"
    if operator.custom:
        return ": a custom operator, which only the program knows that it was made for"
    if operator.kind in CONTROL_FLOW:
        return ": control flow, which runs other graphs of the file; export the model without loops and branches"
    return ""
