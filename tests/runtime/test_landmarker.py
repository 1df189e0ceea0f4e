"""The graph around networks that are told what to find."""

import gc
import threading
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from pipelines.detections import Detections
from runtime.backends import Mesh
from runtime.errors import FrameError
from runtime.faces import Detection
from runtime.frames import Bytes
from runtime.landmarker import STAGES, Landmarker, Settings

FRAME = np.zeros((100, 100, 3), np.uint8)


def face_at(x: float, y: float) -> np.ndarray:
    """A detection's points: a box of a tenth of the frame, level eyes in it."""
    return np.array([[x - 0.05, y - 0.05], [x + 0.05, y + 0.05], [x - 0.02, y], [x + 0.02, y], *[[x, y]] * 4])


@dataclass
class Told:
    """A detector that finds what stands in `faces`, the surest first."""

    faces: Sequence[np.ndarray]
    side: int = 16
    runs: int = 0

    def detect(self, crop: Bytes) -> Detections:
        assert crop.shape == (16, 16, 3)
        self.runs += 1
        scores = np.linspace(0.9, 0.6, len(self.faces)).astype(np.float32)
        return Detections(np.array(self.faces, np.float32).reshape(-1, 8, 2), scores)


@dataclass
class Face:
    """A mesh network that sees a face in the middle of any crop, as large as a detection's, presence by turns."""

    presences: list[float] = field(default_factory=lambda: [1.0])
    points: float = 1 / 3
    side: int = 8
    runs: int = 0

    def mesh(self, crop: Bytes) -> Mesh:
        assert crop.shape == (8, 8, 3)
        presence = self.presences[self.runs % len(self.presences)]
        self.runs += 1
        landmarks = np.full((468, 3), 0.5, np.float32)
        landmarks[0, :2], landmarks[1, :2] = 0.5 - self.points, 0.5 + self.points
        landmarks[33, :2], landmarks[263, :2] = (0.4, 0.5), (0.6, 0.5)
        return Mesh(landmarks, presence)


def test_the_detector_runs_only_while_faces_are_wanting() -> None:
    detector = Told([face_at(0.3, 0.3)])
    landmarker = Landmarker(detector, Face(), Settings(max_faces=1))
    faces = [landmarker.track(FRAME, t)[0] for t in range(5)]
    assert detector.runs == 1
    assert [face.id for face in faces] == [0] * 5
    assert faces[0].detection
    assert [face.detection for face in faces[1:]] == [None] * 4
    both = Landmarker(detector, Face(), Settings(max_faces=2))
    for t in range(3):
        assert [face.id for face in both.track(FRAME, t)] == [0]
    assert detector.runs == 4


def test_a_face_is_lost_at_the_threshold_and_comes_back_as_another() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face([0.9, 0.5, 0.501]), Settings(min_presence=0.5))
    assert [[face.id for face in landmarker.track(FRAME, t)] for t in range(4)] == [[0], [], [1], [1]]


def test_detections_beyond_max_faces_are_left_out() -> None:
    detector = Told([face_at(0.2, 0.2), face_at(0.8, 0.8), face_at(0.2, 0.8)])
    for mesh in (Face(), None):
        found = Landmarker(detector, mesh, Settings(max_faces=2)).detect(FRAME)
        centers = [face.detection.box.reshape(2, 2).mean(axis=0) for face in found if face.detection]
        np.testing.assert_allclose(centers, [[0.2, 0.2], [0.8, 0.8]], atol=1e-6)
        assert [face.id for face in found] == [0, 1]


def test_a_still_knows_nothing_of_the_video() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face(), Settings())
    assert [landmarker.track(FRAME, 0)[0].id, landmarker.detect(FRAME)[0].id, landmarker.track(FRAME, 1)[0].id] == [
        0
    ] * 3
    assert landmarker.detect(FRAME)[0].detection


def test_reset_and_frames_of_another_size_begin_another_video() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face(), Settings())
    assert landmarker.track(FRAME, 0)[0].id == 0
    landmarker.reset()
    assert landmarker.track(FRAME, 1)[0].id == 1
    assert landmarker.track(FRAME[:90], 2)[0].id == 2


def test_without_a_mesh_ids_follow_the_boxes() -> None:
    detector = Told([face_at(0.2, 0.2), face_at(0.7, 0.7)])
    landmarker = Landmarker(detector, None, Settings(max_faces=3))
    assert [face.id for face in landmarker.track(FRAME, 0)] == [0, 1]
    detector.faces = [face_at(0.71, 0.7), face_at(0.5, 0.2), face_at(0.2, 0.21)]
    found = landmarker.track(FRAME, 1)
    assert [face.id for face in found] == [1, 2, 0]
    assert all((face.landmarks, face.presence, face.region) == (None, None, None) for face in found)


@pytest.mark.parametrize("points", [0.0, np.nan])
def test_a_mesh_without_extent_is_no_face(points: float) -> None:
    class Flat(Face):
        def mesh(self, crop: Bytes) -> Mesh:
            return Mesh(np.full((468, 3), points, np.float32), 1.0)

    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Flat(), Settings())
    assert landmarker.detect(FRAME) == []
    assert landmarker.track(FRAME, 0) == []


def test_detections_without_extent_are_none() -> None:
    faces = [np.zeros((8, 2)), np.full((8, 2), np.nan), face_at(0.4, 0.4)]
    found = Landmarker(Told(faces), Face(), Settings(max_faces=1)).detect(FRAME)
    assert len(found) == 1


def test_time_may_stand_still_and_go_back_but_must_be_finite() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face(), Settings())
    for timestamp in (5.0, 5.0, 3.0, 1e12):
        (face,) = landmarker.track(FRAME, timestamp)
        assert face.landmarks is not None
        assert np.isfinite(face.landmarks).all()
    for timestamp in (np.nan, np.inf):
        with pytest.raises(FrameError, match="expected a finite number"):
            landmarker.track(FRAME, timestamp)


def test_smoothing_changes_landmarks_but_not_the_regions() -> None:
    def tracked(smoothing: bool) -> list[tuple[np.ndarray, object]]:
        class Jittery(Face):
            def mesh(self, crop: Bytes) -> Mesh:
                found = super().mesh(crop)
                found.landmarks[5, 0] += np.float32(0.01 * (-1) ** self.runs)
                return found

        landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Jittery(), Settings(smoothing=smoothing))
        faces = [landmarker.track(FRAME, t * 33)[0] for t in range(6)]
        return [(face.landmarks, face.region) for face in faces if face.landmarks is not None]

    plain, smooth = tracked(False), tracked(True)
    assert [region for _, region in plain] == [region for _, region in smooth]
    np.testing.assert_array_equal(plain[0][0], smooth[0][0])
    moves = [np.abs(np.diff([landmarks[5, 0] for landmarks, _ in run])).mean() for run in (plain, smooth)]
    assert moves[1] < moves[0] / 2


def test_a_face_that_comes_back_is_not_smoothed_with_what_it_was() -> None:
    detector = Told([face_at(0.3, 0.3)])
    landmarker = Landmarker(detector, Face([1.0, 1.0, 0.0, 1.0]), Settings())
    for t in range(3):
        landmarker.track(FRAME, t * 33)
    detector.faces = [face_at(0.32, 0.3)]
    (face,) = landmarker.track(FRAME, 99)
    (plain,) = Landmarker(detector, Face(), Settings()).detect(FRAME)
    assert face.landmarks is not None
    assert plain.landmarks is not None
    np.testing.assert_array_equal(face.landmarks, plain.landmarks)


def test_each_stage_is_timed() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face(), Settings())
    landmarker.track(FRAME, 0)
    spent = landmarker.milliseconds
    assert set(spent) == {*STAGES, "total"}
    assert all(value > 0 for value in spent.values())
    assert sum(spent[stage] for stage in STAGES) == pytest.approx(spent["total"])
    landmarker.track(FRAME, 1)
    assert landmarker.milliseconds["detector"] == 0


@pytest.mark.parametrize("frame", [np.zeros((1, 1, 3), np.uint8), np.zeros((1, 4000)), np.full((30, 20, 4), np.nan)])
def test_odd_frames_are_frames(frame: np.ndarray) -> None:
    landmarker = Landmarker(Told([face_at(0.5, 0.5)]), Face(), Settings())
    assert len(landmarker.detect(frame)) == len(landmarker.track(frame, 0)) == 1


def test_what_is_no_frame_leaves_the_tracks_alone() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face(), Settings())
    landmarker.track(FRAME, 0)
    with pytest.raises(FrameError):
        landmarker.track(np.zeros((0, 3)), 1)
    assert landmarker.track(FRAME, 2)[0].id == 0


def test_memory_does_not_grow_with_the_video() -> None:
    landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face([1.0, 1.0, 0.2]), Settings(geometry=True))
    sizes = []
    tracemalloc.start()
    for t in range(600):
        landmarker.track(FRAME, t * 33)
        if t in (299, 599):
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # A face kept back by each of 100 lost tracks would be 100 x 11 kB.
    assert sizes[1] - sizes[0] < 20_000


def test_two_in_two_threads_do_not_meet() -> None:
    found: dict[int, list[list[int]]] = {}

    def run(number: int) -> None:
        landmarker = Landmarker(Told([face_at(0.3, 0.3)]), Face([1.0, 0.2]), Settings())
        found[number] = [[face.id for face in landmarker.track(FRAME, t)] for t in range(40)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == [[i // 2] if i % 2 == 0 else [] for i in range(40)]


def test_a_detection_in_its_other_forms() -> None:
    points = np.arange(16, dtype=np.float32).reshape(8, 2)
    detection = Detection(points, 0.75)
    rows, confidence = detection.as_simd2()
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, points)
    assert confidence == 0.75
    np.testing.assert_array_equal(detection.as_tensor(), [1, 0, 3, 2, *range(4, 16), 0.75])
    np.testing.assert_array_equal(detection.box, [0, 1, 2, 3])
    np.testing.assert_array_equal(detection.keypoints, points[2:])


def test_landmarks_in_pixels_have_xs_scale_in_z() -> None:
    found = Landmarker(Told([face_at(0.5, 0.5)]), Face(), Settings()).detect(np.zeros((50, 200, 3), np.uint8))
    landmarks, pixels = found[0].landmarks, found[0].landmarks_in_pixels
    assert landmarks is not None
    assert pixels is not None
    np.testing.assert_allclose(pixels, landmarks * np.array([200, 50, 200]), rtol=1e-6)
