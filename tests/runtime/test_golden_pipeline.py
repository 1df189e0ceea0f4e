"""FaceLandmarker beside what MediaPipe's own solutions find, in stills and in videos."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from blazemesh import Face, FaceLandmarker
from pipelines.suppression import FULL_RANGE_THRESHOLDS
from tests.golden_vectors import PIPELINES, golden, largest, listed_detections, picture

SIDE = 192
Case = dict[str, Any]


@pytest.fixture(scope="module")
def stills() -> list[tuple[Case, np.ndarray]]:
    return [(case, picture(case)) for case in golden("pipeline_stills")["cases"]]


@pytest.fixture(scope="module")
def videos() -> dict[str, list[tuple[Case, np.ndarray]]]:
    found: dict[str, list[tuple[Case, np.ndarray]]] = {}
    for case in golden("pipeline_videos")["cases"]:
        found.setdefault(case["video"], []).append((case, picture(case)))
    return found


def wrong_detections(found: list[Face], case: Case, detector: str) -> str | None:
    told, tolerance = listed_detections(case["detections"][detector]), golden("pipeline_stills")["tolerance"]
    if len(found) != len(told):
        return f"{len(found)} faces, expected {len(told)}"
    detections = [face.detection for face in found if face.detection]
    points = largest(np.array([abs(d.points - p) for d, p in zip(detections, told.landmarks, strict=True)]))
    scores = largest(np.array([abs(d.score - s) for d, s in zip(detections, told.scores, strict=True)]))
    return f"points {points}, scores {scores}" if points > tolerance["points"] or scores > tolerance["score"] else None


def wrong_landmarks(found: list[Face], told: list[dict[str, list[float]]]) -> str | None:
    """What is wrong with the faces of a frame, in pixels of the crop; None where they are MediaPipe's."""
    tolerance = golden("pipeline_videos")["tolerance"]
    if len(found) != len(told):
        return f"{len(found)} faces, expected {len(told)}"
    for face, points in zip(found, told, strict=True):
        assert face.landmarks is not None
        assert face.region is not None
        mine, theirs = face.landmarks[[int(index) for index in points]], np.array(list(points.values()))
        pixels = (mine - theirs)[:, :2] * np.array(face.frame_size) * SIDE / face.region.size[0]
        distances = np.linalg.norm(pixels, axis=1)
        if not (distances.mean() <= tolerance["landmarks_mean"] and distances.max() <= tolerance["landmarks_max"]):
            return f"landmarks off by {distances.mean()} px, at most {distances.max()}"
    return None


@pytest.mark.parametrize("detector", ["short", "full"])
def test_the_detections_are_mediapipes(detector: Any, stills: list[tuple[Case, np.ndarray]]) -> None:
    landmarker = FaceLandmarker(max_faces=100, detector=detector, mesh=None, backend="litert")
    wrong = {case["name"]: wrong_detections(landmarker.detect(pixels), case, detector) for case, pixels in stills}
    assert {name: error for name, error in wrong.items() if error} == {}


@pytest.mark.parametrize("most", [1, 4])
@pytest.mark.parametrize("mesh", ["mesh", "attention"])
def test_the_meshes_of_stills_are_mediapipes(mesh: Any, most: int, stills: list[tuple[Case, np.ndarray]]) -> None:
    landmarker = FaceLandmarker(max_faces=most, mesh=mesh, backend="litert")
    wrong = {c["name"]: wrong_landmarks(landmarker.detect(p), c["faces"][f"{mesh} {most}"]) for c, p in stills}
    assert {name: error for name, error in wrong.items() if error} == {}


@pytest.mark.parametrize("video", ["one face", "three faces"])
@pytest.mark.parametrize("mesh", ["mesh", "attention"])
def test_tracked_meshes_are_mediapipes_at_every_frame(
    mesh: Any, video: str, videos: dict[str, list[tuple[Case, np.ndarray]]]
) -> None:
    cases = videos[video]
    landmarker = FaceLandmarker(max_faces=cases[0][0]["max_faces"], mesh=mesh, backend="litert", smoothing=False)
    wrong, ids = {}, []
    for i, (case, pixels) in enumerate(cases):
        found = landmarker.track(pixels, i * 1000 / 30)
        wrong[case["name"]] = wrong_landmarks(found, case["faces"][mesh])
        ids.append({face.id for face in found})
    assert {name: error for name, error in wrong.items() if error} == {}
    assert_ids_stay(ids)


def assert_ids_stay(ids: list[set[int]]) -> None:
    """A face that comes back is a new one; each id lasts without a gap, and the other faces' through all frames."""
    first, away, last = ids[0], ids[len(ids) * 2 // 3], ids[-1]
    assert len(away) == len(last) - 1
    assert all(away < frame for frame in (first, last))
    assert first & last == away
    for id in set.union(*ids):
        seen = [i for i, frame in enumerate(ids) if id in frame]
        assert len(seen) == seen[-1] - seen[0] + 1


def test_the_vectors_hold_every_kind_of_frame() -> None:
    cases = golden("pipeline_stills")["cases"]
    assert {len(case["detections"]["short"]) for case in cases} >= {0, 1, 2, 3, 4, 6}
    assert {len(case["faces"]["mesh 4"]) for case in cases} == {0, 1, 2, 3, 4}
    assert len({(case["frame"]["width"], case["frame"]["height"]) for case in cases}) >= 6
    points = np.array([list(face.values()) for case in cases for face in case["faces"]["mesh 4"]])
    assert points[..., :2].min() < 0
    assert points[..., :2].max() > 1
    for video in ("one face", "three faces"):
        counts = [len(c["faces"]["mesh"]) for c in golden("pipeline_videos")["cases"] if c["video"] == video]
        assert len(counts) == 100
        assert counts[0] == counts[-1] == max(counts)
        assert min(counts) == counts[0] - 1


@pytest.mark.parametrize("name", PIPELINES)
def test_the_files_say_what_made_them(name: str) -> None:
    document = golden(name)
    assert list(document) == ["what", "made_by", "tolerance", "cases"]
    assert document["made_by"]["mediapipe"] == "0.10.21"
    assert {model["file"] for model in document["made_by"]["models"]} >= {
        "face_detection_short_range.tflite",
        "face_landmark.tflite",
        "face_landmark_with_attention.tflite",
    }
    assert "NaN" not in repr(document)


@pytest.fixture
def still(stills: list[tuple[Case, np.ndarray]]) -> tuple[Case, np.ndarray]:
    return next((case, pixels) for case, pixels in stills if case["faces"]["mesh 1"])


def shifted(faces: list[Face], pixels: float) -> Iterator[Face]:
    for face in faces:
        assert face.landmarks is not None
        assert face.region is not None
        moved = face.landmarks + np.float32(pixels * face.region.size[0] / SIDE / face.frame_size[0]) * np.eye(3)[0]
        yield replace(face, landmarks=moved)


def test_a_difference_is_seen(still: tuple[Case, np.ndarray]) -> None:
    case, pixels = still
    found = FaceLandmarker(backend="litert").detect(pixels)
    assert wrong_landmarks(list(shifted(found, 0.05)), case["faces"]["mesh 1"]) is None
    assert wrong_landmarks(list(shifted(found, 0.15)), case["faces"]["mesh 1"])
    assert wrong_landmarks([], case["faces"]["mesh 1"])
    assert wrong_detections([], case, "short")
    detections = [replace(face, detection=replace(face.detection, score=0.4)) for face in found if face.detection]
    assert wrong_detections(detections, case, "short")


def test_the_full_range_detectors_own_threshold_is_the_graphs(stills: list[tuple[Case, np.ndarray]]) -> None:
    """MediaPipe 0.10.21 takes no notice of its solution's argument for the full range, 0.5, and stays at 0.6."""
    landmarker = FaceLandmarker(max_faces=100, detector="full", mesh=None, backend="litert")
    scores = [face.detection.score for _, p in stills for face in landmarker.detect(p) if face.detection]
    assert min(scores) >= FULL_RANGE_THRESHOLDS.score
