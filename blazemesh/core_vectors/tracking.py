"""Tracking: who is who from frame to frame, where each is looked for, and smoothed landmarks."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from blazemesh.core_vectors.actors import Actor
from blazemesh.core_vectors.vectors import Case, Vectors, numbers
from pipelines.detections import Detections
from runtime.backends import Mesh, MeshBackend
from runtime.faces import Face
from runtime.frames import Bytes
from runtime.landmarker import Landmarker, Settings
from runtime.rects import Rect

FRAMES = 100
SIZE = (640, 480)
NOBODY = 0.01
CHOSEN = (0, 4, 33, 263, 467)
WHAT = (
    "Videos through the graph (runtime/landmarker.py, smoothed) with networks that know where the faces are. Each: "
    "frame, width and height in pixels; max_faces; mesh, false where there are detections alone; frames, each seconds, "
    "actors (x, y in pixels, pixels a centimetre of the canonical face, radians clockwise, presence) and detections "
    "(score, 8 points normalised to the square around the frame). The mesh network sees the canonical face of the "
    f"actor nearest to the region's middle, if it is within half of its width, else nothing (presence {NOBODY}). "
    "Expected for each frame: faces of id, detected, presence, region (centre, size normalised to the frame, rotation) "
    f"and landmarks {', '.join(map(str, CHOSEN))} (normalised to the frame). Tolerance in shares of the frame, radians"
)


class _Script(Landmarker):
    """The graph, with actors instead of pictures."""

    def __init__(self, case: Case) -> None:
        self.actors: list[Actor] = []
        self.found = Detections(np.zeros((0, 8, 2), np.float32), np.zeros(0, np.float32))
        self.side = 1
        super().__init__(self, self if case["mesh"] else None, Settings(max_faces=case["max_faces"]))

    def detect(self, crop: Bytes) -> Any:  # type: ignore[override]
        """As a DetectorBackend."""
        return self.found

    def mesh(self, crop: Bytes) -> Mesh:
        """As a MeshBackend; regions are looked at, not crops."""
        raise NotImplementedError

    def _mesh_in(self, frame: Bytes, rect: Rect, network: MeshBackend) -> Mesh:
        region = rect.region()
        near = [(math.dist((actor.x, actor.y), region.center), i) for i, actor in enumerate(self.actors)]
        distance, nearest = min(near, default=(math.inf, 0))
        if not distance < region.size[0] / 2:
            return Mesh(np.zeros((468, 3), np.float32), NOBODY)
        actor = self.actors[nearest]
        points = actor.landmarks()
        placed = np.column_stack([region.from_frame(points[:, :2]), points[:, 2] / region.size[0]])
        return Mesh(placed.astype(np.float32), actor.presence)


def _inputs() -> Iterator[Case]:
    yield _video("one face that goes and comes back", 1, 1)
    yield _video("three faces, two looked for", 3, 2)
    yield _video("three faces", 3, 4)
    yield {**_video("three detections", 3, 4), "mesh": False}


def _video(name: str, faces: int, most: int) -> Case:
    random = np.random.default_rng(faces)
    frames = [_frame(random, t, faces) for t in range(FRAMES)]
    return {"name": name, "frame": list(SIZE), "max_faces": most, "mesh": True, "frames": frames}


def _frame(random: np.random.Generator, t: int, faces: int) -> Case:
    """Faces that circle, trembling; one is away for a while, and one's presence goes down without it going."""
    actors = []
    for i in range(faces):
        turn = 2 * math.pi * t / FRAMES + 2 * i
        x, y = 320 + 150 * math.cos(turn) + 30 * i, 240 + 90 * math.sin(turn + i)
        scale = 5 + 1.5 * math.sin(3 * turn) + i
        x, y, scale = (value + random.normal(0, 0.3) * size for value, size in ((x, 1), (y, 1), (scale, 0.05)))
        presence = 0.3 if i == 1 and 50 <= t < 53 else 0.9
        if i > 0 or not 30 <= t < 40:
            actors.append([round(v, 4) for v in (x, y, scale, 0.4 * math.sin(2 * turn))] + [presence])
    seconds = t / 30 if t % 20 else max(t - 1, 0) / 30  # every 20th time stamp does not advance
    found = [[0.9 - 0.1 * i, *np.ravel(Actor(*actor).detection(SIZE)).tolist()] for i, actor in enumerate(actors)]
    return {"seconds": seconds, "actors": actors, "detections": numbers(found) if found else []}


def _answer(case: Case) -> Any:
    script = _Script(case)
    width, height = case["frame"]
    picture = np.zeros((height, width, 3), np.uint8)
    answers = []
    for frame in case["frames"]:
        script.actors = [Actor(*actor) for actor in frame["actors"]]
        rows = np.array(frame["detections"], np.float32).reshape(-1, 17)
        script.found = Detections(rows[:, 1:].reshape(-1, 8, 2), rows[:, 0])
        answers.append([_told(face) for face in script.track(picture, frame["seconds"] * 1000)])
    return answers


def _told(face: Face) -> Case:
    told: Case = {"id": face.id, "detected": face.detection is not None}
    if face.landmarks is None or face.region is None:
        return told
    size = np.array(face.frame_size)
    region = [*np.divide(face.region.center, size), *np.divide(face.region.size, size), face.region.rotation]
    landmarks = face.landmarks[list(CHOSEN)]
    return {**told, "presence": numbers(face.presence), "region": numbers(region), "landmarks": numbers(landmarks)}


VECTORS = Vectors("core_tracking", WHAT, 1e-4, _inputs, _answer)
