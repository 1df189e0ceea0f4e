"""The inputs and outputs that a specification describes, held against those of its program."""

from collections.abc import Mapping, Sequence
from typing import Any

from verification.executor.dtypes import FLOAT16, FLOAT32, ValueType
from verification.executor.errors import PackageError
from verification.executor.program import Color, Feature

# ArrayFeatureType.ArrayDataType and ImageFeatureType.ColorSpace of coremltools' FeatureTypes.proto.
_ARRAY_TYPES = {65568: FLOAT32, 65600: "float64", 131104: "int32", 131080: "int8", 65552: FLOAT16}
_COLORS: dict[int, Color] = {10: "GRAYSCALE", 20: "RGB", 30: "BGR", 40: "GRAYSCALE"}


def parse_features(role: str, messages: Sequence[Any], types: Mapping[str, ValueType]) -> tuple[Feature, ...]:
    """The features (FeatureDescription messages) in order.

    `types` are those of the program's values; a feature without its value, or with another shape or element type, is a
    PackageError. `role` is "input" or "output".
    """
    names = [message.name for message in messages]
    if sorted(names) != sorted(types):
        raise PackageError(f"the package describes the {role}s {sorted(names)}, its program has {sorted(types)}")
    return tuple(_feature(f"{role} {message.name!r}", message, types[message.name]) for message in messages)


def _feature(place: str, message: Any, value_type: ValueType) -> Feature:
    kind = message.type.WhichOneof("Type")
    if kind == "imageType":
        color = _image_color(place, message.type.imageType, value_type)
        default = None
    elif kind == "multiArrayType":
        color = None
        default = _array_default(place, message.type.multiArrayType, value_type)
    else:
        raise PackageError(f"{place}: found a feature of type {kind}, expected an image or a multi-array")
    return Feature(
        name=message.name,
        kind="tensor" if color is None else "image",
        type=value_type,
        color=color,
        optional=message.type.isOptional,
        default=default,
        description=message.shortDescription,
    )


def _image_color(place: str, image: Any, value_type: ValueType) -> Color:
    color = _COLORS.get(image.colorSpace)
    if color is None:
        raise PackageError(f"{place}: found the colour space {image.colorSpace}, expected RGB, BGR or grayscale")
    shape = (1, 1 if color == "GRAYSCALE" else 3, image.height, image.width)
    if (value_type.is_static and value_type.shape != shape) or value_type.dtype not in (FLOAT16, FLOAT32):
        raise PackageError(f"{place}: the program has {value_type}, an image in {color} needs floats {list(shape)}")
    return color


def _array_default(place: str, array: Any, value_type: ValueType) -> float | None:
    """The value of a missing optional input's elements."""
    dtype = _ARRAY_TYPES.get(array.dataType)
    # A scalar of the program is described as an array without a shape or with one element.
    shape = tuple(array.shape) if value_type.shape or tuple(array.shape) != (1,) else ()
    if dtype != value_type.dtype or (value_type.is_static and shape != value_type.shape):
        raise PackageError(f"{place}: the program has {value_type}, the package describes {dtype} {list(array.shape)}")
    field = array.WhichOneof("defaultOptionalValue")
    return None if field is None else float(getattr(array, field))
