"""The networks, whoever executes them: a crop's faces and a crop's mesh for the pipeline; a crop's eye."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.detections import ROWS, Detections
from runtime.errors import EngineError
from runtime.frames import Bytes


@dataclass(frozen=True, eq=False)
class Mesh:
    """`landmarks` [N, 3] normalised to the crop, z in x's scale, and `presence` 0-1: whether it shows a face."""

    landmarks: NDArray[np.float32]
    presence: float


class DetectorBackend(Protocol):
    """A detector whose input is `side` × `side` pixels."""

    @property
    def side(self) -> int:
        """In pixels."""

    def detect(self, crop: Bytes) -> Detections:
        """The faces in a crop [side, side, 3], suppressed, the surest first, normalised to it."""


class MeshBackend(Protocol):
    """A mesh network whose input is `side` × `side` pixels."""

    @property
    def side(self) -> int:
        """In pixels."""

    def mesh(self, crop: Bytes) -> Mesh:
        """The mesh of the face in a crop [side, side, 3]."""


class Predictor(Protocol):
    """A saved package, as coremltools' MLModel and the project's own executor answer for it."""

    def predict(self, inputs: Mapping[str, Any], /) -> Mapping[str, NDArray[Any]]:
        """Outputs by name for inputs by name."""


@dataclass(frozen=True, eq=False)
class Eye:
    """`contour` [71, 3] and `iris` [5, 3] of an eye, both normalised to the crop, z in x's scale."""

    contour: NDArray[np.float32]
    iris: NDArray[np.float32]


class PackagedDetector:
    """A detector's package that decodes and suppresses itself; it holds as many faces as it has slots."""

    def __init__(self, name: str, package: Predictor, side: int, min_score: float) -> None:
        self.side = side
        self._name, self._package = name, package
        self._min_score = np.array([min_score], np.float32)

    def detect(self, crop: Bytes) -> Detections:
        """The faces in a crop; EngineError for a package with other outputs."""
        found = self._package.predict({"image": Image.fromarray(crop), "scoreThreshold": self._min_score})
        landmarks, scores, count = (_output(self._name, found, name) for name in ("landmarks", "confidence", "count"))
        if landmarks.shape[1:] != (ROWS, 2) or scores.shape != landmarks.shape[:1]:
            raise _other(self._name, found, f"landmarks [slots, {ROWS}, 2], confidence [slots]")
        used = int(count.reshape(-1)[0])
        return Detections(landmarks[:used].astype(np.float32), scores[:used].astype(np.float32))


class PackagedMesh:
    """A mesh network's package, which refines and normalises itself."""

    def __init__(self, name: str, package: Predictor, side: int) -> None:
        self.side = side
        self._name, self._package = name, package

    def mesh(self, crop: Bytes) -> Mesh:
        """The mesh in a crop; EngineError for a package with other outputs."""
        found = self._package.predict({"image": Image.fromarray(crop)})
        landmarks, presence = (_output(self._name, found, name) for name in ("landmarks", "presence"))
        if landmarks.shape not in ((468, 3), (478, 3)) or presence.size != 1:
            raise _other(self._name, found, "landmarks [468 or 478, 3], presence [1]")
        return Mesh(landmarks.astype(np.float32), float(presence.reshape(-1)[0]))


class PackagedIris:
    """The iris model's package, which normalises itself; it knows the eye that holds landmark 33."""

    def __init__(self, name: str, package: Predictor) -> None:
        self._name, self._package = name, package

    def eye(self, crop: Bytes) -> Eye:
        """The eye in a crop [64, 64, 3]; EngineError for a package with other outputs."""
        found = self._package.predict({"image": Image.fromarray(crop)})
        contour, iris = (_output(self._name, found, name) for name in ("contour", "iris"))
        if (contour.shape, iris.shape) != ((71, 3), (5, 3)):
            raise _other(self._name, found, "contour [71, 3], iris [5, 3]")
        return Eye(contour.astype(np.float32), iris.astype(np.float32))


def _output(package: str, found: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in found:
        raise _other(package, found, name)
    return np.asarray(found[name])


def _other(package: str, found: Mapping[str, NDArray[Any]], expected: str) -> EngineError:
    shapes = ", ".join(f"{name} {list(np.shape(value))}" for name, value in found.items())
    return EngineError(f"{package} gives {shapes}; expected {expected}: build the packages again")
