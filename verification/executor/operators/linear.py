"""Matrix products."""

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import register


@register("matmul")
def matmul(graph: Graph, x: Tensor, y: Tensor, transpose_x: bool = False, transpose_y: bool = False) -> str:
    """numpy's matmul, the last two axes of an operand exchanged first where asked (not those of a vector)."""
    return graph.node("MatMul", _matrix(graph, x, transpose_x), _matrix(graph, y, transpose_y))


@register("linear")
def linear(graph: Graph, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> str:
    """x · weightᵀ + bias, with weight [D_out, D_in]."""
    if weight.rank != 2:
        raise PackageError(f"its weight is {weight.type}, expected a matrix")
    product = graph.node("MatMul", x, _matrix(graph, weight, transposed=True))
    return graph.node("Add", product, bias) if bias is not None else product


def _matrix(graph: Graph, operand: Tensor, transposed: bool) -> Operand:
    if not transposed or operand.rank < 2:
        return operand
    axes = list(range(operand.rank))
    return graph.node("Transpose", operand, perm=[*axes[:-2], axes[-1], axes[-2]])
