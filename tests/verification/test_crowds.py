"""The committed recipes are the ones that this code draws: golden vectors that lag behind it would be noticed here."""

from collections.abc import Callable, Iterator

import pytest

from blazemesh.catalog import load_catalog
from tests.golden_vectors import golden
from verification.crowds import Named, crowds, eyes, faces
from verification.pictures import Picture, Spot

SHORT, FULL, IRIS = (
    load_catalog().model(name).file for name in ("BlazeFaceShortRange", "BlazeFaceFullRange", "IrisLandmarks")
)


@pytest.mark.parametrize(
    ("name", "recipes", "side", "seed"),
    [
        ("detector_short", crowds, 128, SHORT),
        ("detector_full", crowds, 192, FULL),
        ("mesh", faces, 192, "faces"),
        ("attention", faces, 192, "faces"),
        ("iris", eyes, 64, IRIS),
    ],
)
def test_the_vectors_were_made_of_these_recipes(
    astronaut: Picture, name: str, recipes: Callable[[int, Spot, str], Iterator[Named]], side: int, seed: str
) -> None:
    drawn = list(recipes(side, astronaut.spots[0], seed))
    told = [(case["name"], case["frame"]) for case in golden(name)["cases"]]
    assert [names for names, _ in told] == [name for name, _ in drawn]
    for (_, frame), (name, composition) in zip(told, drawn, strict=True):
        assert type(composition).from_json(frame) == composition, name
    assert len({name for name, _ in drawn}) == len(drawn)
