"""The twins around the real networks, on the astronaut."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.decoding import decode, sigmoid
from pipelines.detections import Detections
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds, suppress
from runtime.rects import Rect
from runtime.regions import Region, around_eye, whole_frame
from runtime.warp import Border, warp

Network = Callable[[Image.Image], Mapping[str, NDArray[np.float32]]]
Load = Callable[[str], Network]
EYE_CORNERS = [33, 263]
INNER = slice(2, 6)  # eyes, nose and mouth; where hair covers the ears the detectors guess them


def crop_image(picture: Image.Image, region: Region, side: int, border: Border) -> Image.Image:
    return Image.fromarray(warp(np.asarray(picture), region, side, border))


def detect(network: Network, picture: Image.Image, recipe: AnchorRecipe, thresholds: Thresholds) -> Detections:
    """The picture's faces, in its pixels."""
    whole = whole_frame(*picture.size)
    raw = network(crop_image(picture, whole, recipe.input_side, "zero"))
    found = suppress(decode(raw["regressors"], raw["logits"], recipe), thresholds)
    return Detections(whole.to_frame(found.landmarks).astype(np.float32), found.scores)


def mesh(network: Network, picture: Image.Image, points: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mesh of a detected face, in the picture's pixels; its presence is asserted."""
    region = Rect.around_detection((points / picture.size).astype(np.float32), picture.size).region()
    raw = network(crop_image(picture, region, 192, "replicate"))
    assert sigmoid(raw["presence"])[0] > 0.99
    return region.to_frame(raw["landmarks"] / 192)


def test_the_table_says_what_the_detector_finds(network: Load, astronaut: Image.Image) -> None:
    found = detect(network("BlazeFaceShortRange"), astronaut, SHORT_RANGE, SHORT_RANGE_THRESHOLDS)
    face = facts.load("astronaut")["face"]
    assert len(found) == 1
    # LiteRT's kernels differ between machines in the last bits: 1e-4 px of 128 is 4e-4 px here, and the table rounds.
    np.testing.assert_allclose(found.boxes[0], face["box"], atol=2e-3)
    np.testing.assert_allclose(found.landmarks[0, 2:], face["keypoints"], atol=2e-3)
    assert float(found.scores[0]) == pytest.approx(face["score"], abs=1e-4)


def test_both_detectors_see_the_same_face(network: Load, astronaut: Image.Image) -> None:
    short = detect(network("BlazeFaceShortRange"), astronaut, SHORT_RANGE, SHORT_RANGE_THRESHOLDS)
    full = detect(network("BlazeFaceFullRange"), astronaut, FULL_RANGE, FULL_RANGE_THRESHOLDS)
    assert len(full) == 1
    # Two networks, eyes, nose and mouth: measured 5 px of a face 95 px wide; one cell of the full range's grid is 10.7.
    np.testing.assert_allclose(full.landmarks[0, INNER], short.landmarks[0, INNER], atol=6)


@pytest.mark.parametrize("size", [(512, 300), (320, 512)])
def test_letterboxing_keeps_the_face_where_it_is(network: Load, astronaut: Image.Image, size: tuple[int, int]) -> None:
    detector = network("BlazeFaceShortRange")
    whole = detect(detector, astronaut, SHORT_RANGE, SHORT_RANGE_THRESHOLDS)
    part = detect(detector, astronaut.crop((0, 0, *size)), SHORT_RANGE, SHORT_RANGE_THRESHOLDS)
    assert len(part) == 1
    # The same face, moved over the anchors' grid: measured 4.5 px. A letterbox left out moves it by 96 or 106.
    np.testing.assert_allclose(part.landmarks[0, INNER], whole.landmarks[0, INNER], atol=6)


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_turned_face_is_found_turned(network: Load, astronaut: Image.Image, degrees: int) -> None:
    detector, mesher = network("BlazeFaceShortRange"), network("FaceMesh")
    turned = astronaut.rotate(-degrees, Image.Resampling.BICUBIC)  # Pillow counts anticlockwise
    upright, tilted = (
        mesh(mesher, picture, detect(detector, picture, SHORT_RANGE, SHORT_RANGE_THRESHOLDS).landmarks[0])
        for picture in (astronaut, turned)
    )
    angles = [
        math.degrees(math.atan2(*(eyes[1] - eyes[0])[1::-1])) for eyes in (upright[EYE_CORNERS], tilted[EYE_CORNERS])
    ]
    assert angles[1] - angles[0] == pytest.approx(degrees, abs=2)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    expected = (upright[:, :2] - 256) @ np.array([[cos, sin], [-sin, cos]]) + 256
    # Each crop is another picture to the network; measured 0.9 and 0.8 px of a face 95 px wide.
    assert np.linalg.norm(tilted[:, :2] - expected, axis=1).mean() < 1.5


def test_both_irises_lie_in_their_eyes_and_are_alike(network: Load, astronaut: Image.Image) -> None:
    points = detect(network("BlazeFaceShortRange"), astronaut, SHORT_RANGE, SHORT_RANGE_THRESHOLDS).landmarks[0]
    landmarks = mesh(network("FaceMesh"), astronaut, points)
    iris = network("IrisLandmarks")
    radii = []
    for left, right, mirror in ((33, 133, False), (362, 263, True)):
        plain = around_eye(landmarks[left], landmarks[right])
        region = plain.mirrored() if mirror else plain
        raw = iris(crop_image(astronaut, region, 64, "replicate"))
        found, contour = region.to_frame(raw["iris"] / 64), region.to_frame(raw["contour"] / 64)
        # The eye is 19 px wide: its outer and inner corner come first and ninth, and stand for the mesh's own.
        outer, inner = (right, left) if mirror else (left, right)
        assert np.linalg.norm(contour[0, :2] - landmarks[outer, :2]) < 3
        assert np.linalg.norm(contour[8, :2] - landmarks[inner, :2]) < 3
        assert np.linalg.norm(found[0, :2] - (landmarks[left, :2] + landmarks[right, :2]) / 2) < 3
        radii.append(float(np.linalg.norm(found[1:, :2] - found[0, :2], axis=1).mean()))
    # One person's irises are of one size; an eye shown the wrong way round comes out smaller by a tenth and more.
    assert radii[0] == pytest.approx(radii[1], rel=0.08)
