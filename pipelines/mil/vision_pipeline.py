"""The detector as Vision takes it: a Core ML pipeline of the detector and a NonMaximumSuppression model."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coremltools.proto import FeatureTypes_pb2 as feature_types
from coremltools.proto import Model_pb2 as model_proto

from pipelines.forms.detections import Vision
from pipelines.vision import CLASSES

LABELS = ("face", *(f"unused{number}" for number in range(1, CLASSES)))
BOX = 4
OPEN = -1
"""No upper bound of a shape's range."""

WEIGHTS = "0-weight.bin"
"""A pipeline's weights carry their model's number, as coremltools' make_pipeline names them."""


@dataclass(frozen=True)
class PipelineModel:
    """What converters/package.py writes: a specification, and the folder that its weights lie in."""

    specification: Any
    weights_dir: str

    def get_spec(self) -> Any:
        """The specification."""
        return self.specification


def vision_pipeline(detector: Any, form: Vision) -> PipelineModel:
    """The pipeline of `detector` (coremltools' MLModel with the outputs scores, boxes and landmarks) and suppression.

    The second model's thresholds keep whatever the first one found; an app can raise its confidence threshold. Their
    layout follows coremltools' NonMaximumSuppression.proto and Model.proto.
    """
    first = model_proto.Model()
    first.CopyFrom(detector.get_spec())
    first.description.ClearField("metadata")  # the pipeline's own counts, and this one holds today's date
    for value in _stored_values(first.mlProgram):
        value.blobFileValue.fileName = f"@model_path/weights/{WEIGHTS}"
    weights = Path(detector.weights_dir)
    (weights / "weight.bin").rename(weights / WEIGHTS)
    second = _suppression(first, form)
    pipeline = model_proto.Model(specificationVersion=first.specificationVersion)
    pipeline.pipeline.models.extend([first, second])
    pipeline.pipeline.names.extend(["detector", "suppression"])
    pipeline.description.input.extend([*first.description.input, *second.description.input[2:]])
    pipeline.description.output.extend(second.description.output)
    if form.with_landmarks:
        pipeline.description.output.extend(o for o in first.description.output if o.name == "landmarks")
    return PipelineModel(pipeline, detector.weights_dir)


def _stored_values(program: Any) -> Iterator[Any]:
    """The Value messages of a program that lie in the weights file."""
    for function in program.functions.values():
        for block in function.block_specializations.values():
            for operation in block.operations:
                bound = (argument.value for a in operation.inputs.values() for argument in a.arguments)
                for value in (*operation.attributes.values(), *bound):
                    if value.WhichOneof("value") == "blobFileValue":
                        yield value


def _suppression(first: Any, form: Vision) -> Any:
    model = model_proto.Model(specificationVersion=first.specificationVersion)
    made = {output.name: output for output in first.description.output}
    model.description.input.extend([made["scores"], made["boxes"]])
    for scalar in form.scalars:
        feature = model.description.input.add(name=scalar.name, shortDescription=scalar.meaning)
        feature.type.doubleType.SetInParent()
        feature.type.isOptional = True
    model.description.output.extend([_rows("confidence", CLASSES), _rows("coordinates", BOX)])
    suppression = model.nonMaximumSuppression
    suppression.pickTop.perClass = False
    suppression.stringClassLabels.vector.extend(LABELS)
    defaults = {scalar.name: scalar.default for scalar in form.scalars}
    suppression.iouThreshold, suppression.confidenceThreshold = (
        defaults["iouThreshold"],
        defaults["confidenceThreshold"],
    )
    suppression.iouThresholdInputFeatureName = "iouThreshold"
    suppression.confidenceThresholdInputFeatureName = "confidenceThreshold"
    suppression.confidenceInputFeatureName, suppression.coordinatesInputFeatureName = "scores", "boxes"
    suppression.confidenceOutputFeatureName, suppression.coordinatesOutputFeatureName = "confidence", "coordinates"
    return model


def _rows(name: str, columns: int) -> Any:
    """An output of any number of rows."""
    feature = model_proto.Model().description.output.add(name=name)
    array = feature.type.multiArrayType
    array.dataType = feature_types.ArrayFeatureType.FLOAT32
    array.shapeRange.sizeRanges.add(lowerBound=0, upperBound=OPEN)
    array.shapeRange.sizeRanges.add(lowerBound=columns, upperBound=columns)
    return feature
