"""Arithmetic on elements; operands of different shapes are broadcast as numpy does."""

from collections.abc import Callable

from verification.executor.dtypes import FLOAT16, FLOAT32
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import register

_BINARY = {
    "add": "Add",
    "logical_and": "And",
    "logical_or": "Or",
    "maximum": "Max",
    "minimum": "Min",
    "mul": "Mul",
    "sub": "Sub",
}

_UNARY = {
    "abs": "Abs",
    "ceil": "Ceil",
    "cos": "Cos",
    "exp": "Exp",
    "floor": "Floor",
    "identity": "Identity",
    "logical_not": "Not",
    "sin": "Sin",
    "sqrt": "Sqrt",
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
    """x / y for floats; MIL leaves open how it rounds integers, so they are refused."""
    if x.type.dtype not in (FLOAT16, FLOAT32):
        raise PackageError(f"found {x.type.dtype}, expected floats")
    return graph.node("Div", x, y)


@register("square")
def square(graph: Graph, x: Tensor) -> str:
    """x²."""
    return graph.node("Mul", x, x)


@register("cast")
def cast(graph: Graph, x: Tensor, dtype: str) -> str:
    """Floats become integers by truncation; a half is carried as fp32 (the rounding is the caller's)."""
    return graph.cast(x, named_dtype(dtype))


def named_dtype(name: str) -> str:
    """The type that MIL calls "fp16", "int32" and so on; PackageError for an unknown one."""
    if name.lower() not in _DTYPES:
        raise PackageError(f"found the type {name!r}, expected one of {sorted(_DTYPES)}")
    return _DTYPES[name.lower()]
