"""Activations."""

import math

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
    slope = _channelwise(graph, x, alpha, "alpha")
    negative = graph.node("Min", x, graph.scalar(0.0))
    return graph.node("Add", graph.node("Relu", x), graph.node("Mul", negative, slope))


@register("elu")
def elu(graph: Graph, x: Tensor, alpha: float) -> str:
    """x where x > 0, else alpha · (eˣ - 1)."""
    return graph.node("Elu", x, alpha=alpha)


@register("gelu")
def gelu(graph: Graph, x: Tensor, mode: str = "EXACT") -> str:
    """x · Φ(x); the approximations are x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) and x · sigmoid(1.702 x)."""
    if mode == "SIGMOID_APPROXIMATION":
        return graph.node("Mul", x, graph.node("Sigmoid", graph.node("Mul", x, graph.scalar(1.702))))
    if mode == "EXACT":
        bell = graph.node("Erf", graph.node("Mul", x, graph.scalar(math.sqrt(0.5))))
    elif mode == "TANH_APPROXIMATION":
        cube = graph.node("Mul", graph.node("Mul", x, x), graph.node("Mul", x, graph.scalar(0.044715)))
        bell = graph.node("Tanh", graph.node("Mul", graph.node("Add", x, cube), graph.scalar(math.sqrt(2 / math.pi))))
    else:
        raise PackageError(f"found the mode {mode!r}, expected EXACT, TANH_APPROXIMATION or SIGMOID_APPROXIMATION")
    half = graph.node("Mul", x, graph.scalar(0.5))
    return graph.node("Mul", half, graph.node("Add", bell, graph.scalar(1.0)))


@register("softplus")
def softplus(graph: Graph, x: Tensor) -> str:
    """log(1 + eˣ)."""
    return graph.node("Softplus", x)


@register("softplus_parametric")
def softplus_parametric(graph: Graph, x: Tensor, alpha: Array, beta: Array) -> str:
    """alpha · log(1 + e^(beta · x)), one alpha and beta a channel (axis 1)."""
    scaled = graph.node("Mul", x, _channelwise(graph, x, beta, "beta"))
    return graph.node("Mul", graph.node("Softplus", scaled), _channelwise(graph, x, alpha, "alpha"))


@register("softsign")
def softsign(graph: Graph, x: Tensor) -> str:
    """x / (1 + |x|)."""
    return graph.node("Softsign", x)


@register("linear_activation")
def linear_activation(graph: Graph, x: Tensor, alpha: float, beta: float) -> str:
    """alpha · x + beta."""
    return graph.node("Add", graph.node("Mul", x, graph.scalar(alpha)), graph.scalar(beta))


@register("scaled_tanh")
def scaled_tanh(graph: Graph, x: Tensor, alpha: float, beta: float) -> str:
    """alpha · tanh(beta · x)."""
    return graph.node("Mul", graph.node("Tanh", graph.node("Mul", x, graph.scalar(beta))), graph.scalar(alpha))


@register("clamped_relu")
def clamped_relu(graph: Graph, x: Tensor, alpha: float, beta: float) -> str:
    """min(beta, x where x ≥ 0, else alpha · x)."""
    return graph.node("Min", graph.node("LeakyRelu", x, alpha=alpha), graph.scalar(beta))


@register("thresholded_relu")
def thresholded_relu(graph: Graph, x: Tensor, alpha: float) -> str:
    """x where x ≥ alpha, else 0."""
    return graph.node("Where", graph.node("Less", x, graph.scalar(alpha)), graph.scalar(0.0), x)


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


def _channelwise(graph: Graph, x: Tensor, parameter: Array, name: str) -> str:
    """A parameter with one element a channel of x (axis 1), in a shape that broadcasts to x."""
    if x.rank < 2 or parameter.shape != (x.shape[1],):
        raise PackageError(
            f"its {name} has the shape {list(parameter.shape)}, expected one element a channel of {x.type}"
        )
    return graph.constant(parameter.reshape(-1, *[1] * (x.rank - 2)))


def _clip(graph: Graph, x: Tensor, low: float, high: float) -> str:
    return graph.node("Clip", x, graph.scalar(low), graph.scalar(high))
