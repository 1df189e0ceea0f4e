"""The registry of MIL operators.

An operator is one function: its parameters are MIL's, by name; their annotations say what is expected of the program
(a tensor, or a value known before execution) and their defaults are MIL's. A parameter that the function doesn't have,
such as one of a newer opset, is refused by itself.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from verification.executor.dtypes import Array
from verification.executor.graph import Tensor

Value = Tensor | Array
"""What a MIL name stands for while a program is translated: a tensor of the graph, or an array known beforehand."""

Result = str | tuple[str, ...] | Array
"""What an operator returns: ONNX names of its outputs, or an array where nothing is left to compute."""

Ints = tuple[int, ...]
Bools = tuple[bool, ...]

_MODULES = (
    "activation",
    "blocks",
    "comparison",
    "constants",
    "convolution",
    "elementwise",
    "filling",
    "indexing",
    "linear",
    "normalization",
    "ordering",
    "pooling",
    "recurrent",
    "reduction",
    "resizing",
    "sampling",
    "scatter",
    "shape",
)

_Function = TypeVar("_Function", bound=Callable[..., Result])


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operator: what form its value must have, and whether it may be missing."""

    form: Any
    required: bool


@dataclass(frozen=True)
class Operator:
    """A registered operator: the function that emits it, and its parameters by MIL's names."""

    emit: Callable[..., Result]
    parameters: Mapping[str, Parameter]


_registry: dict[str, Operator] = {}


def register(kind: str) -> Callable[[_Function], _Function]:
    """Registers a function as the translation of the MIL operator `kind`; a second one for the same kind is refused."""

    def decorate(function: _Function) -> _Function:
        if kind in _registry:
            raise ValueError(f"the operator {kind!r} is registered twice")
        _registry[kind] = Operator(function, _parameters(function))
        return function

    return decorate


@cache
def operators() -> Mapping[str, Operator]:
    """All operators by MIL's names."""
    for module in _MODULES:
        import_module(f"verification.executor.operators.{module}")
    return _registry


def _parameters(function: Callable[..., Result]) -> Mapping[str, Parameter]:
    # The first parameter is the graph.
    signature = list(inspect.signature(function).parameters.values())[1:]
    return {p.name: Parameter(p.annotation, p.default is inspect.Parameter.empty) for p in signature}
