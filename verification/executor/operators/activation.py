"""Activations."""

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import register


@register("relu")
def relu(graph: Graph, x: Tensor) -> str:
    """max(x, 0)."""
    return graph.node("Relu", x)


@register("relu6")
def relu6(graph: Graph, x: Tensor) -> str:
    """min(max(x, 0), 6)."""
    return _clip(graph, x, 0.0, 6.0)


@register("clip")
def clip(graph: Graph, x: Tensor, alpha: float, beta: float) -> str:
    """min(max(x, alpha), beta)."""
    return _clip(graph, x, alpha, beta)


@register("prelu")
def prelu(graph: Graph, x: Tensor, alpha: Array) -> str:
    """max(x, 0) + alpha · min(x, 0), one alpha a channel (axis 1).

    The formula is that of activation.py in coremltools. Of the two summands one is 0, so it agrees with a selection to
    the bit; ONNX Runtime's own PRelu kernel takes eight times as long.
    """
    if x.rank < 2 or alpha.shape != (x.shape[1],):
        raise PackageError(f"its alpha has the shape {list(alpha.shape)}, expected one element a channel of {x.type}")
    slope = graph.constant(alpha.reshape(-1, *[1] * (x.rank - 2)))
    negative = graph.node("Min", x, graph.scalar(0.0))
    return graph.node("Add", graph.node("Relu", x), graph.node("Mul", negative, slope))


@register("leaky_relu")
def leaky_relu(graph: Graph, x: Tensor, alpha: float) -> str:
    """x where x ≥ 0, else alpha · x."""
    return graph.node("LeakyRelu", x, alpha=alpha)


@register("sigmoid")
def sigmoid(graph: Graph, x: Tensor) -> str:
    """1 / (1 + e⁻ˣ)."""
    return graph.node("Sigmoid", x)


@register("sigmoid_hard")
def sigmoid_hard(graph: Graph, x: Tensor, alpha: float, beta: float) -> str:
    """min(max(alpha · x + beta, 0), 1)."""
    return graph.node("HardSigmoid", x, alpha=alpha, beta=beta)


@register("silu")
def silu(graph: Graph, x: Tensor) -> str:
    """x · sigmoid(x)."""
    return graph.node("Mul", x, graph.node("Sigmoid", x))


@register("tanh")
def tanh(graph: Graph, x: Tensor) -> str:
    """The hyperbolic tangent."""
    return graph.node("Tanh", x)


@register("softmax")
def softmax(graph: Graph, x: Tensor, axis: int = -1) -> str:
    """eˣ over its sum along `axis`."""
    return graph.node("Softmax", x, axis=axis)


def _clip(graph: Graph, x: Tensor, low: float, high: float) -> str:
    return graph.node("Clip", x, graph.scalar(low), graph.scalar(high))
