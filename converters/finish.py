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


def float16_behind(prefix: str, specification: Any) -> str | None:
    """The first value computed in float16 from values that a network hands over (their names begin with `prefix`).

    coremltools' passes put operations together under new names, so that names alone don't say what stays float32.
    """
    from coremltools.proto import MIL_pb2 as mil

    function = specification.mlProgram.functions["main"]
    behind: set[str] = set()
    for operation in function.block_specializations[function.opset].operations:
        read = {
            a.name for bound in operation.inputs.values() for a in bound.arguments if a.WhichOneof("binding") == "name"
        }
        for output in operation.outputs:
            if output.name.startswith(prefix):
                behind.add(output.name)
            elif not read.isdisjoint(behind):
                behind.add(output.name)
                if output.type.tensorType.dataType == mil.FLOAT16:
                    return str(output.name)
    return None
