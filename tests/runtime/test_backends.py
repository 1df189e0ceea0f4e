"""The same faces, whoever executes the networks."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from blazemesh import EngineError, FaceLandmarker
from pipelines.anchors import SHORT_RANGE
from pipelines.suppression import SHORT_RANGE_THRESHOLDS
from runtime.backends import PackagedDetector, PackagedMesh
from runtime.litert import LiteRTDetector, LiteRTNetwork, Output, Source
from tests.golden_vectors import golden, picture

CROP = np.zeros((128, 128, 3), np.uint8)


@pytest.mark.parametrize(("detector", "mesh"), [("short", "mesh"), ("full", "attention")])
def test_litert_and_the_saved_packages_see_the_same(built: Path, detector: Any, mesh: Any) -> None:
    case = next(case for case in golden("pipeline_stills")["cases"] if len(case["faces"]["mesh 4"]) == 3)
    opened = [
        FaceLandmarker(max_faces=4, detector=detector, mesh=mesh, backend=backend, packages=built)
        for backend in ("litert", "reference")
    ]
    assert [landmarker.backend for landmarker in opened] == ["litert", "reference"]
    litert, packages = (landmarker.detect(picture(case)) for landmarker in opened)
    assert len(litert) == len(packages) == 3
    for mine, theirs in zip(litert, packages, strict=True):
        assert mine.detection
        assert theirs.detection
        np.testing.assert_allclose(mine.detection.points, theirs.detection.points, atol=1e-4)
        assert mine.presence == pytest.approx(theirs.presence, abs=1e-3)
        assert mine.landmarks is not None
        assert theirs.landmarks is not None
        assert mine.region
        # Regions differ in the sixth digit, so that some pixels of the crop are taken 1/32 of a pixel aside.
        scale = 192 / mine.region.size[0] * np.array(mine.frame_size)
        assert np.abs((mine.landmarks - theirs.landmarks)[:, :2] * scale).max() < 0.1


class Package:
    """Stands for a package that answers `outputs`."""

    def __init__(self, **outputs: NDArray[Any]) -> None:
        self.outputs = outputs

    def predict(self, inputs: Mapping[str, Any], /) -> Mapping[str, NDArray[Any]]:
        self.given = inputs
        return self.outputs


def test_a_packaged_detector_is_given_the_threshold_and_its_slots_are_read() -> None:
    landmarks = np.arange(48, dtype=np.float16).reshape(3, 8, 2)
    package = Package(landmarks=landmarks, confidence=np.array([0.9, 0.8, 0]), count=np.array([2]))
    found = PackagedDetector("Told", package, 128, 0.25).detect(CROP)
    np.testing.assert_array_equal(found.landmarks, landmarks[:2])
    np.testing.assert_array_equal(found.scores, np.array([0.9, 0.8], np.float32))
    assert package.given["image"].size == (128, 128)
    assert package.given["scoreThreshold"] == [0.25]


@pytest.mark.parametrize(
    "outputs",
    [
        {"regressors": np.zeros((896, 16))},
        {"landmarks": np.zeros((16, 7, 2)), "confidence": np.zeros(16), "count": np.zeros(1)},
        {"landmarks": np.zeros((16, 8, 2)), "confidence": np.zeros(3), "count": np.zeros(1)},
    ],
)
def test_another_detectors_package_is_refused(outputs: dict[str, NDArray[Any]]) -> None:
    with pytest.raises(EngineError, match=r"Told gives .*; expected .*: build the packages again"):
        PackagedDetector("Told", Package(**outputs), 128, 0.5).detect(CROP)


def test_another_meshs_package_is_refused() -> None:
    for outputs in ({"landmarks": np.zeros((5, 3)), "presence": np.zeros(1)}, {"contour": np.zeros((71, 3))}):
        with pytest.raises(EngineError, match=r"Told gives"):
            PackagedMesh("Told", Package(**outputs), 192).mesh(CROP)


def test_a_broken_model_is_one_line() -> None:
    for model in (b"", b"no model", b"\x1c\x00\x00\x00TFL3" + bytes(200)):
        with pytest.raises(EngineError, match=r"^broken\.tflite: LiteRT does not run it: .+$"):
            LiteRTNetwork(Source(model, "broken.tflite", (0, 1), ()))


def test_another_model_is_refused(models: dict[str, Path]) -> None:
    source = Source(models["FaceMesh"].read_bytes(), "face.tflite", (0, 1), (Output("regressors", "r", (896, 16)),))
    with pytest.raises(EngineError, match=r"face\.tflite has outputs conv2d_21, conv2d_31; expected regressors"):
        LiteRTDetector(source, SHORT_RANGE, SHORT_RANGE_THRESHOLDS)


def test_two_threads_with_a_landmarker_each_see_what_one_sees() -> None:
    frames = [picture(case) for case in golden("pipeline_videos")["cases"][30:50]]

    def run() -> list[NDArray[np.float32]]:
        landmarker = FaceLandmarker(mesh="attention", backend="litert", smoothing=False)
        found = [landmarker.track(frame, i * 33) for i, frame in enumerate(frames)]
        return [face.landmarks for faces in found for face in faces if face.landmarks is not None]

    alone = run()
    with ThreadPoolExecutor(2) as pool:
        together = [pool.submit(run) for _ in range(2)]
    assert len(alone) > 10
    for one in together:
        np.testing.assert_array_equal(one.result(), alone)
