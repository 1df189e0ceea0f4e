"""What a package calls its inputs and outputs, and says of itself: chosen by the caller, or derived from the graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from converters.errors import ConversionError
from converters.finish import Finish
from converters.graph import Graph, Tensor
from converters.identifiers import CORE_ML_WORDS, identifier, lower_camel_case


@dataclass(frozen=True)
class InputFeature:
    """An input: a picture of 8 bits a channel, whose 0…255 become `low`…`high`, or a tensor as the source has it."""

    tensor: int
    name: str
    kind: Literal["image", "tensor"]
    low: float = 0.0
    high: float = 1.0
    meaning: str = ""

    @property
    def scale(self) -> float:
        """y = scale·x + bias for a channel's value x of 0…255."""
        return (self.high - self.low) / 255

    @property
    def bias(self) -> float:
        """y = scale·x + bias for a channel's value x of 0…255."""
        return self.low


@dataclass(frozen=True)
class OutputFeature:
    """An output: the source's tensor, in its own axis order, as float32 of `shape`; `unit` as the manifest names it."""

    tensor: int
    name: str
    shape: tuple[int, ...]
    unit: str = "value"
    meaning: str = ""


@dataclass(frozen=True)
class Features:
    """Everything that a package says of itself.

    With a `finish` the `outputs` name what the network hands over inside the program, not what comes out.
    """

    inputs: tuple[InputFeature, ...]
    outputs: tuple[OutputFeature, ...]
    description: str = ""
    author: str = ""
    licence: str = ""
    version: str = ""
    finish: Finish | None = None

    @property
    def visible(self) -> tuple[tuple[str, str], ...]:
        """Name and meaning of each input and output that an app sees."""
        inputs = [(feature.name, feature.meaning) for feature in self.inputs]
        if self.finish is None:
            return (*inputs, *((output.name, output.meaning) for output in self.outputs))
        scalars = ((scalar.name, scalar.meaning) for scalar in self.finish.scalars)
        return (*inputs, *scalars, *((output.name, output.meaning) for output in self.finish.outputs))


def derived_features(graph: Graph, low: float, high: float, tensor_input: bool) -> Features:
    """Names and meanings for a model that nobody described: its own tensor names as lowerCamelCase identifiers.

    A picture's 0…255 become `low`…`high`, unless the source takes bytes as they are.
    """
    pictures = [] if tensor_input else [index for index in graph.inputs if _is_picture(graph.tensors[index])]
    results = tuple(dict.fromkeys(graph.outputs))  # some exporters list an output twice
    indices = (*graph.inputs, *results)
    names = _distinct(
        ["image" if [index] == pictures else lower_camel_case(graph.tensors[index].name) for index in indices]
    )
    inputs = []
    for index, name in zip(graph.inputs, names, strict=False):
        tensor = graph.tensors[index]
        if index in pictures:
            bounds = (0.0, 255.0) if tensor.dtype == "uint8" else (low, high)
            meaning = f"picture of {_size(tensor)}, its 0 to 255 becoming {bounds[0]:g} to {bounds[1]:g}"
            inputs.append(InputFeature(index, name, "image", *bounds, meaning))
        else:
            inputs.append(InputFeature(index, name, "tensor", meaning=f"'{tensor.name}', {list(tensor.shape)}"))
    outputs = [
        OutputFeature(j, name, graph.tensors[j].shape, meaning=f"'{graph.tensors[j].name}', as the source makes it")
        for j, name in zip(results, names[len(graph.inputs) :], strict=True)
    ]
    return Features(tuple(inputs), tuple(outputs), description=f"Converted from {graph.file}")


def _is_picture(tensor: Tensor) -> bool:
    shape, types = tensor.shape, ("float32", "uint8")
    return len(shape) == 4 and shape[0] == 1 and shape[3] in (1, 3) and min(shape[1:3]) > 1 and tensor.dtype in types


def _size(tensor: Tensor) -> str:
    return f"{tensor.shape[2]} × {tensor.shape[1]} pixels, {'RGB' if tensor.shape[3] == 3 else 'grey'}"


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, a repeated one with a number behind it."""
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name}{number}", number + 1
        taken.add(candidate)
        result.append(candidate)
    return result


def check_features(graph: Graph, features: Features) -> None:
    """ConversionError unless the features name each input and output of the graph, in shapes that hold its values."""
    for what, indices, listed in (
        ("inputs", graph.inputs, features.inputs),
        ("outputs", graph.outputs, features.outputs),
    ):
        if not indices:
            raise ConversionError(f"the model has no {what}, expected one at least")
        if sorted(feature.tensor for feature in listed) != sorted(set(indices)):
            raise ConversionError(f"the {what} are not the ones described")
    for output in features.outputs:
        shape = graph.tensors[output.tensor].shape
        if prod(shape) != prod(output.shape):
            raise ConversionError(
                f"output {output.name} is described as {list(output.shape)}, its tensor is {list(shape)}"
            )
    _check_names([output.name for output in features.outputs])
    _check_names([name for name, _ in features.visible])
    for image in features.inputs:
        if image.kind == "image" and not _is_picture(graph.tensors[image.tensor]):
            found = list(graph.tensors[image.tensor].shape)
            raise ConversionError(
                f"input {image.name} of shape {found} is no picture of 1 or 3 channels: use --tensor-input"
            )


def _check_names(names: list[str]) -> None:
    for name in names:
        if identifier(name) != name or name in CORE_ML_WORDS:
            raise ConversionError(
                f"'{name}' is no name for a Core ML feature: letters, digits and _, none of its words"
            )
        if names.count(name) > 1:
            raise ConversionError(f"two inputs or outputs are called '{name}'")
