"""A pipeline's second stage and its features, read from its messages (Pipeline, NonMaximumSuppression)."""

from collections.abc import Mapping
from typing import Any

from verification.executor.dtypes import FLEXIBLE, FLOAT32, ValueType
from verification.executor.errors import PackageError
from verification.executor.features import parse_features
from verification.executor.program import Feature, Program
from verification.executor.suppression import Suppression

Features = tuple[Feature, ...]

MOST_ROWS = 1024
"""Boxes that are compared with each other; a detector for phones hands over some ten."""


def parse_suppression(model: Any, program: Program) -> Suppression:
    """The NonMaximumSuppression model behind `program`; PackageError where it reads what the program does not make."""
    message = model.nonMaximumSuppression
    made = {output.name: output for output in program.outputs}
    scores, boxes = message.confidenceInputFeatureName, message.coordinatesInputFeatureName
    for name in (scores, boxes):
        if name not in made or len(made[name].shape) != 2 or made[name].dtype != FLOAT32:
            raise PackageError(
                f"its suppression reads {name!r}, expected a float32 output of two axes of the first model"
            )
    rows, classes = made[scores].shape
    if not (1 <= rows <= MOST_ROWS and classes >= 1):
        raise PackageError(
            f"its suppression gets scores {[rows, classes]}, expected 1 to {MOST_ROWS} rows of 1 or more"
        )
    return Suppression(
        scores=scores,
        boxes=boxes,
        iou_input=message.iouThresholdInputFeatureName,
        confidence_input=message.confidenceThresholdInputFeatureName,
        confidence=message.confidenceOutputFeatureName,
        coordinates=message.coordinatesOutputFeatureName,
        iou_threshold=message.iouThreshold,
        confidence_threshold=message.confidenceThreshold,
        per_class=message.pickTop.perClass,
        classes=classes,
        labels=tuple(message.stringClassLabels.vector),
    )


def pipeline_features(description: Any, program: Program, suppression: Suppression) -> tuple[Features, Features]:
    """The pipeline's inputs and outputs; PackageError where a stage does not know one."""
    thresholds = {
        suppression.iou_input: suppression.iou_threshold,
        suppression.confidence_input: suppression.confidence_threshold,
    }
    inputs = {feature.name: feature.type for feature in program.inputs}
    if hidden := sorted(inputs.keys() - {message.name for message in description.input}):
        raise PackageError(f"the pipeline has no input {hidden[0]!r}, which its first model takes")
    taken = tuple(
        _threshold(message, thresholds)
        if message.type.WhichOneof("Type") == "doubleType"
        else _parsed("input", message, inputs)
        for message in description.input
    )
    outputs = {feature.name: feature.type for feature in program.outputs} | {
        suppression.confidence: ValueType(FLOAT32, (FLEXIBLE, suppression.classes)),
        suppression.coordinates: ValueType(FLOAT32, (FLEXIBLE, 4)),
    }
    return taken, tuple(_parsed("output", message, outputs) for message in description.output)


def _parsed(role: str, message: Any, types: Mapping[str, ValueType]) -> Feature:
    if message.name not in types:
        raise PackageError(f"the pipeline's {role} {message.name!r} is none of its models'")
    return parse_features(role, [message], {message.name: types[message.name]})[0]


def _threshold(message: Any, defaults: Mapping[str, float]) -> Feature:
    if message.name not in defaults:
        raise PackageError(f"the pipeline's input {message.name!r} is none of its models'")
    return Feature(
        name=message.name,
        kind="scalar",
        type=ValueType("float64", ()),
        color=None,
        optional=message.type.isOptional,
        default=defaults[message.name],
        description=message.shortDescription,
    )
