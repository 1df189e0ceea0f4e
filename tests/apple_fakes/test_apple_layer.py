"""The unchanged Apple layer finds the faces that the Python runtime finds, whatever memory looks like.

Core ML answers with recorded tensors here, and Core Image is our reading of its documentation: what is judged is what
lies between: orientation, crops, strides, names, thresholds, errors.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from blazemesh.manifest import package_digest
from tests.apple_check.rendering import rendered_package
from tests.apple_fakes.driver import Case, Outcome, build, run
from tests.apple_fakes.recording import Recording, record, write_models

ORIENTATIONS = range(1, 9)
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How an upright picture is stored under Exif's eight orientations."""

ROUNDING = 2e-6
"""Shares of the frame: both compute in float32, in another order; its last digit is 1.2e-7 at 1, and z is doubled."""


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    """The astronaut, broader than high: what is letterboxed is not square."""
    with Image.open(facts.path("astronaut.png")) as file:
        return np.asarray(file.convert("RGB").crop((64, 0, 400, 256)))


@pytest.fixture(scope="module")
def found(picture: NDArray[np.uint8], models: dict[str, Path]) -> Recording:
    return record(picture)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("driver")


@pytest.fixture(scope="module")
def kept(folder: Path) -> Path:
    """Where the driver keeps what is compiled."""
    return folder / "cache" / "BlazeMesh"


@pytest.fixture(scope="module")
def outcomes(picture: NDArray[np.uint8], found: Recording, built: Path, folder: Path) -> dict[str, Outcome]:
    if sys.platform != "linux" or shutil.which("swift") is None:
        pytest.skip("there is no Swift for Linux here; on a Mac the frameworks are Apple's own")
    return run(build(rendered_package(built)), list(_cases(picture, found, folder)), folder)


def _cases(picture: NDArray[np.uint8], found: Recording, folder: Path) -> Iterator[Case]:
    plain = write_models(found, folder / "plain")
    for orientation in ORIENTATIONS:
        yield _case(f"picture{orientation}", "picture", picture, orientation, plain, folder)
    yield _case("frame6", "frame", picture, 6, plain, folder)
    yield _case("tracked", "tracked", picture, 1, plain, folder)
    for kind in ("vision", "features", "detections", "proposals", "wrong form"):
        yield _case(kind, kind, picture, 1, plain, folder)
    for name, hides in (("padded", False), ("hidden", True)):
        models = write_models(found, folder / name, padding=5, hides=hides)
        yield _case(name, "picture", picture, 1, models, folder)
        yield _case(f"features {name}", "features", picture, 1, models, folder)
    for lack in ("presence", "confidence"):
        yield _case(f"no {lack}", "picture", picture, 1, write_models(found, folder / lack, lack=lack), folder)
    yield _case("no model", "picture", picture, 1, folder / "nowhere", folder)


def _case(name: str, kind: str, upright: NDArray[np.uint8], orientation: int, models: Path, folder: Path) -> Case:
    stored = np.ascontiguousarray(STORED[orientation](upright))
    path = folder / f"{name}.rgb"
    path.write_bytes(stored.tobytes())
    return Case(name, str(path), stored.shape[1], stored.shape[0], orientation, str(models), kind)


SAME = [*(f"picture{orientation}" for orientation in ORIENTATIONS), "frame6", "padded", "hidden"]


@pytest.mark.parametrize("name", SAME)
def test_faces_are_those_of_the_python_runtime(name: str, outcomes: dict[str, Outcome], found: Recording) -> None:
    outcome = outcomes[name]
    assert outcome.error is None
    assert len(outcome.faces) == len(found.faces) == 1
    (face,), (expected,) = outcome.faces, found.faces
    assert expected.detection is not None
    assert expected.landmarks is not None
    assert face["score"] == pytest.approx(expected.detection.score, abs=1e-7)
    assert face["presence"] == pytest.approx(expected.presence, abs=1e-7)
    points = np.array([*face["box"], *face["keypoints"]]).reshape(8, 2)
    np.testing.assert_allclose(points, expected.detection.points, atol=ROUNDING)
    np.testing.assert_allclose(np.array(face["landmarks"]).reshape(-1, 3), expected.landmarks, atol=ROUNDING)


@pytest.mark.parametrize("name", SAME)
def test_networks_see_what_they_see_in_python(name: str, outcomes: dict[str, Outcome], found: Recording) -> None:
    """Crops sample the same places, but Python's to 1/32 pixel, as OpenCV does: 1/64 of an edge of 255 levels is 4."""
    crops = outcomes[name].crops
    assert [model.partition("-")[0] for model, _ in crops] == ["BlazeFaceShortRange", "FaceMesh"]
    for (_, crop), expected in zip(crops, (found.detector.crops[-1], found.mesh.crops[-1]), strict=True):
        difference = np.abs(crop.astype(int) - expected.astype(int))
        assert difference.mean() <= 0.2
        assert difference.max() <= 4


@pytest.mark.parametrize("name", ["detections", "proposals"])
def test_a_detector_alone_gives_detections(name: str, outcomes: dict[str, Outcome], found: Recording) -> None:
    """Whether the package suppresses by itself or the core does; a lone proposal is its own weighted mean."""
    outcome, (expected,) = outcomes[name], found.faces
    assert outcome.error is None
    (face,) = outcome.faces
    assert expected.detection is not None
    assert face["score"] == pytest.approx(expected.detection.score, abs=1e-6)
    points = np.array([*face["box"], *face["keypoints"]]).reshape(8, 2)
    np.testing.assert_allclose(points, expected.detection.points, atol=ROUNDING)
    assert face["landmarks"] == []
    assert len(outcome.crops) == 1


def test_the_detectors_threshold_is_handed_over(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["picture1"].scalars == [{"scoreThreshold": 0.5}, {}]


@pytest.mark.parametrize(("name", "unused"), [("picture1", set()), ("tracked", {"detector"}), ("detections", {"mesh"})])
def test_the_stages_are_timed_and_add_up(name: str, unused: set[str], outcomes: dict[str, Outcome]) -> None:
    """A stage that had nothing to do took nothing; no other did, and the caller waited for all of it."""
    timings = outcomes[name].timings
    stages = {stage: timings[stage] for stage in ("detector", "crop", "mesh", "core")}
    assert {stage for stage, seconds in stages.items() if seconds == 0} == unused
    assert min(stages.values()) >= 0
    assert sum(stages.values()) == pytest.approx(timings["total"], rel=1e-9)
    assert 0 < timings["total"] <= timings["waited"]


def test_packages_are_compiled_once(outcomes: dict[str, Outcome]) -> None:
    """The detector and the mesh; another content is another model."""
    compilations = {name: outcome.compilations for name, outcome in outcomes.items()}
    assert compilations["picture1"] == 2
    assert all(compilations[f"picture{orientation}"] == 0 for orientation in ORIENTATIONS if orientation > 1)
    assert (compilations["vision"], compilations["features"]) == (1, 0)
    assert compilations["padded"] == compilations["hidden"] == 2


def test_what_older_packages_were_compiled_to_goes(outcomes: dict[str, Outcome], kept: Path) -> None:
    names = [path.name.partition("-")[0] for path in kept.iterdir()]
    assert sorted(names) == [
        "BlazeFaceShortRange",
        "BlazeFaceShortRangeProposals",
        "BlazeFaceShortRangeVision",
        "FaceMesh",
    ]


def test_compiled_models_are_kept_under_the_manifests_digest(
    outcomes: dict[str, Outcome], found: Recording, tmp_path: Path
) -> None:
    models = write_models(found, tmp_path / "plain")
    for name, _ in outcomes["picture1"].crops:
        model = name.partition("-")[0]
        assert name == f"{model}-{package_digest(models / f'{model}.mlpackage')[0]}"


@pytest.mark.parametrize("name", ["vision", "features", "features padded", "features hidden"])
def test_vision_finds_the_same_boxes(name: str, outcomes: dict[str, Outcome], found: Recording) -> None:
    """Where Vision recognises objects there are boxes alone; else the package's own outputs are read."""
    outcome = outcomes[name]
    assert outcome.error is None
    (face,), (expected,) = outcome.faces, found.faces
    assert expected.detection is not None
    assert face["score"] == pytest.approx(expected.detection.score, abs=1e-7)
    np.testing.assert_allclose(face["box"], expected.detection.box, atol=ROUNDING)
    if name == "vision":
        assert face["keypoints"] == []
    else:
        np.testing.assert_allclose(face["keypoints"], expected.detection.keypoints.reshape(-1), atol=ROUNDING)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no presence", "FaceMesh gives no array as presence"),
        ("no confidence", "BlazeFaceShortRange gives no array as confidence"),
        ("wrong form", "BlazeFaceShortRangeVision gives faces for Vision; expected faces or proposals"),
        ("no model", "Core ML can't load BlazeFaceShortRange ("),
    ],
)
def test_errors_say_what_is_wrong(name: str, said: str, outcomes: dict[str, Outcome]) -> None:
    error = outcomes[name].error
    assert error is not None
    assert error.startswith(said)
    assert "\n" not in error
