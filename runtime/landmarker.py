"""Frames in, faces out: the graph around the two networks, as MediaPipe's own does it."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import numpy as np

from runtime.backends import DetectorBackend, Mesh, MeshBackend
from runtime.errors import FrameError
from runtime.faces import Detection, Face, Points, in_pixels
from runtime.frames import Bytes, Frame, rgb_bytes
from runtime.geometry import face_geometry
from runtime.rects import Rect, from_whole_frame
from runtime.regions import whole_frame
from runtime.smoothing import LandmarkSmoother
from runtime.tracking import Candidate, associate, carried_ids
from runtime.warp import warp

STAGES = ("detector", "crop", "mesh", "core")
"""Networks, the crops for them, and all else."""


@dataclass(frozen=True)
class Settings:
    """`max_faces` at most are looked for; a face is lost unless its presence is above `min_presence`.

    `smoothing` is of tracked landmarks; the regions follow from unsmoothed ones in any case. `geometry` places faces in
    space.
    """

    max_faces: int = 1
    min_presence: float = 0.5
    smoothing: bool = True
    geometry: bool = False


@dataclass(frozen=True, eq=False)
class _Found:
    """A face as the networks see it: `landmarks` [N, 3] normalised to the frame, `next` where it is looked for next."""

    candidate: Candidate
    next: Rect
    landmarks: Points | None = None
    presence: float | None = None


@dataclass(frozen=True, eq=False)
class _Track:
    """A face from one frame to the next: where it is looked for, and its filter."""

    id: int
    rect: Rect
    smoother: LandmarkSmoother


class Landmarker:
    """Finds and tracks faces. One thread at a time may use it; several can each have their own.

    In MediaPipe's order of things (mediapipe/modules/face_landmark/face_landmark_front_cpu.pbtxt): the detector runs
    only while fewer than `max_faces` faces are tracked, and no more of its detections count; so there can be more faces
    than that, where it finds others than the tracked ones.
    """

    def __init__(self, detector: DetectorBackend, mesh: MeshBackend | None, settings: Settings) -> None:
        self._detector, self._mesh, self._settings = detector, mesh, settings
        self._spent: dict[str, float] = {}
        self._ids = 0
        self._frame_size = (0, 0)
        self._tracks: list[_Track] = []

    @property
    def milliseconds(self) -> Mapping[str, float]:
        """What the last frame took: each of STAGES, and the total."""
        return {stage: 1e3 * self._spent.get(stage, 0.0) for stage in (*STAGES, "total")}

    def reset(self) -> None:
        """Forget the tracked faces: the next frame begins another video. Ids go on."""
        self._tracks = []

    def detect(self, image: Frame) -> list[Face]:
        """The faces in a still picture, ids counting from 0; tracked faces stay as they are.

        FrameError for what is no picture (see runtime.frames.rgb_bytes).
        """
        with self._clock():
            frame = rgb_bytes(image)
            found = self._look(frame, associate(self._detections(frame), ()) if self._mesh else self._detections(frame))
            return self._finished([_face(i, each, _size(frame)) for i, each in enumerate(found)])

    def track(self, frame: Frame, timestamp_ms: float) -> list[Face]:
        """The faces in a video's next frame, at `timestamp_ms` from wherever its time begins.

        Time matters to smoothing alone: where it doesn't advance, landmarks come unsmoothed. Frames of another size
        begin another video. FrameError for what is no picture, or a time that is not finite.
        """
        if not math.isfinite(timestamp_ms):
            raise FrameError(f"timestamp of {timestamp_ms} ms; expected a finite number")
        with self._clock():
            pixels = rgb_bytes(frame)
            if _size(pixels) != self._frame_size:
                self._frame_size, self._tracks = _size(pixels), []
            found = self._look(pixels, self._candidates(pixels))
            self._tracks = [self._continued(each) for each in found]
            seen = [self._smoothed(*pair, timestamp_ms / 1000) for pair in zip(found, self._tracks, strict=True)]
            ids = [track.id for track in self._tracks]
            return self._finished([_face(id, each, self._frame_size) for id, each in zip(ids, seen, strict=True)])

    def _finished(self, faces: list[Face]) -> list[Face]:
        return [_placed(face) for face in faces] if self._settings.geometry else faces

    def _continued(self, found: _Found) -> _Track:
        """The face's track: the one that carried it here, or a new one."""
        for track in self._tracks:
            if track.id == found.candidate.id:
                return replace(track, rect=found.next)
        self._ids += 1
        return _Track(self._ids - 1, found.next, LandmarkSmoother())

    def _smoothed(self, found: _Found, track: _Track, seconds: float) -> _Found:
        if found.landmarks is None or not self._settings.smoothing:
            return found
        width, height = self._frame_size
        smooth = track.smoother.apply(in_pixels(found.landmarks, self._frame_size), seconds)
        return replace(found, landmarks=(smooth / [width, height, width]).astype(np.float32))

    def _candidates(self, frame: Bytes) -> list[Candidate]:
        """Where the frame is looked at: what the detector finds, if faces are wanting, and the tracked ones."""
        tracked = [(track.id, track.rect) for track in self._tracks]
        if self._mesh is None:
            found = self._detections(frame)
            ids = carried_ids([candidate.rect for candidate in found], tracked)
            return [replace(candidate, id=id) for candidate, id in zip(found, ids, strict=True)]
        detected = self._detections(frame) if len(tracked) < self._settings.max_faces else []
        return associate(detected, [Candidate(rect, id=id) for id, rect in tracked])

    def _detections(self, frame: Bytes) -> list[Candidate]:
        """What the detector finds, the surest first; a detection that has no region is none."""
        whole = whole_frame(*_size(frame))
        with self._stage("crop"):
            crop = warp(frame, whole, self._detector.side, "zero")
        with self._stage("detector"):
            found = self._detector.detect(crop)
        candidates = []
        for points, score in zip(from_whole_frame(found.landmarks, _size(frame)), found.scores, strict=True):
            with suppress(FrameError):
                rect = Rect.around_detection(points, _size(frame))
                candidates.append(Candidate(rect, Detection(points, float(score))))
        return candidates[: self._settings.max_faces]

    def _look(self, frame: Bytes, candidates: Sequence[Candidate]) -> list[_Found]:
        """The candidates that are faces."""
        if self._mesh is None:
            return [_Found(candidate, candidate.rect) for candidate in candidates]
        return [found for candidate in candidates if (found := self._look_at(frame, candidate, self._mesh))]

    def _look_at(self, frame: Bytes, candidate: Candidate, network: MeshBackend) -> _Found | None:
        """The candidate's face; None if it is none, if only because its region or landmarks span no area."""
        with suppress(FrameError):
            mesh = self._mesh_in(frame, candidate.rect, network)
            if mesh.presence > self._settings.min_presence:
                landmarks = candidate.rect.to_frame(mesh.landmarks)
                following = Rect.around_landmarks(landmarks, candidate.rect.frame_size)
                return _Found(candidate, following, landmarks, mesh.presence)
        return None

    def _mesh_in(self, frame: Bytes, rect: Rect, network: MeshBackend) -> Mesh:
        """What the network says of a region."""
        with self._stage("crop"):
            crop = warp(frame, rect.region(), network.side, "replicate")
        with self._stage("mesh"):
            return network.mesh(crop)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """Measures a frame."""
        self._spent = {}
        with self._stage("total"):
            yield
        self._spent["core"] = 2 * self._spent["total"] - sum(self._spent.values())

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._spent[name] = self._spent.get(name, 0.0) + time.perf_counter() - started


def _size(frame: Bytes) -> tuple[int, int]:
    """Width and height."""
    return frame.shape[1], frame.shape[0]


def _placed(face: Face) -> Face:
    """The face with its geometry; as it is where its landmarks have none."""
    if face.landmarks is None:
        return face
    with suppress(FrameError):
        return replace(face, geometry=face_geometry(face.landmarks, face.frame_size))
    return face


def _face(id: int, found: _Found, frame_size: tuple[int, int]) -> Face:
    detection = found.candidate.detection
    if found.landmarks is None:
        return Face(id, frame_size, detection)
    return Face(id, frame_size, detection, found.landmarks, found.presence, found.candidate.rect.region())
