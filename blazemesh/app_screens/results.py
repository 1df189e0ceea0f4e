"""What the pipeline finds in each screen's buffer, as the Swift tool reads it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.app_screens.screens import SCREENS, Mode, Screen
from blazemesh.core_vectors.vectors import Case, made_by, numbers
from blazemesh.landmarker import FaceLandmarker
from runtime.faces import Face
from runtime.orientation import Orientation

TOLERANCE = {"points": 1e-3, "score": 5e-3, "pose": 2e-2}
"""Points in shares of the buffer, scores of 1, poses in centimetres: other processors' float32 sums differ in the last
digits. The networks make a hundred times as much of that, and a pose's depth, of some 30 cm, ten times more again."""
WHAT = (
    "Faces that FaceLandmarker (LiteRT, short range, attention mesh) found in the upright pictures of camera buffers, "
    "composed of facts/astronaut.png by blazemesh/app_screens/screens.py, for the Swift tool that draws them. Each "
    "screen: name; view, width and height in points; buffer, width and height in pixels; orientation, Exif's number "
    "that turns it upright; mirrored, whether the view mirrors it; scaling; layers; faces: detection (score, and 8 "
    "points x, y) or null, landmarks (x, y, z each), both normalised to the buffer (runtime/orientation.py took them "
    "there), and pose (4 x 4, of the upright picture) or null. Tolerance: points in shares of the buffer, score, pose "
    "in centimetres"
)


def document() -> bytes:
    """The file's bytes, a screen a line."""
    head = {"what": WHAT, "made_by": {**made_by(), "command": "make screens"}, "tolerance": TOLERANCE}
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases())
    return f'{{\n{body},\n"screens": [\n{lines}\n]\n}}\n'.encode()


def cases() -> Iterator[Case]:
    """A screen each."""
    for screen in SCREENS:
        height, width = screen.buffer(screen.scenes[-1]).shape[:2]
        yield {
            "name": screen.name,
            "view": list(screen.view),
            "buffer": [width, height],
            "orientation": int(screen.orientation),
            "mirrored": screen.mirrored,
            "scaling": screen.scaling,
            "layers": list(screen.layers),
            "faces": [_told(face, screen.orientation) for face in found(screen)],
        }


def found(screen: Screen) -> list[Face]:
    """The faces in the screen's upright frame."""
    landmarker = _landmarker(screen.mode is not Mode.DETECTOR, screen.most_faces)
    frames = [screen.upright(scene) for scene in screen.scenes]
    if screen.mode is not Mode.SECOND_FRAME:
        return landmarker.detect(frames[-1])
    landmarker.reset()
    return [landmarker.track(frame, i * 1000 / 30) for i, frame in enumerate(frames)][-1]


@cache
def _landmarker(with_mesh: bool, most_faces: int) -> FaceLandmarker:
    return FaceLandmarker(most_faces, mesh="attention" if with_mesh else None, geometry=True, backend="litert")


def _told(face: Face, orientation: Orientation) -> dict[str, Any]:
    """The face, its points in the buffer."""
    back = orientation.inverse.to_upright()
    detection, landmarks = None, np.zeros((0, 3))
    if face.detection is not None:
        points = numbers(_moved(face.detection.points, back))
        detection = {"score": numbers(face.detection.score), "points": points}
    if face.landmarks is not None:
        landmarks = np.column_stack([_moved(face.landmarks[:, :2], back), face.landmarks[:, 2]])
    pose = None if face.pose is None else numbers(face.pose)
    return {"detection": detection, "landmarks": numbers(landmarks), "pose": pose}


def _moved(points: NDArray[np.floating], matrix: NDArray[np.int_]) -> NDArray[np.float64]:
    return np.asarray(points.astype(np.float64) @ matrix[:, :2].T + matrix[:, 2])
