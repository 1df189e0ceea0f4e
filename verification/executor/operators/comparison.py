"""Comparisons of elements, and the choice between two values."""

from collections.abc import Callable

from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import register

_KINDS = {
    "equal": "Equal",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "less": "Less",
    "less_equal": "LessOrEqual",
}


def _comparison(onnx_kind: str) -> Callable[[Graph, Tensor, Tensor], str]:
    def emit(graph: Graph, x: Tensor, y: Tensor) -> str:
        return graph.node(onnx_kind, x, y)

    return emit


for _kind, _onnx_kind in _KINDS.items():
    register(_kind)(_comparison(_onnx_kind))


@register("not_equal")
def not_equal(graph: Graph, x: Tensor, y: Tensor) -> str:
    """Whether x ≠ y; true where one is NaN."""
    return graph.node("Not", graph.node("Equal", x, y))


@register("select")
def select(graph: Graph, cond: Tensor, a: Tensor, b: Tensor) -> str:
    """The elements of a where cond is true, else those of b."""
    return graph.node("Where", cond, a, b)
