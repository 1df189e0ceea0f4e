"""A network as its file describes it: tensors and the operators between them, frozen after reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from converters.errors import ConversionError

Array = npt.NDArray[Any]
Option = bool | int | float | str | tuple[int, ...] | tuple[float, ...]

FLOAT_TYPES = frozenset({"float16", "float32"})


@dataclass(frozen=True, eq=False)
class Tensor:
    """A value in the graph: `shape` in the source's axis order (NHWC for pictures), `value` where it is constant.

    A `variable`, which LiteRT keeps from one run to the next, has zeros as its value: what it holds at first.
    The file leaves the size of the `open_axes` to whoever runs it; `shape` has them as 1, or as the exporter had them.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    value: Array | None = None
    quantized: bool = False
    stored_sparse: bool = False
    variable: bool = False
    open_axes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Operator:
    """One step: `inputs` and `outputs` are tensor indices, None an optional input left out.

    `custom`: the kind is the name of an operator outside TensorFlow Lite.
    """

    index: int
    kind: str
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))
    custom_options: bytes = b""
    custom: bool = False

    def option(self, name: str, default: Option | None = None) -> Option:
        """The option `name`, or `default`; ConversionError where the file leaves out one that has no default."""
        value = self.options.get(name, default)
        if value is None:
            raise ConversionError(f"option {name} is missing")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """The option `name` as an int."""
        value = self.option(name, default)
        if not isinstance(value, int):
            raise ConversionError(f"option {name} is {value!r}, expected a whole number")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """The option `name` as a float."""
        value = self.option(name, default)
        if not isinstance(value, int | float):
            raise ConversionError(f"option {name} is {value!r}, expected a number")
        return float(value)


@dataclass(frozen=True, eq=False)
class Graph:
    """A whole network: what it was read from, its tensors by index, its operators in an order that can be executed.

    Of a file that holds several graphs (`subgraphs`) it is the first.
    """

    file: str
    sha256: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    subgraphs: int = 1

    def where(self, operator: Operator) -> str:
        """How an error names an operator: its index, kind and the tensor it makes."""
        made = self.tensors[operator.outputs[0]].name if operator.outputs else "nothing"
        return f"operator {operator.index} {operator.kind} (tensor '{made}')"
