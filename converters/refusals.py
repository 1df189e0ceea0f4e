"""What no operator's function could lower, each in its own words."""

from collections.abc import Container

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

SUPPRESSION = frozenset({"NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "TFLite_Detection_PostProcess"})
"""Operators that choose among boxes; the last is a custom one of TensorFlow's Object Detection API."""

KEEPING = frozenset(
    """
    BROADCAST_TO CAST CONCATENATION EXPAND_DIMS GATHER GATHER_ND MAXIMUM MINIMUM PACK RESHAPE RESIZE_NEAREST_NEIGHBOR
    REVERSE_V2 SELECT SELECT_V2 SLICE SPACE_TO_DEPTH DEPTH_TO_SPACE SPLIT SPLIT_V SQUEEZE STRIDED_SLICE TILE TRANSPOSE
    UNPACK
    """.split()  # noqa: SIM905 — a paragraph of words reads better than a list of strings
)
"""Operators whose results lie where their operands do: bytes may go through them as whole numbers of 32 bits."""


def refuse_unknown(graph: Graph, kinds: Container[str]) -> None:
    """ConversionError for what no operator's function could take, where `kinds` have one."""
    _refuse_compiled(graph)
    refuse_quantized(graph)
    if operator := first_unsupported(graph, kinds):
        raise ConversionError(f"{graph.where(operator)} is not supported{why_unsupported(operator)}")
    if graph.subgraphs > 1:
        raise ConversionError(f"the file holds {graph.subgraphs} graphs, expected one; export a single function")


def first_unsupported(graph: Graph, kinds: Container[str]) -> Operator | None:
    """The first operator of a kind that is not among `kinds`, or None."""
    return next((o for o in graph.operators if o.kind not in kinds or _named_like_a_builtin(o)), None)


def _refuse_compiled(graph: Graph) -> None:
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


def _named_like_a_builtin(operator: Operator) -> bool:
    """Whether it is a custom operator that only has the name of one of TensorFlow Lite's, and does who knows what."""
    from ai_edge_litert.schema_py_generated import BuiltinOperator

    return operator.custom and hasattr(BuiltinOperator, operator.kind)


def why_unsupported(operator: Operator) -> str:
    """What there is to say of an operator without a function, behind its name; empty for an ordinary one."""
    if operator.custom and operator.kind.startswith(FLEX):
        return f": TensorFlow's own {operator.kind[len(FLEX) :]}; export the model with built-in operators alone"
    if _named_like_a_builtin(operator):
        return ": a custom operator with the name of a built-in one; rename it, or export the built-in"
    if operator.kind in SUPPRESSION:
        return ": it chooses among boxes; export the model up to the raw boxes and scores, and suppress in the app"
    if operator.custom:
        return ": a custom operator, which only the program knows that it was made for"
    if operator.kind in CONTROL_FLOW:
        return ": control flow, which runs other graphs of the file; export the model without loops and branches"
    return ""


def refuse_arithmetic_of_bytes(graph: Graph, operator: Operator) -> None:
    """ConversionError where bytes are computed: no whole numbers of MIL or of a home begin at 0 again beyond 255."""
    if operator.kind not in KEEPING and any(graph.tensors[index].dtype == "uint8" for index in operator.outputs):
        raise ConversionError(
            "computes in uint8, which begins at 0 again beyond 255; cast to int32 or float32 before it"
        )
