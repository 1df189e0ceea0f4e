from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.verification.conftest import NAMES, PRODUCTS
from verification import cases as module
from verification import pictures
from verification.cases import DEFAULT_CASES, FEWEST_CASES, Case, enough_cases, extreme_cases, make_cases
from verification.executor.dtypes import ValueType
from verification.executor.package import load_program
from verification.executor.program import Feature
from verification.oracles.faces import FaceFinder
from verification.oracles.original import open_original
from verification.pictures import Picture, Pixels, Spot, View, render, sample_bilinear
from verification.provenance import read_source


def feature(kind: str, shape: tuple[int, ...], dtype: str = "float32", color: Any = None) -> Feature:
    return Feature("x", kind, ValueType(dtype, shape), color, False, None, "")  # type: ignore[arg-type]


RGB = feature("image", (1, 3, 48, 64), color="RGB")


def made(
    features: Sequence[Feature], subject: str, pictures: Sequence[Picture], count: int = DEFAULT_CASES
) -> list[Case]:
    return list(make_cases(features, subject, pictures, count))


def shown(case: Case) -> Any:
    return case.inputs["x"]


@pytest.mark.parametrize("subject", module.FACE_VIEWS)
def test_cases_are_the_same_every_time_and_differ_from_each_other(astronaut: Picture, subject: str) -> None:
    first, second = (made([RGB], subject, [astronaut]) for _ in range(2))
    assert [case.name for case in first] == [case.name for case in second]
    assert all(np.array_equal(shown(a), shown(b)) for a, b in zip(first, second, strict=True))
    assert len({shown(case).tobytes() for case in first}) == len(first)


def test_half_are_faces_then_views_then_noise(astronaut: Picture) -> None:
    cases = made([RGB], "face", [astronaut])
    assert len(cases) >= FEWEST_CASES >= 20
    kinds = [case.name.split()[0] for case in cases]
    assert kinds == ["face", "view", "face", "noise"] * 6
    assert [case.face for case in cases] == [kind == "face" for kind in kinds]
    assert all(shown(case).shape == (48, 64, 3) and shown(case).dtype == np.uint8 for case in cases)


def test_every_face_and_picture_has_its_turn(astronaut: Picture) -> None:
    spot = astronaut.spots[0]
    pictures = [
        Picture("two", astronaut.pixels, (spot, spot)),
        *(Picture(str(number), astronaut.pixels, ()) for number in range(9)),
    ]
    assert enough_cases([astronaut]) == DEFAULT_CASES
    assert enough_cases(pictures) == 40
    assert enough_cases([Picture("many", astronaut.pixels, (spot,) * 30)]) == 60
    names = [case.name for case in made([RGB], "any", pictures, enough_cases(pictures))]
    assert {name.split(" of ")[1] for name in names if name.startswith("view")} == {p.name for p in pictures}


def test_without_pictures_all_is_noise() -> None:
    cases = made([RGB], "face", [], 4)
    assert [case.name for case in cases] == ["noise 0", "noise 1", "noise 2", "noise 3"]
    assert not any(case.face for case in cases)
    values = np.concatenate([shown(case).ravel() for case in cases])
    assert np.bincount(values, minlength=256).min() > 0  # every value, so no scale or channel goes unseen


def test_without_faces_no_case_is_one(astronaut: Picture) -> None:
    assert not any(case.face for case in made([RGB], "eye", [Picture("x", astronaut.pixels, ())]))


def test_the_original_detector_sees_the_face_in_each_case(models: dict[str, Path], astronaut: Picture) -> None:
    finder = FaceFinder(models["BlazeFaceShortRange"].read_bytes())
    square = feature("image", (1, 3, 128, 128), color="RGB")
    faces = [case for case in made([square], "frame", [astronaut]) if case.face]
    assert len(faces) == 12
    assert all(finder.find(shown(case)) for case in faces)
    upside_down = Picture("upside down", astronaut.pixels[::-1], astronaut.spots)
    assert not all(finder.find(shown(case)) for case in made([square], "frame", [upside_down]) if case.face)


@pytest.mark.parametrize("name", [name for name in NAMES if PRODUCTS[name] == name])
def test_the_originals_answers_lie_well_inside_of_their_crops(
    built: Path, models: dict[str, Path], astronaut: Picture, name: str
) -> None:
    """That the mesh and the iris networks are shown what they are made for: their points fall on the crop."""
    program = load_program(built / f"{name}.mlpackage")
    source = read_source(name, program.metadata.user_defined)
    original = open_original(models[name].read_bytes(), name)
    (taken,) = source.inputs
    scale = (taken.high - taken.low) / 255
    pictures = [feature for feature in program.inputs if feature.kind == "image"]
    for case in make_cases(pictures, source.subject, [astronaut], 12):
        if case.face:
            outputs = original.run(
                {taken.tensor: (case.inputs[taken.name] * np.float32(scale) + np.float32(taken.low))[None]}
            )
            if source.subject == "frame":
                logits = outputs[next(o.tensor for o in source.outputs if o.unit == "logit")]
                assert logits.max() > 0
            else:
                points = outputs[source.outputs[0].tensor].reshape(-1, 3)[:, :2]
                side = program.inputs[0].shape[3]
                assert np.mean((points > 0) & (points < side)) > 0.9


def test_both_eyes_are_shown_as_one_side(astronaut: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    views: list[View] = []

    def noted(picture: Picture, view: View, width: int, height: int) -> Any:
        views.append(view)
        return render(picture, view, width, height)

    monkeypatch.setattr(module, "render", noted)
    faces = [case for case in made([feature("image", (1, 3, 64, 64), color="RGB")], "eye", [astronaut]) if case.face]
    right, left = astronaut.spots[0].eyes
    of_faces = [view for view in views if min(np.hypot(*np.subtract(view.center, eye)) for eye in (right, left)) < 4]
    assert len(of_faces) >= len(faces)
    for view in of_faces:
        nearer_to_left = np.hypot(*np.subtract(view.center, left)) < np.hypot(*np.subtract(view.center, right))
        assert view.mirrored == nearer_to_left
    assert {view.mirrored for view in of_faces} == {True, False}


def test_a_tensor_input_takes_the_picture_as_0_to_1(astronaut: Picture) -> None:
    picture, tensor = feature("image", (1, 3, 32, 32), color="RGB"), feature("tensor", (1, 32, 32, 3))
    for case, same in zip(made([picture], "any", [astronaut]), made([tensor], "any", [astronaut]), strict=True):
        np.testing.assert_array_equal(shown(same), (shown(case)[None] / np.float32(255)).astype(np.float32))
        assert shown(same).dtype == np.float32


@pytest.mark.parametrize(
    ("given", "shape"),
    [(feature("image", (1, 1, 8, 9), color="GRAYSCALE"), (8, 9)), (feature("tensor", (1, 8, 9, 1)), (1, 8, 9, 1))],
)
def test_a_grey_input_takes_a_grey_picture(astronaut: Picture, given: Feature, shape: tuple[int, ...]) -> None:
    assert {shown(case).shape for case in made([given], "any", [astronaut])} == {shape}


@pytest.mark.parametrize("shape", [(7,), (1, 4), (1, 3, 5, 7, 3), (2, 8, 8, 3), ()])
def test_other_tensors_take_numbers_between_minus_1_and_1(astronaut: Picture, shape: tuple[int, ...]) -> None:
    values = [shown(case) for case in made([feature("tensor", shape)], "any", [astronaut])]
    assert all(value.shape == shape and value.dtype == np.float32 for value in values)
    assert min(value.min() for value in values) < -0.5 < 0.5 < max(value.max() for value in values)


def test_whole_numbers_are_0_or_1(astronaut: Picture) -> None:
    values = [shown(case) for case in made([feature("tensor", (5,), "int32")], "any", [astronaut])]
    assert {value.dtype.name for value in values} == {"int32"}
    assert set(np.concatenate(values).tolist()) == {0, 1}


def test_pictures_are_given_as_pil_images(astronaut: Picture) -> None:
    tensor = Feature("t", "tensor", ValueType("float32", (2,)), None, False, None, "")
    (case,) = made([RGB, tensor], "any", [astronaut], 1)
    given = case.as_prediction_input([RGB, tensor])
    assert isinstance(given["x"], Image.Image)
    assert (given["x"].mode, given["x"].size) == ("RGB", (64, 48))
    assert given["t"] is case.inputs["t"]


def test_the_extreme_frames(astronaut: Picture) -> None:
    black, white, barred = extreme_cases([RGB], astronaut)
    assert (black.name, white.name, barred.name) == ("black", "white", "pillarboxed")
    assert shown(black).max() == 0
    assert shown(white).min() == 255
    pixels = shown(barred)
    assert pixels[:, :12].max() == pixels[:, -12:].max() == 0
    assert pixels[:, 13:51].any(axis=(0, 2)).all()
    assert not any(case.face for case in (black, white, barred))


def test_a_face_that_fills_a_photograph_is_rendered_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def bounded(pixels: Pixels, x: Any, y: Any) -> Any:
        assert x.size <= pictures.MOST_SAMPLES
        return sample_bilinear(pixels, x, y)

    spot = Spot((250.0, 250.0), 450.0, ((150.0, 200.0), (350.0, 200.0)))
    photograph = Picture("selfie", np.full((500, 500, 3), 9, np.uint8), (spot,))
    monkeypatch.setattr(pictures, "sample_bilinear", bounded)
    (case,) = made([feature("image", (1, 3, 16, 16), color="RGB")], "frame", [photograph], 1)
    assert (shown(case) == 9).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 6, 7])
def test_more_channels_than_three_are_a_stack_of_pictures(astronaut: Picture, channels: int) -> None:
    first, wide = (made([feature("tensor", (1, 32, 40, c))], "any", [astronaut], 4) for c in (3, channels))
    for photograph, case in zip(first, wide, strict=True):
        values = shown(case)
        assert values.shape == (1, 32, 40, channels)
        assert 0 <= values.min() < values.max() <= 1
        for channel in range(channels if channels > 1 else 0):
            original = shown(photograph)[..., channel % 3]
            expected = original if channel // 3 % 2 == 0 else original[:, :, ::-1]
            assert np.array_equal(values[..., channel], expected)


def test_a_networks_features_are_no_pictures(astronaut: Picture) -> None:
    (case,) = made([feature("tensor", (1, 8, 8, 96))], "any", [astronaut], 1)
    assert shown(case).min() < -0.5


def test_a_second_picture_is_the_first_mirrored(astronaut: Picture) -> None:
    both = [replace(RGB, name=name) for name in ("left", "right")]
    for case in [*made(both, "any", [astronaut], 4), *extreme_cases(both, astronaut)]:
        if not case.name.startswith("noise"):
            assert np.array_equal(case.inputs["left"], case.inputs["right"][:, ::-1])
        case.as_prediction_input(both)
    face = made(both, "any", [astronaut], 1)[0]
    assert not np.array_equal(face.inputs["left"], face.inputs["right"])
