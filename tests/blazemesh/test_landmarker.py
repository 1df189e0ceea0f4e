import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh import FaceLandmarker, InputError
from blazemesh import landmarker as module

HEAVY = ("coremltools", "tensorflow", "torch", "onnx", "onnxruntime", "google.protobuf")
FIND = """
import sys
import numpy as np
from PIL import Image
import facts
from blazemesh import FaceLandmarker
frame = np.asarray(Image.open(facts.path("astronaut.png")).convert("RGB"))
for mesh in (None, "mesh", "attention"):
    assert len(FaceLandmarker(mesh=mesh, backend="litert").track(frame, 0)) == 1
"""


def test_litert_runs_without_what_converts_and_verifies() -> None:
    print_heavy = f"\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", FIND + print_heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"max_faces": 0}, "max_faces is 0; expected a whole number of 1 or more"),
        ({"max_faces": 1.5}, "max_faces is 1.5; expected"),
        ({"max_faces": True}, "max_faces is True; expected"),
        ({"detector": "long"}, "detector is 'long'; expected one of 'short', 'full'"),
        ({"mesh": "iris"}, "mesh is 'iris'; expected one of 'mesh', 'attention', None"),
        ({"mesh": []}, r"mesh is \[\]; expected one of"),
        ({"backend": "gpu"}, "backend is 'gpu'; expected one of 'auto', 'coreml', 'litert', 'reference'"),
        ({"min_detection_confidence": 1.01}, "min_detection_confidence is 1.01; expected a number from 0 to 1"),
        ({"min_presence": float("nan")}, "min_presence is nan; expected"),
        ({"min_presence": "0.5"}, "min_presence is '0.5'; expected"),
        (
            {"backend": "reference", "packages": Path("/nowhere")},
            "no package at /nowhere/BlazeFaceShortRange.mlpackage",
        ),
    ],
)
def test_what_it_does_not_understand_is_one_line(wrong: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        FaceLandmarker(**wrong)


def test_numpys_numbers_and_paths_as_text_are_understood(built: Path) -> None:
    landmarker = FaceLandmarker(
        max_faces=np.int64(2),  # type: ignore[arg-type]
        mesh=None,
        min_presence=np.float32(0.5),  # type: ignore[arg-type]
        backend="reference",
        packages=str(built),
    )
    assert landmarker.detect(np.zeros((8, 8, 3), np.uint8)) == []


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML runs there")
def test_core_ml_is_refused_where_it_is_not(built: Path) -> None:
    with pytest.raises(InputError, match="Core ML runs on macOS"):
        FaceLandmarker(backend="coreml", packages=built)


def test_auto_is_core_ml_on_a_mac_that_has_the_packages(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks = ["BlazeFaceShortRange", "FaceMesh"]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert module._chosen("auto", networks, built) == "coreml"
    assert module._chosen("auto", networks, built / "none") == "litert"
    assert module._chosen("reference", networks, built) == "reference"
    monkeypatch.setattr(sys, "platform", "linux")
    assert module._chosen("auto", networks, built) == "litert"


def test_each_detector_has_mediapipes_threshold() -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    for detector in ("short", "full"):
        assert FaceLandmarker(detector=detector, mesh=None, backend="litert").detect(frame) == []
    everything = FaceLandmarker(max_faces=9999, mesh=None, backend="litert", min_detection_confidence=0.0)
    assert len(everything.detect(frame)) > 1
