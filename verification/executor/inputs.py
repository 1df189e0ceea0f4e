"""What a caller gives for a feature, brought into the form that the program takes."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from verification.executor.dtypes import Array, carried_dtype, numpy_dtype
from verification.executor.errors import PackageError
from verification.executor.program import Feature

Given = Image.Image | Array | float


def feed(features: tuple[Feature, ...], given: Mapping[str, Given]) -> dict[str, Array]:
    """The program's inputs by name; PackageError for a missing or unknown name and for a value that doesn't fit."""
    names = [feature.name for feature in features]
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise PackageError(f"found an input named {unknown[0]!r}, expected {names}")
    return {feature.name: _carried(feature, _value(feature, given)) for feature in features}


def _value(feature: Feature, given: Mapping[str, Given]) -> Array:
    if feature.name in given:
        value = given[feature.name]
        return _image(feature, value) if feature.kind == "image" else _tensor(feature, value)
    if not feature.optional or feature.default is None:
        raise PackageError(f"input {feature.name!r} is missing, expected {_expected(feature)}")
    return np.full(feature.shape, feature.default, numpy_dtype(feature.dtype))


def _image(feature: Feature, value: Given) -> Array:
    """A picture as [1, channels, height, width], 0 to 255, its channels in the feature's order."""
    if not isinstance(value, Image.Image):
        raise PackageError(f"input {feature.name!r}: found {type(value).__name__}, expected {_expected(feature)}")
    if value.mode != _mode(feature) or (value.height, value.width) != feature.shape[2:]:
        found = f"a picture of {value.width}x{value.height} in mode {value.mode}"
        raise PackageError(f"input {feature.name!r}: found {found}, expected {_expected(feature)}")
    pixels = np.asarray(value).reshape(*feature.shape[2:], feature.shape[1])
    ordered = pixels[..., ::-1] if feature.color == "BGR" else pixels
    return ordered.transpose(2, 0, 1)[np.newaxis]


def _tensor(feature: Feature, value: Given) -> Array:
    if feature.kind == "scalar" and isinstance(value, int | float):
        value = np.array(value, numpy_dtype(feature.dtype))  # what Core ML takes for a double
    if not isinstance(value, np.ndarray):
        raise PackageError(f"input {feature.name!r}: found {type(value).__name__}, expected {_expected(feature)}")
    if value.shape != feature.shape or not np.can_cast(value.dtype, numpy_dtype(feature.dtype), "same_kind"):
        found = f"an array of {value.dtype} {list(value.shape)}"
        raise PackageError(f"input {feature.name!r}: found {found}, expected {_expected(feature)}")
    return value


def _carried(feature: Feature, value: Array) -> Array:
    """The value in the feature's type, then in the one in which the graph carries it."""
    with np.errstate(over="ignore"):
        declared = value.astype(numpy_dtype(feature.dtype))
    return np.ascontiguousarray(declared, numpy_dtype(carried_dtype(feature.dtype)))


def _expected(feature: Feature) -> str:
    if feature.kind == "image":
        return f"a PIL picture of {feature.shape[3]}x{feature.shape[2]} in mode {_mode(feature)}"
    return f"a number of {feature.dtype}" if feature.kind == "scalar" else f"an array of {feature.type}"


def _mode(feature: Feature) -> str:
    return "L" if feature.color == "GRAYSCALE" else "RGB"
