"""`make golden`, the whole pipeline: what MediaPipe's solutions find in stills and in videos."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.catalog import load_catalog
from blazemesh.golden import Case, Golden, listed, rounded
from blazemesh.pictures import astronaut
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS
from verification.compositions import digest
from verification.oracles.mediapipe import detect, meshes
from verification.pictures import Pixels
from verification.scenes import WAYS, Scene, video
from verification.scenes import stills as still_scenes

STRIDE = 32
IRIS_CENTERS = (468, 473)
DIGITS = 6
"""Decimals of a landmark: 1e-6 of the frame, a thousandth of a pixel of the crop."""
MAX_FACES = (1, 4)
MESHES = {"mesh": False, "attention": True}
"""By the names that FaceLandmarker has for them: whether MediaPipe refines."""
VIDEO_FACES = {"one face": 1, "three faces": 4}

# On the machine that made them these vectors come out to the last digit that they have. Elsewhere another C library's
# atan2f, or XNNPACK's kernels for another processor, begin with a different one, and tracking carries it on.
TOLERANCE = {
    "points": 1e-3,
    "score": 5e-3,
    "landmarks_mean": 0.1,
    "landmarks_max": 0.5,
    "unit": "points of the frame, score of 1, landmarks px of the 192 x 192 crop (x, y)",
}
FRAME = (
    "Each case: name; frame, the recipe of its picture for verification/scenes.py, made of facts/astronaut.png; sha256 "
    "of the picture's bytes (rows of RGB)"
)
LANDMARKS = (
    f"each face in the solution's order, every {STRIDE}th landmark and the irises' centres by index: x, y, z "
    "normalised to the frame"
)


def stills() -> Golden:
    """The detection solutions, and the mesh solution in its static mode."""
    models = [load_catalog().model(name) for name in ("BlazeFaceShortRange", "BlazeFaceFullRange", *_mesh_models())]
    what = (
        f"MediaPipe's face detection solutions (minimum score {SHORT_RANGE_THRESHOLDS.score}, full range "
        f"{FULL_RANGE_THRESHOLDS.score}) and its face mesh solution in static mode, on stills. {FRAME}; detections, "
        "short and full, in the solution's order, each a score (0-1), box [x min, y min, x max, y max] and six "
        "keypoints [x, y] normalised to the frame; faces, by network and most faces allowed: " + LANDMARKS
    )
    return Golden(tuple(models), what, TOLERANCE, _still_cases())


def videos() -> Golden:
    """The mesh solution tracking."""
    models = [load_catalog().model(name) for name in ("BlazeFaceShortRange", *_mesh_models())]
    what = (
        f"MediaPipe's face mesh solution, tracking, on the frames of videos in which a face leaves and comes back. "
        f"{FRAME}; video, the frames of which follow each other; max_faces, the most faces allowed; faces, by network: "
        + LANDMARKS
    )
    return Golden(tuple(models), what, TOLERANCE, _video_cases())


def _mesh_models() -> tuple[str, str]:
    return "FaceMesh", "FaceMeshAttention"


def _still_cases() -> Iterator[Case]:
    named = list(still_scenes(astronaut().spots[0], "stills"))
    pictures = _drawn([scene for _, scene in named])
    short = detect(pictures, False, SHORT_RANGE_THRESHOLDS.score)
    full = detect(pictures, True, FULL_RANGE_THRESHOLDS.score)
    faces = {
        f"{network} {most}": list(meshes(pictures, most, refine, static=True))
        for network, refine in MESHES.items()
        for most in MAX_FACES
    }
    for i, (name, scene) in enumerate(named):
        yield {
            **_beginning(name, scene, pictures[i]),
            "detections": {"short": listed(short[i]), "full": listed(full[i])},
            "faces": {key: _faces(found[i]) for key, found in faces.items()},
        }


def _video_cases() -> Iterator[Case]:
    for name in WAYS:
        scenes = list(video(name, astronaut().spots[0]))
        pictures = _drawn(scenes)
        most = VIDEO_FACES[name]
        tracked = {key: list(meshes(pictures, most, refine, static=False)) for key, refine in MESHES.items()}
        for i, scene in enumerate(scenes):
            yield {
                **_beginning(f"{name}, frame {i}", scene, pictures[i]),
                "video": name,
                "max_faces": most,
                "faces": {key: _faces(found[i]) for key, found in tracked.items()},
            }


def _drawn(scenes: Sequence[Scene]) -> list[Pixels]:
    photograph = astronaut().pixels
    return [scene.draw(photograph) for scene in scenes]


def _beginning(name: str, scene: Scene, pixels: Pixels) -> Case:
    return {"name": name, "frame": scene.to_json(), "sha256": digest(pixels)}


def _faces(found: Sequence[NDArray[np.float32]]) -> list[dict[str, Any]]:
    return [_chosen(landmarks) for landmarks in found]


def _chosen(landmarks: NDArray[np.float32]) -> dict[str, Any]:
    irises = [index for index in IRIS_CENTERS if index < len(landmarks)]
    return {str(index): rounded(landmarks[index], DIGITS) for index in (*range(0, 468, STRIDE), *irises)}
