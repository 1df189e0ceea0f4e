"""The sample app's own models, run on Linux: what they do when settings, cameras and errors come at awkward moments.

The landmarker is the package's, on the small frameworks; the camera writes down what it is told.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facts
from tests.apple_check.rendering import rendered_package
from tests.apple_fakes.driver import build, run_sample
from tests.apple_fakes.recording import record, write_models

LOADED = ["landmarker", "generation 1", "loaded", "well", "no lack"]
MISSING = "A model is missing in this app"
RUN = ["start front", "runs", "stop"]


@pytest.fixture(scope="module")
def outcomes(built: Path, models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By scenario; the full-range detector is missing, and one mesh answers for both."""
    if sys.platform != "linux" or shutil.which("swift") is None:
        pytest.skip("there is no Swift for Linux here; on a Mac the frameworks are Apple's own")
    folder = tmp_path_factory.mktemp("sample")
    with Image.open(facts.path("astronaut.png")) as file:
        picture = np.asarray(file.convert("RGB").crop((64, 0, 400, 256)))
    packages = write_models(record(picture), folder / "packages")
    shutil.copytree(packages / "FaceMesh.mlpackage", packages / "FaceMeshAttention.mlpackage")
    return run_sample(build(rendered_package(built)), packages, folder)


@pytest.mark.parametrize("name", ["overtaken", "overtaken and cancelled"])
def test_the_newest_recipe_wins(name: str, outcomes: dict[str, list[str]]) -> None:
    """The slow recipe's landmarker comes last and changes nothing, whether its task was cancelled or not."""
    assert outcomes[name] == [*LOADED, *LOADED, "0 landmarks"]


def test_a_slider_loads_where_it_comes_to_rest(outcomes: dict[str, list[str]]) -> None:
    assert outcomes["slid"] == ["landmarker", "generation 2", "loaded", "well", "no lack"]


def test_a_model_that_could_not_be_read_is_tried_again(outcomes: dict[str, list[str]]) -> None:
    assert outcomes["tried again"] == ["tryAgain", *LOADED]


def test_a_missing_model_is_said_and_an_older_landmarker_goes_on(outcomes: dict[str, list[str]]) -> None:
    first, second, third = (outcomes["missing"][start : start + 5] for start in (0, 5, 10))
    assert first == ["none", "generation 0", "loaded", MISSING, MISSING]
    assert second == LOADED
    assert third == ["landmarker", "generation 1", "loaded", MISSING, "no lack"]


def test_frames_are_looked_at_by_the_settings_of_the_moment(outcomes: dict[str, list[str]]) -> None:
    """Settings of tracking need no other landmarker; what was found goes with the run."""
    found = ["1 faces", "30 frames/s", "timed", "7 at most", "posed", "cleared", "1 loaded"]
    assert outcomes["followed"] == [*found, *RUN]


def test_a_camera_stops_before_it_starts_again(outcomes: dict[str, list[str]]) -> None:
    """One that was switched away from before its turn came is never started."""
    assert outcomes["switched"] == [*RUN, *RUN]


def test_a_forbidden_camera_offers_the_settings(outcomes: dict[str, list[str]]) -> None:
    assert outcomes["refused"] == ["The camera is not allowed, openSettings", "start front", "stop"]


def test_interruptions_come_and_go_and_failures_stay(outcomes: dict[str, list[str]]) -> None:
    """Both are spoken of at once."""
    said = ["another app uses the camera", "none", "The camera stopped, tryAgain"]
    spoken = ["The camera pauses: another app uses the camera", "The camera stopped"]
    assert outcomes["interrupted"] == [*said, *spoken, *RUN]


def test_a_frame_on_its_way_does_not_hide_that_the_camera_broke(outcomes: dict[str, list[str]]) -> None:
    assert outcomes["broke while looking"] == ["the frame came later", "The camera stopped", "looked at"]


def test_what_is_said_of_a_photo_goes_with_it(outcomes: dict[str, list[str]]) -> None:
    """The one that is shown already is not loaded again, but nothing said of another stays over it; one that comes
    too late changes nothing."""
    good = "good: well, still 1, 1 faces"
    unread, away = "This photo can't be read", "This photo can't be loaded"
    failed = [f"{name}: {said}, still 1, 1 faces" for name, said in (("broken", unread), ("away", away))]
    overtaken = ["loaded", "NASA, public domain", "still 2"]
    assert outcomes["chosen"] == [good, failed[0], good, failed[1], good, *overtaken]


def test_a_hot_device_looks_at_every_second_frame(outcomes: dict[str, list[str]]) -> None:
    """Frames come 30 a second by their times; six of them, 100 apart from the next six."""
    assert outcomes["heated"] == ["fair: 30", "serious: 15", "nominal: 30", "critical: 15"]


def test_what_lasts_is_spoken_of_once(outcomes: dict[str, list[str]]) -> None:
    assert outcomes["spoken"] == ["No face found", "later", "2 faces"]
