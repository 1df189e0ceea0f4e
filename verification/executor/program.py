"""A saved ML Program as plain values: what goes in and out, its operations in order, its constants and metadata."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from verification.executor.bundle import Bundle
from verification.executor.constants import Constant
from verification.executor.dtypes import ValueType
from verification.executor.suppression import Suppression

Color = Literal["RGB", "BGR", "GRAYSCALE"]
Binding = str | Constant
"""What an operation's parameter is bound to: the name of an earlier value, or a constant."""


@dataclass(frozen=True)
class Feature:
    """An input or output as an app sees it.

    `type` is the type of the program's value: for an image [1, 3, height, width] (or [1, 1, height, width]) of floats
    from 0 to 255, for a scalar, which only a pipeline's suppression takes, no axes. `default` stands in for every
    element of an optional input that isn't given.
    """

    name: str
    kind: Literal["image", "tensor", "scalar"]
    type: ValueType
    color: Color | None
    optional: bool
    default: float | None
    description: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the program's value; an open dimension is -1."""
        return self.type.shape

    @property
    def dtype(self) -> str:
        """The element type of the program's value, such as "float32"."""
        return self.type.dtype


@dataclass(frozen=True)
class Output:
    """One result of an operation."""

    name: str
    type: ValueType


@dataclass(frozen=True)
class Operation:
    """One MIL operation. The value of a "const" and the data of a "constexpr_…" are attributes, all else is inputs."""

    kind: str
    name: str
    inputs: Mapping[str, tuple[Binding, ...]]
    attributes: Mapping[str, Constant]
    outputs: tuple[Output, ...]

    def constants(self) -> Iterator[Constant]:
        """The constants that stand in this operation itself, its name excepted."""
        for bindings in self.inputs.values():
            yield from (binding for binding in bindings if isinstance(binding, Constant))
        yield from (value for key, value in self.attributes.items() if key != "name")


@dataclass(frozen=True)
class Metadata:
    """What the author wrote about the package; empty where nothing was."""

    description: str
    author: str
    license: str
    version: str
    user_defined: Mapping[str, str]


@dataclass(frozen=True)
class Stages:
    """What a pipeline consists of: a program, and the suppression that reads its outputs."""

    program: "Program"
    suppression: Suppression


@dataclass(frozen=True)
class Program:
    """The function "main" of a saved ML Program; of a pipeline's first stage where there are `stages`.

    Inputs, outputs and metadata are the package's own, a pipeline's where it is one.
    """

    bundle: Bundle
    specification_version: int
    opset: str
    inputs: tuple[Feature, ...]
    outputs: tuple[Feature, ...]
    operations: tuple[Operation, ...]
    metadata: Metadata
    stages: Stages | None = None

    @property
    def path(self) -> Path:
        """The .mlpackage folder."""
        return self.bundle.path

    def histogram(self) -> dict[str, int]:
        """How many operations there are of each kind, the most frequent first; "const" is a value, not counted."""
        kinds = Counter(operation.kind for operation in self.operations if operation.kind != "const")
        return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))

    def constants(self) -> tuple[Constant, ...]:
        """Every constant that the program carries, weights and parameters alike."""
        return tuple(constant for operation in self.operations for constant in operation.constants())

    def weights(self) -> tuple[Constant, ...]:
        """The constants in weights files."""
        return tuple(constant for constant in self.constants() if constant.is_blob)
