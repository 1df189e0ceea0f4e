from pathlib import Path

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil import mil

from pipelines.mil.suppression import Faces
from pipelines.mil.vision import vision_rows
from pipelines.suppression import Faces as FacesTwin
from pipelines.vision import CLASSES
from pipelines.vision import vision_rows as twin
from verification.executor.reference import ReferenceModel


def test_the_rows_are_the_twins(tmp_path: Path) -> None:
    shapes = {"landmarks": (5, 8, 2), "confidence": (5,)}
    placeholders = {name: mb.placeholder(shape=shape, dtype=mil.types.fp32) for name, shape in shapes.items()}
    with mil.Function(placeholders, opset_version=ct.target.iOS16) as function:
        given = function.inputs
        rows = vision_rows(Faces(given["landmarks"], given["confidence"], None))
        function.set_outputs([mb.identity(x=row, name=name) for row, name in zip(rows, ("s", "b"), strict=True)])
    program = mil.Program()
    program.add_function("main", function)
    path = tmp_path / "vision.mlpackage"
    precision = ct.precision.FLOAT32
    ct.convert(
        program, minimum_deployment_target=ct.target.iOS16, compute_precision=precision, skip_model_load=True
    ).save(str(path))

    random = np.random.default_rng(6)
    landmarks = random.uniform(-0.5, 1.5, (5, 8, 2)).astype(np.float32)
    confidence = np.sort(random.uniform(0, 1, 5).astype(np.float32))[::-1].copy()
    landmarks[3:], confidence[3:] = 0, 0
    scores, boxes = twin(FacesTwin(landmarks, confidence, 3))
    found = ReferenceModel(path).predict({"landmarks": landmarks, "confidence": confidence})
    np.testing.assert_array_equal(found["s"], scores)
    np.testing.assert_array_equal(found["b"], boxes)  # one rounding each, in both
    assert scores.shape == (5, CLASSES)
    assert scores[3:].any() == boxes[3:].any() == np.False_
    np.testing.assert_allclose(boxes[:3, :2] - boxes[:3, 2:] / 2, landmarks[:3, 0], atol=3e-7)
    np.testing.assert_allclose(boxes[:3, :2] + boxes[:3, 2:] / 2, landmarks[:3, 1], atol=3e-7)
