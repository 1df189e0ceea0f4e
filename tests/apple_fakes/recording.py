"""What the Python runtime finds in a picture, and what its networks answered on the way."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.landmarker import FaceLandmarker
from pipelines.detections import Detections
from pipelines.vision import CLASSES
from runtime.backends import DetectorBackend, Mesh, MeshBackend
from runtime.faces import Face
from runtime.frames import Bytes

SLOTS = 16
ANCHORS = 896


@dataclass
class RecordedDetector:
    """A detector that keeps its last crop and answer."""

    network: DetectorBackend
    crops: list[Bytes] = field(default_factory=list)
    answers: list[Detections] = field(default_factory=list)

    @property
    def side(self) -> int:
        return self.network.side

    def detect(self, crop: Bytes) -> Detections:
        self.crops.append(crop)
        self.answers.append(self.network.detect(crop))
        return self.answers[-1]


@dataclass
class RecordedMesh:
    """A mesh network that keeps its last crop and answer."""

    network: MeshBackend
    crops: list[Bytes] = field(default_factory=list)
    answers: list[Mesh] = field(default_factory=list)

    @property
    def side(self) -> int:
        return self.network.side

    def mesh(self, crop: Bytes) -> Mesh:
        self.crops.append(crop)
        self.answers.append(self.network.mesh(crop))
        return self.answers[-1]


@dataclass(frozen=True, eq=False)
class Recording:
    """The faces of a picture, and both networks' last crops and answers."""

    faces: list[Face]
    detector: RecordedDetector
    mesh: RecordedMesh


def record(picture: NDArray[np.uint8]) -> Recording:
    """What is found in a picture [H, W, 3]."""
    landmarker = FaceLandmarker(backend="litert")
    assert landmarker._mesh is not None
    detector, mesh = RecordedDetector(landmarker._detector), RecordedMesh(landmarker._mesh)
    landmarker._detector, landmarker._mesh = detector, mesh
    return Recording(landmarker.detect(picture), detector, mesh)


def write_models(found: Recording, folder: Path, *, padding: int = 0, hides: bool = False, lack: str = "") -> Path:
    """Packages in `folder` that answer what was recorded; rows `padding` apart, but for the output `lack`."""
    detections, mesh = found.detector.answers[-1], found.mesh.answers[-1]
    count = len(detections)
    landmarks, confidence = np.zeros((SLOTS, 8, 2), np.float32), np.zeros(SLOTS, np.float32)
    landmarks[:count], confidence[:count] = detections.landmarks, detections.scores
    low, high = detections.landmarks[:, 0], detections.landmarks[:, 1]
    scores = np.zeros((count, CLASSES), np.float32)
    scores[:, 0] = detections.scores
    answers = {
        "BlazeFaceShortRange": {"landmarks": landmarks, "confidence": confidence, "count": np.array([count], np.int32)},
        "BlazeFaceShortRangeVision": {
            "confidence": scores,
            "coordinates": np.concatenate([(low + high) / 2, high - low], axis=1),
            "landmarks": landmarks,
        },
        "BlazeFaceShortRangeProposals": _proposals(detections),
        "FaceMesh": {"landmarks": mesh.landmarks, "presence": np.array([mesh.presence], np.float32)},
    }
    for name, outputs in answers.items():
        package = folder / f"{name}.mlpackage"
        (package / "Data" / "weights").mkdir(parents=True)
        (package / "Data" / "weights" / "weight.bin").write_bytes(b"none")
        tensors = {output: _tensor(values) for output, values in outputs.items() if output != lack}
        answer = {"outputs": tensors, "padding": padding, "hidesPadding": hides}
        (package / "answer.json").write_text(json.dumps(answer))
    return folder


def _proposals(detections: Detections) -> dict[str, NDArray[np.float32]]:
    """Each detection as what one of its anchors proposes, as if no other did."""
    landmarks, scores = np.zeros((ANCHORS, 8, 2), np.float32), np.zeros(ANCHORS, np.float32)
    rows = np.arange(len(detections)) * 7 + 100
    landmarks[rows], scores[rows] = detections.landmarks, detections.scores
    return {"landmarks": landmarks, "scores": scores}


def _tensor(values: NDArray[Any]) -> dict[str, Any]:
    flat = values.reshape(-1).tolist()
    return {"shape": list(values.shape), "values": flat, "isWhole": bool(np.issubdtype(values.dtype, np.integer))}
