"""What the networks say of a golden video, and what the Python pipeline makes of it: Swift is to make the same."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from blazemesh import FaceLandmarker
from blazemesh.core_vectors.vectors import bits, numbers
from pipelines.detections import Detections
from runtime.backends import Mesh
from runtime.faces import Face
from runtime.frames import Bytes
from runtime.landmarker import Landmarker, Settings
from runtime.litert import LiteRTDetector, LiteRTMesh
from tests.golden_vectors import golden, picture

STRIDE = 32
LEAST_LOGIT = -3.0
"""Anchors below are background: none of them is a candidate."""


@dataclass
class _Detector:
    inner: LiteRTDetector
    told: list[list[int]] | None = None

    @property
    def side(self) -> int:
        return self.inner.side

    def detect(self, crop: Bytes) -> Detections:
        raw = self.inner._network.run(crop)
        anchors = np.flatnonzero(raw["logits"] >= LEAST_LOGIT)
        self.told = [[int(a), *bits(raw["logits"][[a]]), *bits(raw["regressors"][a])] for a in anchors]
        return self.inner.detect(crop)


@dataclass
class _Mesh:
    inner: LiteRTMesh
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def side(self) -> int:
        return self.inner.side

    def mesh(self, crop: Bytes) -> Mesh:
        found = self.inner.mesh(crop)
        self.told.append({"presence": numbers(found.presence), "landmarks": numbers(found.landmarks.reshape(-1))})
        return found


def record(video: str) -> dict[str, Any]:
    """The video's frames: what was asked of the networks, their answers, and the faces."""
    cases = [case for case in golden("pipeline_videos")["cases"] if case["video"] == video]
    most = cases[0]["max_faces"]
    opened = FaceLandmarker(max_faces=most, backend="litert")
    assert isinstance(opened._detector, LiteRTDetector)
    assert isinstance(opened._mesh, LiteRTMesh)
    detector, mesh = _Detector(opened._detector), _Mesh(opened._mesh)
    landmarker = Landmarker(detector, mesh, Settings(max_faces=most, geometry=True))
    frames = []
    for i, case in enumerate(cases):
        detector.told, mesh.told = None, []
        pixels = picture(case)
        faces = landmarker.track(pixels, i * 1000 / 30)
        answers = {"seconds": i / 30, "candidates": detector.told, "looks": mesh.told}
        frames.append({**answers, "expected": [_told(face) for face in faces]})
    height, width = pixels.shape[:2]
    # In the form of a file of vectors.
    case = {"name": video, "frame": [width, height], "max_faces": most, "frames": frames}
    return {"what": "", "tolerance": 1e-4, "cases": [case]}


def _told(face: Face) -> dict[str, Any]:
    assert face.landmarks is not None
    assert face.region is not None
    assert face.pose is not None
    size = np.array(face.frame_size)
    return {
        "id": face.id,
        "detection": None if face.detection is None else numbers(face.detection.points.reshape(-1)),
        "region": numbers([*face.region.center / size, *face.region.size / size, face.region.rotation]),
        "landmarks": numbers(face.landmarks[::STRIDE]),
        "pose": numbers(face.pose),
    }
