"""The demo's wiring, with networks of known answers, and the saved packages where they are built."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from blazemesh import demo, landmarker
from blazemesh.errors import GateError, InputError
from runtime.errors import EngineError
from runtime.warp import warp

CENTER = (0.28125, 0.40625)
"""Where the face of `fakes` is, of the frame's side."""

NOWHERE = Path("/nowhere")
PACKAGES = Path(__file__).parents[2] / "build" / "coreml"


class Fake:
    """A network that gives the same answer to every picture, and keeps the pictures."""

    def __init__(self, **outputs: NDArray[np.float32]) -> None:
        self.outputs = outputs
        self.seen: list[Image.Image] = []

    def predict(self, inputs: Mapping[str, Image.Image]) -> Mapping[str, NDArray[np.float32]]:
        self.seen.append(inputs["image"])
        return self.outputs


def fakes() -> dict[str, Fake]:
    """A face of 1/4 of the side around the picture's middle, its eyes level; a frontal mesh; round irises."""
    rows = [[-16, -16], [16, 16], [-8, -4], [8, -4], [0, 2], [0, 8], [-16, 0], [16, 0]]
    landmarks = np.zeros((16, 8, 2), np.float32)
    landmarks[0] = np.array(CENTER) + np.array(rows) / 128
    vertices = np.array(facts.load("canonical_face")["vertices"], np.float32)
    mesh = np.zeros((478, 3), np.float32)
    mesh[:468] = np.float32(0.5) + vertices * np.array([8, -8, -8], np.float32) / 192
    iris = np.array([[32, 32, 0], [40, 32, 0], [32, 24, 0], [24, 32, 0], [32, 40, 0]], np.float32) / np.float32(64)
    return {
        "BlazeFaceShortRange": Fake(
            landmarks=landmarks, confidence=np.eye(1, 16, dtype=np.float32)[0], count=np.array([1], np.int32)
        ),
        "FaceMeshAttention": Fake(landmarks=mesh, presence=np.array([0.75], np.float32)),
        "IrisLandmarks": Fake(contour=np.full((71, 3), 20 / 64, np.float32), iris=iris),
    }


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    made = fakes()
    for module in (demo, landmarker):
        monkeypatch.setattr(module, "open_package", lambda package, backend: made[package.stem])
    return made


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    with Image.open(facts.path("astronaut.png")) as file:
        return file.convert("RGB")


def test_points_go_back_to_the_picture(networks: dict[str, Fake], astronaut: Image.Image) -> None:
    face = demo.find_face(NOWHERE, astronaut)
    center = np.array(CENTER) * 512  # the picture's side
    np.testing.assert_allclose(face.detections[0, :2], [center - 64, center + 64], atol=1e-3)
    assert face.region.center == pytest.approx(tuple(center), abs=1e-3)
    assert face.region.size == pytest.approx((192, 192), abs=1e-3)
    assert face.region.rotation == pytest.approx(0)
    # The mesh's square is 192 px in the picture as in the network: one pixel is one pixel.
    vertices = np.array(facts.load("canonical_face")["vertices"])
    np.testing.assert_allclose(face.landmarks[:468, :2], center + vertices[:, :2] * [8, -8], atol=1e-3)
    assert face.presence == 0.75


def test_the_second_eye_is_mirrored_and_mirrored_back(networks: dict[str, Fake], astronaut: Image.Image) -> None:
    face = demo.find_face(NOWHERE, astronaut)
    first, second = face.eyes
    # Points left of the crop's middle are left of the first eye's centre, and right of the second's.
    assert first.contour[0, 0] < first.region.center[0]
    assert second.contour[0, 0] > second.region.center[0]
    for eye, (left, right) in zip(face.eyes, ((33, 133), (362, 263)), strict=True):
        middle = (face.landmarks[left, :2] + face.landmarks[right, :2]) / 2
        np.testing.assert_allclose(eye.iris[0, :2], middle, atol=1e-6)
    shown = networks["IrisLandmarks"].seen
    assert [picture.size for picture in shown] == [(64, 64), (64, 64)]
    plain = warp(np.asarray(astronaut), second.region, 64, "replicate")
    np.testing.assert_array_equal(np.asarray(shown[1]), plain[:, ::-1])


def test_each_network_is_shown_a_picture_of_its_size(networks: dict[str, Fake], astronaut: Image.Image) -> None:
    demo.find_face(NOWHERE, astronaut)
    assert [networks[name].seen[0].size for name in networks] == [(128, 128), (192, 192), (64, 64)]


@pytest.mark.parametrize(("suffix", "kind", "most"), [(".png", "PNG", 2_000_000), (".jpg", "JPEG", 500_000)])
def test_the_picture_is_written(networks: dict[str, Fake], tmp_path: Path, suffix: str, kind: str, most: int) -> None:
    output = tmp_path / "new" / f"demo{suffix}"
    result = demo.write_demo(tmp_path, output)
    assert (result.path, result.faces) == (output, 1)
    assert result.presence == 0.75
    assert [file.name for file in output.parent.iterdir()] == [output.name]
    assert output.stat().st_size < most
    with Image.open(output) as picture:
        assert (picture.format, picture.mode) == (kind, "RGB")
        assert picture.width > picture.height > 600


def test_no_face_is_a_failed_gate(networks: dict[str, Fake], tmp_path: Path) -> None:
    networks["BlazeFaceShortRange"].outputs["count"][:] = 0
    with pytest.raises(GateError, match="BlazeFaceShortRange and FaceMeshAttention find no face"):
        demo.write_demo(tmp_path, tmp_path / "demo.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("presence", "said"), [(0.269, "gives the astronaut's face a presence of 0.269"), (np.nan, "no")]
)
def test_a_face_that_the_mesh_model_denies_is_a_failed_gate(
    networks: dict[str, Fake], tmp_path: Path, presence: float, said: str
) -> None:
    networks["FaceMeshAttention"].outputs["presence"][:] = presence
    with pytest.raises(GateError, match=f"FaceMeshAttention .*{said}"):
        demo.write_demo(tmp_path, tmp_path / "demo.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("slots", [1, 64])
def test_a_detector_may_have_any_number_of_slots(networks: dict[str, Fake], astronaut: Image.Image, slots: int) -> None:
    outputs = networks["BlazeFaceShortRange"].outputs
    for name in ("landmarks", "confidence"):
        outputs[name] = np.resize(outputs[name], (slots, *outputs[name].shape[1:]))
    assert demo.find_face(NOWHERE, astronaut).detections.shape == (1, 8, 2)


@pytest.mark.parametrize(
    ("network", "output"),
    [("BlazeFaceShortRange", "landmarks"), ("FaceMeshAttention", "presence"), ("IrisLandmarks", "iris")],
)
def test_a_package_with_other_outputs_is_refused(
    networks: dict[str, Fake], tmp_path: Path, network: str, output: str
) -> None:
    networks[network].outputs[output] = np.zeros((3, 3), np.float32)
    with pytest.raises(
        EngineError, match=rf"^{network} gives .*{output} \[3, 3\].*; expected .*: build the packages again"
    ):
        demo.write_demo(tmp_path, tmp_path / "demo.png")
    del networks[network].outputs[output]
    with pytest.raises(EngineError, match=f"^{network} gives .*; expected .*{output}"):
        demo.write_demo(tmp_path, tmp_path / "demo.png")


def test_a_missing_package_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no package at .*BlazeFaceShortRange\.mlpackage; build the packages first"):
        demo.write_demo(tmp_path, tmp_path / "demo.png")


def test_a_picture_that_cannot_be_written_is_bad_input(networks: dict[str, Fake], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.png or \.jpg"):
        demo.write_demo(tmp_path, tmp_path / "demo.gif")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot"):
        demo.write_demo(tmp_path, tmp_path / "file" / "demo.png")


def test_the_saved_packages_find_the_astronaut(tmp_path: Path, astronaut: Image.Image) -> None:
    networks = (demo.DETECTOR, demo.MESH, demo.IRIS)
    if missing := [name for name in networks if not (PACKAGES / f"{name}.mlpackage").is_dir()]:
        pytest.skip(f"{', '.join(missing)} not built; `make coreml` builds them")
    face = demo.find_face(PACKAGES, astronaut)
    expected = facts.load("astronaut")["face"]
    assert len(face.scores) == 1
    # Packages agree with their source to 5e-4 px of 128, which is 2e-3 px here; the table is rounded to 1e-3.
    np.testing.assert_allclose(face.detections[0, :2].ravel(), expected["box"], atol=4e-3)
    np.testing.assert_allclose(face.detections[0, 2:], expected["keypoints"], atol=4e-3)
    assert face.presence > 0.99
    for eye, corners in zip(face.eyes, ((33, 133), (362, 263)), strict=True):
        # The iris lies inside of its eye, which is 19 px wide.
        assert np.linalg.norm(eye.iris[0, :2] - face.landmarks[list(corners), :2].mean(axis=0)) < 4
