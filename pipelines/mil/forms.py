"""A package's form as what follows the network inside its program."""

from collections.abc import Callable, Mapping

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.finish import FinalOutput, Finish, ScalarInput, Var
from pipelines.forms.detections import Faces, Proposals, Vision
from pipelines.forms.form import Form
from pipelines.forms.landmarks import Eye, FaceMesh
from pipelines.mil.decoding import Proposals as Decoded
from pipelines.mil.decoding import decode
from pipelines.mil.landmarks import normalise, presence
from pipelines.mil.refinement import refine
from pipelines.mil.suppression import suppress
from pipelines.mil.vision import vision_rows

Vars = Mapping[str, Var]

VISION_STAGE = (
    FinalOutput("scores", "a row a slot, its confidence in column 0"),
    FinalOutput("boxes", "a row a slot, its box's centre x, y, width, height"),
    FinalOutput("landmarks", "a row a slot, its box and keypoints"),
)
"""What a Vision pipeline's first model hands to its second, and to the app."""


def finish_of(form: Form) -> Finish:
    """The steps after the network; for Vision those of the pipeline's first model, whose thresholds are constants."""
    if isinstance(form, Vision):
        return Finish((), VISION_STAGE, lambda raw, scalars: _vision(form, raw))
    return Finish(*visible(form), _emitter(form))


def visible(form: Form) -> tuple[tuple[ScalarInput, ...], tuple[FinalOutput, ...]]:
    """The inputs beside the picture, and the outputs, that an app sees of a package of this form."""
    scalars = tuple(ScalarInput(scalar.name, scalar.default, scalar.meaning) for scalar in form.scalars)
    return scalars, tuple(FinalOutput(output.name, output.meaning) for output in form.outputs)


def _emitter(form: Form) -> Callable[[Vars, Vars], Vars]:
    match form:
        case Faces():
            return lambda raw, scalars: _faces(form, raw, scalars)
        case Proposals():
            return lambda raw, scalars: _proposals(form, raw)
        case FaceMesh():
            return lambda raw, scalars: _mesh(form, raw)
        case Eye():
            side = form.mesh.side
            return lambda raw, scalars: {name: normalise(raw[name], side) for name, _ in form.mesh.landmarks}
    raise TypeError(f"no program for the form {form.name}")


def _decoded(form: Faces | Vision | Proposals, raw: Vars) -> Decoded:
    anchors = form.detector.anchors
    return decode(raw["regressors"], raw["logits"], anchors.centers(), anchors.input_side)


def _faces(form: Faces, raw: Vars, scalars: Vars) -> Vars:
    found = suppress(_decoded(form, raw), scalars["scoreThreshold"], scalars["iouThreshold"], form.detector.slots)
    return {"landmarks": found.landmarks, "confidence": found.confidence, "count": found.count}


def _vision(form: Vision, raw: Vars) -> Vars:
    thresholds = form.detector.thresholds
    score, iou = (mb.const(val=np.array([value], np.float32)) for value in (thresholds.score, thresholds.iou))
    found = suppress(_decoded(form, raw), score, iou, form.detector.slots)
    scores, boxes = vision_rows(found)
    return {"scores": scores, "boxes": boxes, "landmarks": found.landmarks}


def _proposals(form: Proposals, raw: Vars) -> Vars:
    decoded = _decoded(form, raw)
    return {"landmarks": decoded.landmarks, "scores": decoded.scores}


def _mesh(form: FaceMesh, raw: Vars) -> Vars:
    refined = form.mesh.refinement is not None
    points = refine(raw, form.mesh.side) if refined else normalise(raw["landmarks"], form.mesh.side)
    return {"landmarks": points, "presence": presence(raw["presence"])}
