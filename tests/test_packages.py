"""What the nine saved packages answer, whoever executes them: against MediaPipe's results, and on frames of nothing.

On a Mac the same tests ask Core ML, on the CPU; elsewhere those are skipped. With BLAZEMESH_UNITS set they ask Core ML
alone, on the compute units that it names.
"""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blazemesh.catalog import load_catalog
from blazemesh.manifest import read_manifest
from blazemesh.pictures import astronaut
from pipelines.decoding import decode
from pipelines.detections import Detections
from pipelines.detector import DETECTORS as SOURCES
from pipelines.suppression import Thresholds, suppress
from tests.core_ml_units import UNITS, asked_units
from tests.golden_vectors import Case, error, expected, golden, largest, original, picture, refined
from verification.engines import Predictor, core_ml
from verification.executor.reference import ReferenceModel
from verification.limits import Arithmetic

SLOTS = 16
NAMES = [product.name for product in load_catalog().products]
DETECTORS = {"detector_short": "BlazeFaceShortRange", "detector_full": "BlazeFaceFullRange"}
MESHES = {"mesh": "FaceMesh", "attention": "FaceMeshAttention", "iris": "IrisLandmarks"}
SIDES = {"mesh": 192, "attention": 192, "iris": 64}

needs_core_ml = pytest.mark.skipif(
    sys.platform != "darwin", reason="Core ML's predict runs on macOS alone; elsewhere the reference executes packages"
)
engines = pytest.mark.parametrize(
    "engine",
    [pytest.param(units, marks=needs_core_ml) for units in asked_units()]
    or ["float32", "float16", pytest.param("CPU_ONLY", marks=needs_core_ml)],
)
"""The reference in both arithmetics, and Core ML's compute units, whose arithmetic is the packages' own, float16."""

Open = Callable[[str, str], Predictor]
Arrays = dict[str, NDArray[Any]]


@pytest.fixture(scope="session")
def opened(built: Path) -> Open:
    """`opened(name, engine)`: a package ready to predict, loaded once."""

    @cache
    def open_package(name: str, engine: str) -> Predictor:
        package = built / f"{name}.mlpackage"
        if engine in UNITS:
            return core_ml(package, engine)
        return ReferenceModel(package, cast(Arithmetic, engine))

    return open_package


def arithmetic(engine: str) -> str:
    return "float32" if engine == "float32" else "float16"


@cache
def frames(name: str) -> list[Image.Image]:
    """The pictures of a file of golden vectors."""
    return [Image.fromarray(picture(case)) for case in golden(name)["cases"]]


def answers(model: Predictor, name: str) -> list[tuple[Case, Arrays]]:
    """Each golden case, and what the package answers to its picture."""
    cases = golden(name)["cases"]
    return [(case, dict(model.predict({"image": f}))) for case, f in zip(cases, frames(name), strict=True)]


def by_place(found: Detections, told: Detections) -> Detections:
    """The detections in the order of those `told`, each the nearest by its box's middle."""
    middles = [boxes.reshape(-1, 2, 2).mean(axis=1) for boxes in (told.boxes, found.boxes)]
    distances = np.linalg.norm(middles[0][:, None] - middles[1][None], axis=2)
    return found.take(distances.argmin(axis=1)) if len(found) == len(told) > 0 else found


def misses(found: Detections, case: Case, name: str, engine: str) -> bool:
    """Whether the detections are not MediaPipe's. With float16 rounding close scores may change places."""
    tolerance = golden(name)["tolerance"][arithmetic(engine)]
    if engine != "float32":
        if case["margin"] < 0.01:  # the file's float16_where: rounding may add or drop a candidate
            return False
        found = by_place(found, expected(case))
    return not error(found, case) <= tolerance


@engines
@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_find_what_mediapipe_finds(opened: Open, name: str, engine: str) -> None:
    """Measured: 7.8e-7 in float32; in float16 1.1e-3 where the file says that it counts."""
    missed = []
    for case, found in answers(opened(DETECTORS[name], engine), name):
        count = int(found["count"][0])
        assert (found["landmarks"].shape, found["confidence"].shape) == ((SLOTS, 8, 2), (SLOTS,))
        assert not found["landmarks"][count:].any()
        assert not found["confidence"][count:].any()
        assert (np.diff(found["confidence"]) <= 0).all()
        if misses(Detections(found["landmarks"][:count], found["confidence"][:count]), case, name, engine):
            missed.append(case["name"])
    assert missed == []


@engines
@pytest.mark.parametrize("name", DETECTORS)
def test_vision_gets_the_same_faces_and_their_landmarks_row_by_row(opened: Open, name: str, engine: str) -> None:
    """Row i of `coordinates` is the box of `landmarks[i]`; column 0 of `confidence` is the face's."""
    missed, counts = [], set()
    for case, found in answers(opened(f"{DETECTORS[name]}Vision", engine), name):
        scores, boxes, count = found["confidence"], found["coordinates"], len(found["confidence"])
        landmarks = found["landmarks"]
        assert (scores.shape, boxes.shape, landmarks.shape) == ((count, 80), (count, 4), (SLOTS, 8, 2))
        assert not scores[:, 1:].any()
        # Both follow from the same float32 corners, of which one step is 1.2e-7 between 1 and 2.
        low, high = landmarks[:count, 0], landmarks[:count, 1]
        np.testing.assert_allclose(boxes, np.hstack([(low + high) / 2, high - low]), rtol=0, atol=3e-7)
        assert not landmarks[count:].any()
        counts.add(count)
        if misses(Detections(landmarks[:count], scores[:, 0]), case, name, engine):
            missed.append(case["name"])
    assert missed == []
    assert set(range(12)) <= counts


@engines
@pytest.mark.parametrize("name", DETECTORS)
def test_proposals_hold_every_face(opened: Open, name: str, engine: str) -> None:
    """Around each face that is found some proposal above the threshold lies, no further than its group's spread."""
    for case, found in answers(opened(f"{DETECTORS[name]}Proposals", engine), name):
        told = expected(case)
        assert ((found["scores"] >= 0) & (found["scores"] <= 1)).all()
        for face, score in zip(told.landmarks, told.scores, strict=True):
            best = found["scores"] >= score - 0.02  # what float16 costs a probability at most
            distances = abs(found["landmarks"][best] - face).max(axis=(1, 2))
            # A face's points are its group's mean: its best proposal is of the group, with an overlap of 0.3 or more.
            assert distances.min(initial=1) < 0.5 * np.ptp(face[:2], axis=0).max(), case["name"]


@engines
@pytest.mark.parametrize("name", MESHES)
def test_landmarks_are_mediapipes(opened: Open, name: str, engine: str) -> None:
    """Measured: 2.6e-4 px in float32 (iris, whose weights are rounded: 0.012), 0.23 px in float16."""
    tolerance = golden(name)["tolerance"]
    allowed = tolerance[arithmetic(engine)]
    if name == "iris" and engine == "float32":
        allowed = tolerance["float32, weights rounded"]
    for case, found in answers(opened(MESHES[name], engine), name):
        told = {key: np.array(value) for key, value in case["tensors"].items()}
        if name == "attention":
            told["landmarks"] = refined(case)
            if case["points"] is not None:
                assert largest(abs(192 * (found["landmarks"] - np.array(case["points"])))) <= allowed, case["name"]
        for output, values in found.items():
            if output == "presence":
                probability = 1 / (1 + np.exp(-told["presence"]))
                # The sigmoid's steepest slope in float32; in float16 the limit that verification has for probabilities.
                assert largest(abs(values - probability)) <= min(allowed / 4, 2e-2), case["name"]
            else:
                assert values.shape == told[output].shape
                assert largest(abs(SIDES[name] * values - told[output])) <= allowed, (case["name"], output)


def bare_frames(width: int, height: int) -> dict[str, Image.Image]:
    """Frames on which raw values grow without bound: black, white, noise, a picture between black bars, halves."""
    noise = np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)
    barred = np.array(Image.fromarray(astronaut().pixels).resize((width, height)))
    barred[:, : width // 3] = barred[:, -(width // 3) :] = 0
    halves = np.zeros((height, width, 3), np.uint8)
    halves[:, width // 2 :] = 255
    frames = {"noise": noise, "pillarboxed": barred, "halves": halves}
    plain = {colour: Image.new("RGB", (width, height), colour) for colour in ("black", "white")}
    return plain | {name: Image.fromarray(pixels) for name, pixels in frames.items()}


@engines
@pytest.mark.parametrize("name", NAMES)
def test_every_frame_gives_numbers(opened: Open, built: Path, name: str, engine: str) -> None:
    entry = read_manifest(built).entry(name)
    assert entry is not None
    height, width = entry["inputs"][0]["shape"][2:]
    for kind, frame in bare_frames(width, height).items():
        for output, values in opened(name, engine).predict({"image": frame}).items():
            assert np.isfinite(values).all(), (kind, output)
            if output in ("presence", "confidence", "scores"):
                assert ((values >= 0) & (values <= 1)).all(), (kind, output)
            if kind in ("black", "white", "halves") and output == "count":
                assert values == 0, kind


@engines
@pytest.mark.parametrize("name", DETECTORS)
def test_thresholds_can_be_given_with_a_frame(opened: Open, models: dict[str, Path], name: str, engine: str) -> None:
    """As the twins find on LiteRT's raw outputs with the same thresholds, in frames where faces overlap."""
    detector = SOURCES[DETECTORS[name]]
    network, model = original(models, DETECTORS[name]), opened(DETECTORS[name], engine)
    told = golden(name)["cases"]
    crowds = [case for case in told if case["name"].startswith(("two", "12 on")) and case["margin"] >= 0.01]
    counts: dict[Thresholds, list[int]] = {}
    for thresholds in (detector.thresholds, Thresholds(0.8, 0.3), Thresholds(0.5, 0.7), Thresholds(0.5, 0.01)):
        given = {"scoreThreshold": thresholds.score, "iouThreshold": thresholds.iou}
        inputs = {key: np.array([value], np.float32) for key, value in given.items()}
        for case in crowds:
            pixels = picture(case)
            raw = network(pixels)
            wanted = suppress(decode(raw["regressors"], raw["logits"], detector.anchors), thresholds)
            found = model.predict({"image": Image.fromarray(pixels), **inputs})
            counts.setdefault(thresholds, []).append(int(found["count"][0]))
            if engine == "float32":  # rounding moves scores across other thresholds than the vectors' margin is for
                assert counts[thresholds][-1] == min(len(wanted), SLOTS)
                assert largest(abs(found["landmarks"][: len(wanted)] - wanted.landmarks[:SLOTS])) <= 1e-5
    usual, sure, close, apart = (sum(each) for each in counts.values())
    assert sure < usual < close
    assert apart <= usual


@engines
def test_vision_takes_thresholds_as_numbers(opened: Open, engine: str) -> None:
    model, name = opened("BlazeFaceShortRangeVision", engine), "detector_short"
    case = next(case for case in golden(name)["cases"] if len(case["detections"]) == 7)
    frame = Image.fromarray(picture(case))
    scores = sorted((found["score"] for found in case["detections"]), reverse=True)
    for kept in (7, 4, 1, 0):
        # Halfway between two scores; rounding is told from it only where they are further apart.
        least = 1.0 if kept == 0 else (scores[kept - 1] + (scores[kept] if kept < 7 else 0.5)) / 2
        found = model.predict({"image": frame, "confidenceThreshold": least})
        assert len(found["confidence"]) == len(found["coordinates"]) == kept
        assert found["landmarks"][:7].all()  # the first model's: all faces, those that are kept first
    assert len(model.predict({"image": frame, "iouThreshold": 0.5})["confidence"]) == 7
