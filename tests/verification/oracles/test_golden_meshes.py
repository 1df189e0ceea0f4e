"""LiteRT and the facts, against what MediaPipe's own inference and graphs make of the same crops."""

from pathlib import Path

import numpy as np
import pytest

from tests.golden_vectors import golden, largest, original, picture, refined

MODELS = {"mesh": "FaceMesh", "iris": "IrisLandmarks"}


@pytest.mark.parametrize("name", MODELS)
def test_litert_gives_the_tensors_that_mediapipe_gives(models: dict[str, Path], name: str) -> None:
    run, document = original(models, MODELS[name]), golden(name)
    for case in document["cases"]:
        raw = run(picture(case))
        assert raw.keys() == case["tensors"].keys()
        errors = {output: largest(abs(value - case["tensors"][output])) for output, value in raw.items()}
        # Measured: 1.5e-4 px and 2.5e-5 logits (mesh), 4.3e-5 px (iris).
        assert max(errors.values()) <= document["tolerance"]["float32"], (case["name"], errors)


def test_the_table_refines_the_mesh_as_mediapipe_does() -> None:
    seen = [case for case in golden("attention")["cases"] if case["points"] is not None]
    assert len(seen) >= 12
    for case in seen:
        # Both sides are rounded decimals: half a step of 1e-5 px, and one of 1e-7 of 192 px.
        assert largest(abs(refined(case) - 192 * np.array(case["points"]))) < 3e-5


def test_mediapipe_gives_no_points_below_a_presence_of_one_half() -> None:
    cases = golden("attention")["cases"]
    assert {case["points"] is not None for case in cases} == {True, False}
    assert all((case["points"] is not None) == (case["tensors"]["presence"][0] >= 0) for case in cases)


def test_both_meshes_see_the_same_crops() -> None:
    crops = [[case["sha256"] for case in golden(name)["cases"]] for name in ("mesh", "attention")]
    assert crops[0] == crops[1]
    for plain, attention in zip(golden("mesh")["cases"], golden("attention")["cases"], strict=True):
        if plain["name"].startswith("face"):
            # Two networks, one face: measured 1.3 to 3.2 px; points in another order would lie tens of pixels apart.
            meshes = [np.array(case["tensors"]["landmarks"])[:, :2] for case in (plain, attention)]
            assert np.linalg.norm(meshes[0] - meshes[1], axis=1).mean() < 5
