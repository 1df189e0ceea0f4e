"""What Swift draws lies where it belongs: the committed texts against computations of their own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.app_screens.pictures import read_texts
from blazemesh.app_screens.results import TOLERANCE, WHAT, cases
from blazemesh.app_screens.screens import SCREENS, TURNS, Mode
from blazemesh.app_screens.text import Drawing
from runtime.overlay import axis_ends
from tests.blazemesh.app_screens.eyes import drawn_eyes, expected_eyes
from tests.blazemesh.core_vectors.test_files import difference

FOLDER = Path(__file__).parents[2] / "golden" / "overlay"
DRAWINGS = read_texts(FOLDER)
BY_NAME = {screen.name: screen for screen in SCREENS}
MESHED = [screen.name for screen in SCREENS if screen.mode is not Mode.DETECTOR]
OFF = 0.01
"""Of the view's longer side. The networks see each picture a little differently, 0.2 %, and a face that moves is
smoothed, 0.5 %; the smallest mistake in placing a picture, to fit or to forget what is cut off, is 5 %."""


def off(name: str, drawing: Drawing) -> float:
    """How far the drawn eyes are from the real ones, in parts of the view's longer side."""
    drawn, expected = drawn_eyes(drawing), expected_eyes(BY_NAME[name])
    assert drawn.shape == expected.shape
    return float(abs(drawn - expected).max()) / max(drawing.view)


def test_the_results_are_what_the_pipeline_finds() -> None:
    committed: dict[str, Any] = json.loads((FOLDER / "results.json").read_text("ascii"))
    assert (committed["what"], committed["tolerance"]) == (WHAT, TOLERANCE)
    made = list(cases())
    assert [len(case["faces"]) for case in made] == [screen.most_faces for screen in SCREENS]
    wrong = {}
    for case, told in zip(made, committed["screens"], strict=True):
        for kind, most in TOLERANCE.items():
            if (away := difference(parts(case)[kind], parts(told)[kind])) > most:
                wrong[case["name"], kind] = away
        assert {**case, "faces": []} == {**told, "faces": []}
    assert wrong == {}


def parts(case: dict[str, Any]) -> dict[str, Any]:
    """A case's numbers by what they are measured in."""
    detections = [face["detection"] for face in case["faces"]]
    points = [
        (face["landmarks"], each and each["points"]) for face, each in zip(case["faces"], detections, strict=True)
    ]
    return {
        "points": [list(pair) for pair in points],
        "score": [each and each["score"] for each in detections],
        "pose": [face["pose"] for face in case["faces"]],
    }


@pytest.mark.parametrize("name", MESHED)
def test_eyes_are_drawn_where_they_are(name: str) -> None:
    assert off(name, DRAWINGS[name]) < OFF


def test_a_detection_s_keypoints_are_drawn_where_the_eyes_are() -> None:
    """As near as the detector sees them: it looks at 128 pixels of a whole frame."""
    drawing = DRAWINGS["iphone detector"]
    discs = np.concatenate([each.points for each in drawing.commands if each.kind == "point" and each.size == 3.0])
    expected = expected_eyes(BY_NAME["iphone detector"])
    assert abs(discs[:2] - expected).max() < OFF * max(drawing.view)
    assert len(discs) == 6
    assert len(drawing.commands) == 16


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_cut_off_is_what_does_not_fit(name: str) -> None:
    screen = BY_NAME[name]
    width, height = screen.scenes[-1].width, screen.scenes[-1].height
    shares = (screen.view[0] / width, screen.view[1] / height)
    scale = max(shares) if screen.scaling == "fill" else min(shares)
    sides = [(side * scale - of) / 2 for side, of in zip((width, height), screen.view, strict=True)]
    np.testing.assert_allclose(DRAWINGS[name].cut, [*sides, *sides], atol=0.011)
    assert (max(sides) > 40) == (screen.scaling == "fill")


@pytest.mark.parametrize("held", TURNS)
def test_the_front_camera_s_overlay_is_the_back_camera_s_in_a_mirror(held: str) -> None:
    back, front = DRAWINGS[f"iphone {held} back"], DRAWINGS[f"iphone {held} front"]
    flipped = drawn_eyes(back)[::-1] * [-1, 1] + [back.view[0], 0]
    assert abs(drawn_eyes(front) - flipped).max() < OFF * max(back.view)
    assert abs(drawn_eyes(front) - drawn_eyes(back)).max() > 2 * OFF * max(back.view), (
        "a face in the middle says nothing"
    )


def test_a_picture_that_the_view_mirrors_is_the_same_drawing_flipped() -> None:
    plain, mirrored = DRAWINGS["iphone portrait back"], DRAWINGS["iphone mirrored by the view"]
    assert len(plain.commands) == len(mirrored.commands) > 100
    for here, there in zip(plain.commands, mirrored.commands, strict=True):
        assert (here.kind, here.colour, here.size) == (there.kind, there.colour, there.size)
        if here.kind == "line":  # an arrow's head has its sides the other way round
            np.testing.assert_allclose(here.points * [-1, 1] + [plain.view[0], 0], there.points, atol=0.011)


@pytest.mark.parametrize("camera", ["back", "front"])
def test_however_the_device_is_held_the_same_is_drawn_over_the_scene(camera: str) -> None:
    """As long a side is filled, so that a point of the view is as large in the scene."""
    drawn = [DRAWINGS[f"iphone {held} {camera}"] for held in TURNS]
    from_middle = [drawn_eyes(each) - np.array(each.view) / 2 for each in drawn]
    for each in from_middle[1:]:
        assert abs(each - from_middle[0]).max() < OFF * 852
    assert [each.view for each in drawn] == [(393, 852), (393, 852), (852, 393), (852, 393)]


def test_a_tracked_face_has_a_box_around_its_landmarks_and_no_keypoints() -> None:
    drawing = DRAWINGS["ipad tracked"]
    assert [command.kind for command in drawing.commands].count("point") == 1, "of the axes alone"
    box = np.concatenate([each.points for each in drawing.commands if each.size == 1.88])
    oval = drawing.of((255, 255, 255, 255))
    assert len(box) == 8
    # The oval is the mesh's edge, but for a point of a cheek.
    np.testing.assert_allclose(
        [*box.min(axis=0)[:1], *box.max(axis=0)], [oval[:, 0].min(), *oval.max(axis=0)], atol=1.5
    )


@pytest.mark.parametrize("name", [name for name in MESHED if "axes" in BY_NAME[name].layers])
def test_axes_point_to_the_right_and_up_of_the_frame(name: str) -> None:
    drawing, turn = DRAWINGS[name], -1 if BY_NAME[name].mirrored else 1
    arrows = [each.points for each in drawing.commands if each.size == 3.38]
    assert len(arrows) == 3 * BY_NAME[name].most_faces
    for x, y in zip(arrows[::3], arrows[1::3], strict=True):
        assert turn * (x[1] - x[0])[0] > 4 * abs((x[1] - x[0])[1])
        assert (y[0] - y[1])[1] > 4 * abs((y[1] - y[0])[0])


@pytest.mark.parametrize("name", [name for name in MESHED if "axes" in BY_NAME[name].layers])
def test_axes_end_where_the_python_twin_says(name: str) -> None:
    screen, drawing = BY_NAME[name], DRAWINGS[name]
    told = {case["name"]: case for case in json.loads((FOLDER / "results.json").read_text("ascii"))["screens"]}[name]
    size = screen.scenes[-1].width, screen.scenes[-1].height
    ends = [axis_ends(np.array(face["pose"]), size) for face in told["faces"]]
    points = np.concatenate([each[1:] for each in ends if each is not None]) - np.array(size) / 2
    shares = [view / side for view, side in zip(screen.view, size, strict=True)]
    scale = max(shares) if screen.scaling == "fill" else min(shares)
    expected = points * [-scale if screen.mirrored else scale, scale] + np.array(screen.view) / 2
    tips = [each.points[0] for each in drawing.commands if each.kind == "triangle"]
    np.testing.assert_allclose(tips, expected, atol=0.02)


def test_every_size_and_camera_is_there() -> None:
    views = {screen.view for screen in SCREENS}
    assert views == {(393, 852), (852, 393), (1024, 1366), (1366, 1024)}
    assert {int(screen.orientation) for screen in SCREENS} == set(range(1, 9))
    whole = [name for name, each in DRAWINGS.items() if len(each.of((214, 236, 255, 150))) >= 2 * 1322]
    assert whole == ["iphone mesh", "ipad two faces"]
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000
