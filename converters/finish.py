"""What follows a network inside the same program, in float32: with inputs and outputs of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Var = Any
"""coremltools' Var, which has no type information."""

PRECISE = "precise_"
"""How the names of operations begin that stay float32 in a float16 package."""


@dataclass(frozen=True)
class ScalarInput:
    """An optional input: one float32 number, shape [1], `default` where an app gives none."""

    name: str
    default: float
    meaning: str = ""


@dataclass(frozen=True)
class FinalOutput:
    """An output that is computed from the network's: float32, or int32 where `emit` makes whole numbers."""

    name: str
    meaning: str = ""


@dataclass(frozen=True)
class Finish:
    """The steps after a network.

    `emit` gets the network's outputs and the scalars by their names, all float32, and returns the final outputs by
    theirs. It is called inside the program's function, and everything that it emits is computed in float32.
    """

    scalars: tuple[ScalarInput, ...]
    outputs: tuple[FinalOutput, ...]
    emit: Callable[[Mapping[str, Var], Mapping[str, Var]], Mapping[str, Var]]


@contextmanager
def kept_float32(function: Any) -> Iterator[None]:
    """Operations that are emitted into `function` meanwhile stay float32 whatever the package's precision is."""
    before = {id(operation) for operation in function.operations}
    yield
    for operation in function.operations:
        if id(operation) not in before and operation.op_type != "const":
            operation.name = PRECISE + operation.name


def may_be_float16(operation: Any) -> bool:
    """Whether coremltools may turn a MIL operation into float16: not if it was emitted under `kept_float32`."""
    return not operation.name.startswith(PRECISE)
