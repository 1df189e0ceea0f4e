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
    """x · weightᵀ + bias, with weight [D_out, D_in].

    From iOS 17 on weight and bias may be of another type than x; they are taken in x's.
    """
    if weight.rank != 2:
        raise PackageError(f"its weight is {weight.type}, expected a matrix")
    matrix = graph.cast(_matrix(graph, weight, transposed=True), x.type.dtype)
    product = graph.node("MatMul", x, matrix)
    return graph.node("Add", product, graph.cast(bias, x.type.dtype)) if bias is not None else product


@register("einsum")
def einsum(graph: Graph, values: tuple[Tensor, ...], equation: str) -> str:
    """The two products that MIL has, "nchw,nwhu->nchu" and "chw,whu->chu", by whatever letters; n and h broadcast."""
    letters = "".join(dict.fromkeys(character for character in equation if character.isalpha()))
    pattern = "".join(str(letters.find(character)) if character.isalpha() else character for character in equation)
    if pattern.replace(" ", "") not in ("0123,0324->0124", "012,213->013") or len(values) != 2:
        raise PackageError(f"found the equation {equation!r}, expected one like nchw,nwhu->nchu or chw,whu->chu")
    # Matrix products need the axes that are summed next to each other: h goes before c and w.
    axes = list(range(values[0].rank))
    order = [*axes[:-3], axes[-2], axes[-3], axes[-1]]
    product = graph.node("MatMul", *(graph.node("Transpose", value, perm=order) for value in values))
    return graph.node("Transpose", product, perm=order)


def _matrix(graph: Graph, operand: Tensor, transposed: bool) -> Operand:
    if not transposed or operand.rank < 2:
        return operand
    axes = list(range(operand.rank))
    return graph.node("Transpose", operand, perm=[*axes[:-2], axes[-1], axes[-2]])
