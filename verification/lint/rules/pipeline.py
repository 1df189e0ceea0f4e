"""A pipeline and the NonMaximumSuppression model in it: what Core ML's validators refuse, which don't run on Linux."""

from collections.abc import Iterator
from typing import Any

from verification.lint.declared import ARRAY_DTYPES
from verification.lint.package import Package
from verification.lint.registry import Problems, rule

_VALIDATION = "apple/coremltools mlmodel/src/Validation"
_PIPELINE = f"{_VALIDATION}/PipelineValidator.cpp"
_SUPPRESSION = f"{_VALIDATION}/NonMaximumSuppressionValidator.cpp"
_BOX = 4
_CLASSES = 80


@rule("pipeline-models", severity="error", source=_PIPELINE, stage="root")
def pipeline_models(package: Package) -> Problems:
    """A pipeline has a model at least, and a name for each or none, all different; none of them can be updated."""
    if package.pipeline is None:
        return
    models, names = package.pipeline.models, list(package.pipeline.names)
    if not models:
        yield "pipeline", "found no models, expected one or more: add them"
    if names and len(names) != len(models):
        yield "pipeline", f"found {len(names)} names for {len(models)} models, expected as many: name each"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "pipeline", f"found {names.count(name)} models named {name!r}, expected one: rename the others"
    for place, model in _models(package):
        if model.isUpdatable:
            yield place, "found an updatable model in a pipeline that is not, expected a fixed one: clear isUpdatable"


@rule("pipeline-joints", severity="error", source=f"{_PIPELINE} (isEquivalent)", stage="root")
def pipeline_joints(package: Package) -> Problems:
    """What a model takes is an input of the pipeline or an output of a model before it, and what the pipeline puts out
    is one of those, each of the same kind, element type and rank."""
    if package.pipeline is None:
        return
    known = {message.name: message.type for message in package.root.description.input}
    for place, model in _models(package):
        for message in model.description.input:
            yield from ((place, problem) for problem in _joint_problems("input", message, known))
        known |= {message.name: message.type for message in model.description.output}
    for message in package.root.description.output:
        yield from (("pipeline", problem) for problem in _joint_problems("output", message, known))


def _joint_problems(role: str, message: Any, known: dict[str, Any]) -> Iterator[str]:
    if message.name not in known:
        yield f"found the {role} {message.name!r}, which nothing before it makes: rename it or put it out there"
    elif (found := _kind(message.type)) != (made := _kind(known[message.name])):
        yield f"found {found} for the {role} {message.name!r}, which is made as {made}: describe it alike"


def _kind(described: Any) -> str:
    kind = str(described.WhichOneof("Type"))
    if kind != "multiArrayType":
        return kind
    array = described.multiArrayType
    return f"{ARRAY_DTYPES.get(array.dataType, 'an unknown type')} of rank {_rank(array)}"


def _rank(array: Any) -> int:
    match array.WhichOneof("ShapeFlexibility"):
        case "shapeRange":
            return len(array.shapeRange.sizeRanges)
        case "enumeratedShapes" if array.enumeratedShapes.shapes:
            return len(array.enumeratedShapes.shapes[0].shape)
    return len(array.shape)


@rule("suppression-features", severity="error", source=_SUPPRESSION, stage="root")
def suppression_features(package: Package) -> Problems:
    """A NonMaximumSuppression model takes its confidences and coordinates and at most two thresholds, and puts out
    confidences and coordinates, under the names that it states itself; thresholds are doubles, the rest arrays."""
    for place, model in _suppressions(package):
        nms, inputs, outputs = model.nonMaximumSuppression, model.description.input, model.description.output
        arrays = {nms.confidenceInputFeatureName, nms.coordinatesInputFeatureName}
        thresholds = {nms.iouThresholdInputFeatureName, nms.confidenceThresholdInputFeatureName} - {""}
        results = {nms.confidenceOutputFeatureName, nms.coordinatesOutputFeatureName}
        wanted = (("input", inputs, arrays, "multiArrayType"), ("output", outputs, results, "multiArrayType"))
        for role, messages, names, _ in wanted:
            allowed = names | thresholds if role == "input" else names
            for name in sorted(names - {message.name for message in messages}):
                yield place, f"found no {role} {name!r}, expected the one that the model names: describe it"
            for name in sorted({message.name for message in messages} - allowed):
                yield place, f"found the {role} {name!r}, expected only those that the model names: remove it"
        for message in (*inputs, *outputs):
            kind = "doubleType" if message.name in thresholds else "multiArrayType"
            if message.type.WhichOneof("Type") != kind:
                found = message.type.WhichOneof("Type") or "no type"
                yield place, f"found {found} for {message.name!r}, expected {kind}: describe it so"


@rule("suppression-thresholds", severity="error", source=_SUPPRESSION, stage="root")
def suppression_thresholds(package: Package) -> Problems:
    """The IoU threshold lies in 0 to 1, the confidence threshold is not negative: zero confidence fills unused rows."""
    for place, model in _suppressions(package):
        iou, confidence = (model.nonMaximumSuppression.iouThreshold, model.nonMaximumSuppression.confidenceThreshold)
        if not 0 <= iou <= 1:
            yield place, f"found an IoU threshold of {iou:g}, expected 0 to 1: correct it"
        if not confidence >= 0:
            yield place, f"found a confidence threshold of {confidence:g}, expected 0 or more: correct it"


@rule("suppression-types", severity="error", source=_SUPPRESSION, stage="root")
def suppression_types(package: Package) -> Problems:
    """Confidences and coordinates, in and out, are of one element type, float32 or float64: float16 is refused."""
    for place, model in _suppressions(package):
        arrays = [m for m in (*model.description.input, *model.description.output) if _is_array(m)]
        dtypes = sorted({ARRAY_DTYPES.get(m.type.multiArrayType.dataType, "an unknown type") for m in arrays})
        if len(dtypes) > 1 or not set(dtypes) <= {"float32", "float64"}:
            yield place, f"found elements of {', '.join(dtypes)}, expected float32 or float64 in all four: cast them"


@rule("suppression-shapes", severity="error", source=_SUPPRESSION, stage="root")
def suppression_shapes(package: Package) -> Problems:
    """The outputs' shapes, where they are given, have two axes, both fixed or both ranges, as many rows in both; the
    confidences' columns are as many as there are labels."""
    for place, model in _suppressions(package):
        nms = model.nonMaximumSuppression
        arrays = {m.name: m.type.multiArrayType for m in model.description.output if _is_array(m)}
        confidence = arrays.get(nms.confidenceOutputFeatureName)
        coordinates = arrays.get(nms.coordinatesOutputFeatureName)
        if confidence is None or coordinates is None:
            continue  # suppression-features says so
        sizes = [_sizes(array) for array in (confidence, coordinates)]
        if any(size is None for size in sizes):
            yield place, "found a shape and a range, or enumerated shapes, expected either a shape or a range: choose"
            continue
        scores, boxes = ([] if size is None else size for size in sizes)
        if {len(scores), len(boxes)} > {2} or len(scores) != len(boxes) or len(scores) not in (0, 2):
            yield place, f"found outputs of {len(scores)} and {len(boxes)} axes, expected two or none: describe rows"
            continue
        if scores and scores[0] != boxes[0]:
            yield place, "found different numbers of rows in confidence and coordinates, expected the same: correct it"
        labels = _labels(nms)
        if scores and labels and not scores[1][0] <= labels <= (scores[1][1] if scores[1][1] >= 0 else labels):
            yield (
                place,
                f"found {labels} labels for {scores[1][0]} to {scores[1][1]} classes, expected as many: add them",
            )
        if boxes and boxes[1] != (_BOX, _BOX):
            yield place, f"found boxes of {boxes[1][0]} to {boxes[1][1]} numbers, expected {_BOX}: centre and size"


@rule(
    "suppression-classes",
    severity="warning",
    source="ultralytics/ultralytics issue 22309 and pull request 22310; apple/coremltools#2445",
    stage="root",
)
def suppression_classes(package: Package) -> Problems:
    """An ML Program before a NonMaximumSuppression model gives wrong or missing boxes unless the number of classes is a
    multiple of 80."""
    for place, model in _suppressions(package):
        labels = _labels(model.nonMaximumSuppression)
        if labels % _CLASSES:
            yield place, f"found {labels} classes, expected a multiple of {_CLASSES}: pad labels and scores"


def _sizes(array: Any) -> list[tuple[int, int]] | None:
    """Lowest and highest size of each axis, none where nothing is said; None for what the validator refuses."""
    flexible = array.WhichOneof("ShapeFlexibility")
    if flexible is None:
        return [(int(size), int(size)) for size in array.shape]
    if flexible == "enumeratedShapes" or array.shape:
        return None
    return [(int(bound.lowerBound), int(bound.upperBound)) for bound in array.shapeRange.sizeRanges]


def _labels(nms: Any) -> int:
    return len(nms.stringClassLabels.vector) or len(nms.int64ClassLabels.vector)


def _is_array(message: Any) -> bool:
    return bool(message.type.WhichOneof("Type") == "multiArrayType")


def _models(package: Package) -> Iterator[tuple[str, Any]]:
    for number, model in enumerate(package.pipeline.models if package.pipeline is not None else ()):
        yield f"model {number} of the pipeline", model


def _suppressions(package: Package) -> Iterator[tuple[str, Any]]:
    return ((place, model) for place, model in _models(package) if model.WhichOneof("Type") == "nonMaximumSuppression")
