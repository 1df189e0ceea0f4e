"""Types and features as the messages of a specification declare them, read without refusing anything."""

from collections.abc import Iterator
from typing import Any, Literal

from verification.executor.dtypes import FLEXIBLE, ValueType
from verification.executor.proto import load_proto
from verification.lint.package import Package

Role = Literal["input", "output"]

# ArrayFeatureType.ArrayDataType of FeatureTypes.proto.
ARRAY_DTYPES = {65568: "float32", 65600: "float64", 131104: "int32", 131080: "int8", 65552: "float16"}

RGB, BGR, GRAYSCALE, GRAYSCALE_FLOAT16 = 20, 30, 10, 40
"""ImageFeatureType.ColorSpace of FeatureTypes.proto."""


def value_type(message: Any) -> ValueType:
    """A ValueType message; an unknown element type is named by its number."""
    kind = message.WhichOneof("type")
    if kind != "tensorType":
        return ValueType(str(kind).removesuffix("Type"), ())
    tensor = message.tensorType
    names = load_proto().mil.DataType
    known = tensor.dataType in names.values()
    dtype = names.Name(tensor.dataType).lower() if known else f"type {tensor.dataType}"
    return ValueType(dtype, tuple(_size(dimension) for dimension in tensor.dimensions))


def _size(dimension: Any) -> int:
    return int(dimension.constant.size) if dimension.WhichOneof("dimension") == "constant" else FLEXIBLE


def features(package: Package) -> Iterator[tuple[Role, str, Any]]:
    """Role, place and FeatureDescription message of every input and output."""
    description = package.specification.description
    for message in description.input:
        yield "input", f"input {message.name!r}", message
    for message in description.output:
        yield "output", f"output {message.name!r}", message


def function_inputs(package: Package) -> dict[str, ValueType]:
    """What the function "main" takes."""
    return {message.name: value_type(message.type) for message in package.function.inputs}


def function_outputs(package: Package) -> dict[str, ValueType | None]:
    """What the function "main" returns; None for a name that nothing computes."""
    block = package.function.block_specializations[package.function.opset]
    types: dict[str, ValueType] = function_inputs(package)
    for operation in block.operations:
        types.update((output.name, value_type(output.type)) for output in operation.outputs)
    return {name: types.get(name) for name in block.outputs}
