"""Inputs and outputs as an app sees them, held against the function that computes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from verification.executor.dtypes import ValueType
from verification.lint.declared import (
    ARRAY_DTYPES,
    BGR,
    GRAYSCALE,
    GRAYSCALE_FLOAT16,
    RGB,
    Role,
    features,
    function_inputs,
    function_outputs,
)
from verification.lint.package import Package
from verification.lint.registry import Problems, rule

_INTERFACE = "apple/coremltools mlmodel/src/Validation/InterfaceValidators.cpp"
_PROGRAM = "apple/coremltools mlmodel/src/Validation/ProgramValidator.cpp"
_GUIDE = "coremltools guide, Flexible Input Shapes"
_IOS16 = 7
_LARGEST_RANK = 5
_MOST_SHAPES = 128
_DEFAULTS = {
    "intDefaultValue": {"int32"},
    "floatDefaultValue": {"float32", "float16"},
    "doubleDefaultValue": {"float64"},
}


@rule("feature-types", severity="error", source=f"{_INTERFACE} (validateFeatureDescription)", stage="function")
def feature_types(package: Package) -> Problems:
    """Features are images, or multi-arrays of float32, int32, or (from specification version 7, iOS 16) float16; so
    are greyscale images of float16."""
    version = package.specification.specificationVersion
    for _, place, message in features(package):
        kind = message.type.WhichOneof("Type")
        if kind == "multiArrayType":
            dtype = ARRAY_DTYPES.get(message.type.multiArrayType.dataType)
            if dtype not in ("float32", "int32", "float16"):
                yield place, f"found elements of {dtype or 'no known type'}, expected float32 or int32: cast them"
            elif dtype == "float16" and version < _IOS16:
                yield place, f"found float16 in version {version}, expected {_IOS16} (iOS 16) or float32: cast it"
        elif kind != "imageType":
            yield place, f"found a feature of {kind or 'no type'}, expected an image or a multi-array: describe it so"


@rule("image-layout", severity="error", source=f"{_INTERFACE} (validateFeatureDescription)", stage="function")
def image_layout(package: Package) -> Problems:
    """Images are RGB, BGR or greyscale (float16 greyscale from version 7, iOS 16) and have a positive size."""
    version = package.specification.specificationVersion
    for _, place, message in features(package):
        if message.type.WhichOneof("Type") != "imageType":
            continue
        image = message.type.imageType
        if image.colorSpace not in (RGB, BGR, GRAYSCALE, GRAYSCALE_FLOAT16):
            yield place, f"found the colour space {image.colorSpace}, expected RGB, BGR or greyscale: set it"
        elif image.colorSpace == GRAYSCALE_FLOAT16 and version < _IOS16:
            yield place, f"found float16 greyscale in version {version}, expected {_IOS16} (iOS 16): raise the target"
        if image.WhichOneof("SizeFlexibility") is None and (image.width <= 0 or image.height <= 0):
            yield place, f"found an image of {image.width}x{image.height}, expected a positive size: set it"


@rule(
    "feature-shapes",
    severity="error",
    source=f"{_INTERFACE} (missing shape constraints, invalid shape); coremltools converters/mil/mil/program.py "
    "(Placeholder: rank 0 is unsupported; tensors have rank <= 5)",
    stage="function",
)
def feature_shapes(package: Package) -> Problems:
    """Multi-arrays have at most five dimensions, all of them positive, and inputs at least one: scalars come in as [1],
    and go out without a shape."""
    values = _computed(package)
    for role, place, message in features(package):
        if message.type.WhichOneof("Type") != "multiArrayType":
            continue
        value, shape = values[role].get(message.name), tuple(message.type.multiArrayType.shape)
        rank = max(len(shape), len(value.shape) if value is not None else 0)
        if rank > _LARGEST_RANK:
            yield place, f"found rank {rank}, expected at most {_LARGEST_RANK}: reshape it"
        if role == "input" and (value is not None and not value.shape):
            yield place, "found a scalar, expected at least rank 1: take it as [1]"
        elif role == "input" and not shape and message.type.multiArrayType.WhichOneof("ShapeFlexibility") is None:
            yield place, "found no shape, expected a fixed or a flexible one: describe it"
        if any(size <= 0 for size in shape):
            yield place, f"found the shape {list(shape)}, expected positive sizes: correct it"


@rule("feature-match", severity="error", source=f"{_PROGRAM} (ValidateMain, SameTypes)", stage="function")
def feature_match(package: Package) -> Problems:
    """The description has exactly the inputs and outputs of the function "main", each with the same element type, rank
    and size; an image of height H and width W is a float value [1, 3 or 1, H, W]."""
    described = list(features(package))
    computed = _computed(package)
    for role, types in computed.items():
        names = [message.name for found, _, message in described if found == role]
        for name in sorted(set(types) - set(names)):
            yield f"{role} {name!r}", f"found it in the program alone, expected a description of the {role}: add it"
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{role} {name!r}", f"found {names.count(name)} descriptions, expected one: remove the others"
    for role, place, message in described:
        value = computed[role].get(message.name)
        if value is None:
            yield place, f"found it in the description alone, expected an {role} of the program: rename or remove it"
        elif (wanted := _mismatch(message.type, value)) is not None:
            yield place, f"found {value} in the program, expected {wanted}, as described: describe what is computed"


def _computed(package: Package) -> dict[Role, Mapping[str, ValueType | None]]:
    return {"input": function_inputs(package), "output": function_outputs(package)}


def _mismatch(described: Any, value: ValueType) -> str | None:
    """What a feature's description asks of its value, where the value is something else."""
    kind = described.WhichOneof("Type")
    if kind == "imageType":
        image = described.imageType
        channels = 3 if image.colorSpace in (RGB, BGR) else 1
        shape: tuple[int, ...] = (1, channels, image.height, image.width)
        dtypes = {"float16", "float32"}
    elif kind == "multiArrayType":
        array = described.multiArrayType
        shape = tuple(array.shape)
        dtypes = {ARRAY_DTYPES.get(array.dataType, "an unknown type")}
        if not shape or (not value.shape and shape == (1,)):
            shape = value.shape  # nothing is claimed; a scalar is described as one element
    else:
        return None
    fits = len(shape) == len(value.shape) and (not value.is_static or shape == value.shape)
    return None if fits and value.dtype in dtypes else f"{' or '.join(sorted(dtypes))} {list(shape)}"


@rule("optional-features", severity="error", source=f"{_INTERFACE} (validateOptional)", stage="function")
def optional_features(package: Package) -> Problems:
    """Outputs can't be optional, one input at least must not be, and a default has its array's element type."""
    described = list(features(package))
    inputs = [message for role, _, message in described if role == "input"]
    if inputs and all(message.type.isOptional for message in inputs):
        yield "inputs", "found only optional ones, expected one that must be given: make one required"
    for role, place, message in described:
        if role == "output" and message.type.isOptional:
            yield place, "found an optional output, expected outputs that are always there: make it required"
        if message.type.WhichOneof("Type") != "multiArrayType":
            continue
        array = message.type.multiArrayType
        field, dtype = array.WhichOneof("defaultOptionalValue"), ARRAY_DTYPES.get(array.dataType)
        if field is not None and dtype not in _DEFAULTS[field]:
            yield place, f"found a default in {field} for {dtype} elements, expected one of their type: set it there"


@rule("shape-ranges", severity="error", source=f"{_INTERFACE} (validateSizeRange); {_GUIDE}", stage="function")
def shape_ranges(package: Package) -> Problems:
    """Flexible shapes list one to 128 shapes or give ranges whose lower bound is not above the upper one, and hold the
    default shape; in an ML Program an input's ranges are bounded."""
    for role, place, message in features(package):
        yield from ((place, problem) for problem in _flexibility_problems(message.type, role == "input"))


def _flexibility_problems(described: Any, bounded: bool) -> Iterator[str]:
    """What is wrong with a feature's flexible shape; unless `bounded`, a range may end at -1, anywhere."""
    shapes, ranges, default = _flexibility(described)
    if shapes is not None:
        if not 1 <= len(shapes) <= _MOST_SHAPES:
            yield f"found {len(shapes)} enumerated shapes, expected 1 to {_MOST_SHAPES}: list those that are used"
        elif any(not shape for shape in shapes):
            yield "found an enumerated shape without dimensions, expected one or more: complete it"
        elif default and default not in shapes:
            yield f"found the default {list(default)}, expected one of the enumerated shapes: add it to them"
    if ranges is not None:
        for low, high in ranges:
            if high < max(low, 1) and (bounded or high >= 0):
                yield f"found the range {low} to {high}, expected a bound that is at least {max(low, 1)}: correct it"
        inside = len(default) == len(ranges) and all(
            low <= size and (size <= high or high < 0) for size, (low, high) in zip(default, ranges, strict=True)
        )
        if default and not inside:
            yield f"found the default {list(default)}, expected one inside the ranges {ranges}: correct it"


_Flexibility = tuple[list[tuple[int, ...]] | None, list[tuple[int, int]] | None, tuple[int, ...]]


def _flexibility(described: Any) -> _Flexibility:
    """Enumerated shapes, ranges, default shape; an image's are height and width, its default empty if it has none."""
    kind = described.WhichOneof("Type")
    if kind == "multiArrayType":
        array = described.multiArrayType
        field, default = array.WhichOneof("ShapeFlexibility"), tuple(array.shape)
        shapes = [tuple(shape.shape) for shape in array.enumeratedShapes.shapes]
        bounds = list(array.shapeRange.sizeRanges)
    elif kind == "imageType":
        image = described.imageType
        field, default = image.WhichOneof("SizeFlexibility"), (image.height, image.width)
        default = default if all(size > 0 for size in default) else ()
        shapes = [(size.height, size.width) for size in image.enumeratedSizes.sizes]
        bounds = [image.imageSizeRange.heightRange, image.imageSizeRange.widthRange]
    else:
        return None, None, ()
    ranges = [(int(bound.lowerBound), int(bound.upperBound)) for bound in bounds]
    return (
        shapes if field in ("enumeratedShapes", "enumeratedSizes") else None,
        ranges if field in ("shapeRange", "imageSizeRange") else None,
        default,
    )


@rule(
    "flexible-shapes",
    severity="warning",
    source=f"{_GUIDE}; Apple Developer Forums thread 724930; apple/coremltools#1764",
    stage="function",
)
def flexible_shapes(package: Package) -> Problems:
    """With a range of shapes only the default one runs on the Neural Engine, other shapes on the GPU or CPU, much
    slower."""
    for role, place, message in features(package):
        shapes, ranges, _ = _flexibility(message.type)
        if role == "input" and (shapes is not None or ranges is not None):
            yield place, "found a flexible shape, expected a fixed one for the Neural Engine: fix it or enumerate few"


@rule(
    "float16-features",
    severity="warning",
    source="Swift Evolution SE-0277 (Float16 is unavailable on x86-64 macOS)",
    stage="function",
)
def float16_features(package: Package) -> Problems:
    """Swift's Float16 doesn't exist on x86-64 macOS, so an app that reads such an array doesn't compile for it."""
    for _, place, message in features(package):
        array = message.type.multiArrayType
        if message.type.WhichOneof("Type") == "multiArrayType" and ARRAY_DTYPES.get(array.dataType) == "float16":
            yield place, "found a float16 array, expected float32, which Swift has everywhere: cast it in the program"
