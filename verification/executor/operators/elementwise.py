"""Arithmetic on elements; operands of different shapes are broadcast as numpy does."""

from collections.abc import Callable

from verification.executor.dtypes import FLOAT16, FLOAT32, Array, numpy_dtype
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import register

_BINARY = {
    "add": "Add",
    "logical_and": "And",
    "logical_or": "Or",
    "logical_xor": "Xor",
    "maximum": "Max",
    "minimum": "Min",
    "mul": "Mul",
    "sub": "Sub",
}

_UNARY = {
    "abs": "Abs",
    "acos": "Acos",
    "asin": "Asin",
    "atan": "Atan",
    "atanh": "Atanh",
    "ceil": "Ceil",
    "cos": "Cos",
    "cosh": "Cosh",
    "erf": "Erf",
    "exp": "Exp",
    "floor": "Floor",
    "identity": "Identity",
    "logical_not": "Not",
    "round": "Round",
    "sign": "Sign",
    "sin": "Sin",
    "sinh": "Sinh",
    "sqrt": "Sqrt",
    "tan": "Tan",
}

# MIL's names of types in `cast` and in "output_dtype", in lower case.
_DTYPES = {"fp16": FLOAT16, "fp32": FLOAT32, "bool": "bool"} | {
    f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32)
}


def _binary(onnx_kind: str) -> Callable[[Graph, Tensor, Tensor], str]:
    def emit(graph: Graph, x: Tensor, y: Tensor) -> str:
        return graph.node(onnx_kind, x, y)

    return emit


def _unary(onnx_kind: str) -> Callable[[Graph, Tensor], str]:
    def emit(graph: Graph, x: Tensor) -> str:
        return graph.node(onnx_kind, x)

    return emit


for _kind, _onnx_kind in _BINARY.items():
    register(_kind)(_binary(_onnx_kind))

for _kind, _onnx_kind in _UNARY.items():
    register(_kind)(_unary(_onnx_kind))


@register("real_div")
def real_div(graph: Graph, x: Tensor, y: Tensor) -> str:
    """x / y; of integers the quotient cut towards zero.

    That integers give integers is what coremltools' test_elementwise_binary.py has, with positive ones only.
    """
    return graph.node("Div", x, y) if _is_float(x) else graph.cast(_quotient(graph, x, y), x.type.dtype)


@register("floor_div")
def floor_div(graph: Graph, x: Tensor, y: Tensor) -> str:
    """⌊x / y⌋."""
    if _is_float(x):
        return graph.node("Floor", graph.node("Div", x, y))
    return graph.cast(graph.node("Floor", _quotient(graph, x, y)), x.type.dtype)


@register("mod")
def mod(graph: Graph, x: Tensor, y: Tensor) -> str:
    """What remains of x / y, with the sign of y: x - ⌊x / y⌋ · y."""
    if not _is_float(x):
        whole = graph.node("Mul", graph.node("Floor", _quotient(graph, x, y)), graph.cast(y, "float64"))
        return graph.cast(graph.node("Sub", graph.cast(x, "float64"), whole), x.type.dtype)
    remainder = graph.node("Mod", x, y, fmod=1)  # exact, with the sign of x
    signs = graph.node("Mul", graph.node("Sign", remainder), graph.node("Sign", y))
    return graph.node("Where", graph.node("Less", signs, graph.scalar(0.0)), graph.node("Add", remainder, y), remainder)


@register("pow")
def power(graph: Graph, x: Tensor, y: Tensor) -> str:
    """x to the power of y."""
    return graph.node("Pow", x, y)


@register("exp2")
def exp2(graph: Graph, x: Tensor) -> str:
    """2 to the power of x."""
    if not _is_float(x):
        raise PackageError(f"found {x.type.dtype}, expected floats")
    return graph.node("Pow", graph.scalar(2.0), x)


@register("log")
def log(graph: Graph, x: Tensor, epsilon: float = 1e-45) -> str:
    """The natural logarithm of x + epsilon."""
    return graph.node("Log", _raised(graph, x, epsilon))


@register("rsqrt")
def rsqrt(graph: Graph, x: Tensor, epsilon: float = 1e-12) -> str:
    """1 / √(x + epsilon)."""
    return graph.node("Reciprocal", graph.node("Sqrt", _raised(graph, x, epsilon)))


@register("inverse")
def inverse(graph: Graph, x: Tensor, epsilon: float = 1e-4) -> str:
    """1 / (x + epsilon)."""
    return graph.node("Reciprocal", _raised(graph, x, epsilon))


@register("threshold")
def threshold(graph: Graph, x: Tensor, alpha: Array) -> str:
    """max(x, alpha)."""
    return graph.node("Max", x, graph.constant(alpha))


@register("square")
def square(graph: Graph, x: Tensor) -> str:
    """x²."""
    return graph.node("Mul", x, x)


@register("cast")
def cast(graph: Graph, x: Tensor, dtype: str) -> str:
    """Floats become integers by truncation; a half is carried as fp32 (the rounding is the caller's)."""
    return graph.cast(x, named_dtype(dtype))


def _is_float(x: Tensor) -> bool:
    return x.type.dtype in (FLOAT16, FLOAT32)


def _quotient(graph: Graph, x: Tensor, y: Tensor) -> str:
    """x / y of integers of 32 bits in float64, where its floor is exact, and where a division by 0 does no harm."""
    return graph.node("Div", graph.cast(x, "float64"), graph.cast(y, "float64"))


def _raised(graph: Graph, x: Tensor, epsilon: float) -> str:
    """x + epsilon, which is of x's type: as a half, a very small one is 0."""
    return graph.node("Add", x, graph.scalar(float(numpy_dtype(x.type.dtype).type(epsilon))))


def named_dtype(name: str) -> str:
    """The type that MIL calls "fp16", "int32" and so on; PackageError for an unknown one."""
    if name.lower() not in _DTYPES:
        raise PackageError(f"found the type {name!r}, expected one of {sorted(_DTYPES)}")
    return _DTYPES[name.lower()]
