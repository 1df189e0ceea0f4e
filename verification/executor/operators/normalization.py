"""Normalisations: (x - mean) / √(variance + epsilon), scaled by gamma, shifted by beta."""

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import Ints, register
from verification.executor.operators.shape import positive_axis


@register("batch_norm")
def batch_norm(
    graph: Graph,
    x: Tensor,
    mean: Array,
    variance: Array,
    gamma: Array | None = None,
    beta: Array | None = None,
    epsilon: float = 1e-5,
) -> str:
    """With the mean and variance given for each channel (axis 1)."""
    centred = graph.node("Sub", x, _along(graph, x, (1,), mean))
    deviation = graph.node("Sqrt", graph.node("Add", _along(graph, x, (1,), variance), graph.scalar(epsilon)))
    return _scaled(graph, x, graph.node("Div", centred, deviation), (1,), gamma, beta)


@register("instance_norm")
def instance_norm(
    graph: Graph, x: Tensor, gamma: Array | None = None, beta: Array | None = None, epsilon: float = 1e-5
) -> str:
    """With the mean and variance of each channel of each picture; gamma and beta are for each channel."""
    return _scaled(graph, x, _standardized(graph, x, tuple(range(2, x.rank)), epsilon), (1,), gamma, beta)


@register("layer_norm")
def layer_norm(
    graph: Graph,
    x: Tensor,
    axes: Ints,
    gamma: Array | None = None,
    beta: Array | None = None,
    epsilon: float = 1e-5,
) -> str:
    """With the mean and variance over `axes`; gamma and beta have the shape of those axes."""
    chosen = tuple(sorted(positive_axis(axis, x.rank) for axis in axes))
    return _scaled(graph, x, _standardized(graph, x, chosen, epsilon), chosen, gamma, beta)


@register("l2_norm")
def l2_norm(graph: Graph, x: Tensor, epsilon: float = 1e-6) -> str:
    """x / √(Σ x² + epsilon), the sum over the last three axes."""
    if x.rank < 3:
        raise PackageError(f"found {x.type}, expected rank 3 or more")
    squares = graph.node("ReduceSumSquare", x, graph.integers([-3, -2, -1]))
    return graph.node("Div", x, graph.node("Sqrt", graph.node("Add", squares, graph.scalar(epsilon))))


def _standardized(graph: Graph, x: Tensor, axes: Ints, epsilon: float) -> str:
    over = graph.integers(axes)
    centred = graph.node("Sub", x, graph.node("ReduceMean", x, over))
    variance = graph.node("ReduceMean", graph.node("Mul", centred, centred), over)
    return graph.node("Div", centred, graph.node("Sqrt", graph.node("Add", variance, graph.scalar(epsilon))))


def _scaled(graph: Graph, x: Tensor, value: Operand, axes: Ints, gamma: Array | None, beta: Array | None) -> str:
    scaled = graph.node("Mul", value, _along(graph, x, axes, gamma)) if gamma is not None else value
    shifted = graph.node("Add", scaled, _along(graph, x, axes, beta)) if beta is not None else scaled
    return graph.node("Identity", shifted)


def _along(graph: Graph, x: Tensor, axes: Ints, parameter: Array) -> str:
    """A parameter with one element for each position on `axes` of x, in a shape that broadcasts to x."""
    if parameter.shape != tuple(x.shape[axis] for axis in axes):
        raise PackageError(f"found a parameter of the shape {list(parameter.shape)} for the axes {axes} of {x.type}")
    return graph.constant(parameter.reshape([x.shape[axis] if axis in axes else 1 for axis in range(x.rank)]))
