"""Frames that no camera gives, and faces at the edge, through the real networks."""

import numpy as np
import pytest
from numpy.typing import NDArray

from blazemesh import FaceLandmarker, FrameError
from blazemesh.pictures import astronaut
from runtime.faces import Face

PHOTOGRAPH = astronaut().pixels


@pytest.fixture(scope="module")
def credulous() -> FaceLandmarker:
    """Takes whatever the networks say for a face."""
    return FaceLandmarker(2, "full", "attention", geometry=True, min_detection_confidence=0.0, min_presence=0.0)


@pytest.fixture(scope="module")
def usual() -> FaceLandmarker:
    return FaceLandmarker(geometry=True)


def landmarks_of(faces: list[Face]) -> NDArray[np.float64]:
    """Of the one face there should be, in pixels."""
    assert len(faces) == 1
    landmarks = faces[0].landmarks_in_pixels
    assert landmarks is not None
    return landmarks


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (2, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_the_smallest_and_the_longest_frames_are_frames(
    credulous: FaceLandmarker, usual: FaceLandmarker, shape: tuple[int, int], level: int
) -> None:
    frame = np.full((*shape, 3), level, np.uint8)
    assert usual.detect(frame) == usual.track(frame, 0) == []
    for faces in (credulous.detect(frame), *(credulous.track(frame, 33 * index) for index in range(3))):
        assert len(faces) == 2
        for face in faces:
            assert face.landmarks is not None
            assert face.landmarks.shape == (478, 3)
            assert np.isfinite(face.landmarks).all()
            assert face.pose is not None
            assert np.isfinite(face.pose).all()


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 4, 3), (4, 0), (0,)])
def test_a_frame_without_pixels_is_one_clear_error(usual: FaceLandmarker, shape: tuple[int, ...]) -> None:
    for look in (usual.detect, lambda frame: usual.track(frame, 0)):
        with pytest.raises(FrameError, match=r"^frame of shape \[.*\]; expected \[height, width\]"):
            look(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("axis", [0, 1], ids=["rows", "columns"])
@pytest.mark.parametrize("end", [False, True], ids=["first", "last"])
def test_a_face_at_the_edge_goes_on_beyond_it(usual: FaceLandmarker, axis: int, end: bool) -> None:
    whole = landmarks_of(usual.detect(PHOTOGRAPH))
    low, high = whole[:, axis ^ 1].min(), whole[:, axis ^ 1].max()
    cut = round(high - 0.15 * (high - low)) if end else round(low + 0.15 * (high - low))
    kept = [slice(None), slice(None)]
    kept[axis] = slice(None, cut) if end else slice(cut, None)
    part = PHOTOGRAPH[tuple(kept)]
    found = landmarks_of(usual.detect(part))
    beyond = found[:, axis ^ 1] > part.shape[axis] if end else found[:, axis ^ 1] < 0
    assert beyond.any()
    shift = np.zeros(3)
    shift[axis ^ 1] = 0 if end else cut
    apart = np.linalg.norm((found + shift - whole)[~beyond, :2], axis=1)
    # What is gone is the networks' guess, and the rest gives a little: measured 0.6 to 2.5 px of a face 95 px wide.
    assert apart.mean() < 4


@pytest.mark.parametrize("rows", [slice(150, None), slice(0, 100), slice(120, 140)], ids=["below", "above", "in it"])
def test_what_is_not_a_number_is_black(usual: FaceLandmarker, rows: slice) -> None:
    unknown, black = PHOTOGRAPH / np.float32(255), PHOTOGRAPH.copy()
    unknown[rows], black[rows] = np.nan, 0
    np.testing.assert_array_equal(landmarks_of(usual.detect(unknown)), landmarks_of(usual.detect(black)))
    usual.reset()
    np.testing.assert_array_equal(landmarks_of(usual.track(unknown, 0)), landmarks_of(usual.detect(black)))
