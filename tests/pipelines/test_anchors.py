import numpy as np
import pytest

from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe


def slow_centers(recipe: AnchorRecipe) -> list[tuple[float, float]]:
    """By definition: for each run of equal strides, each cell in turn, as many anchors as the run's layers give it."""
    centers: list[tuple[float, float]] = []
    layer = 0
    while layer < len(recipe.strides):
        run = layer
        while run < len(recipe.strides) and recipe.strides[run] == recipe.strides[layer]:
            run += 1
        cells = recipe.input_side // recipe.strides[layer]
        for row in range(cells):
            for column in range(cells):
                for _ in range((run - layer) * recipe.anchors_per_layer):
                    centers.append(((column + 0.5) / cells, (row + 0.5) / cells))
        layer = run
    return centers


@pytest.mark.parametrize(("recipe", "count"), [(SHORT_RANGE, 896), (FULL_RANGE, 2304)])
def test_anchors_are_those_of_the_definition(recipe: AnchorRecipe, count: int) -> None:
    centers = recipe.centers()
    assert centers.dtype == np.float32
    assert centers.shape == (count, 2)
    np.testing.assert_allclose(centers, slow_centers(recipe), rtol=1e-7)


def test_short_range_has_two_grids() -> None:
    centers = SHORT_RANGE.centers()
    np.testing.assert_array_equal(centers[:3], [[1 / 32, 1 / 32], [1 / 32, 1 / 32], [3 / 32, 1 / 32]])
    np.testing.assert_array_equal(centers[512:518], [[1 / 16, 1 / 16]] * 6)
    np.testing.assert_array_equal(centers[-1], [15 / 16, 15 / 16])


def test_only_neighbouring_layers_share_a_grid() -> None:
    recipe = AnchorRecipe(input_side=8, strides=(4, 8, 4), anchors_per_layer=1)
    np.testing.assert_allclose(recipe.centers(), slow_centers(recipe))
    assert len(recipe.centers()) == 4 + 1 + 4
