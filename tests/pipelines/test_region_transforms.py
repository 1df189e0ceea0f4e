"""Held to the definition, number by number, in double precision."""

import math

import numpy as np
import pytest

from pipelines.errors import ShapeError
from pipelines.region_transforms import RegionRecipe, from_region, region_features, region_matrix

RECIPE = RegionRecipe(left=1, right=4, subset=(0, 2, 3, 5, 6), size=(16, 12), scale=(1.5, 1.25), rotation=0.4)
LANDMARKS = np.random.default_rng(1).uniform(0, 48, (8, 3)).astype(np.float32)


def product(*matrices: list[list[float]]) -> np.ndarray:
    result = np.eye(3)
    for matrix in matrices:
        result = result @ np.array(matrix)
    return result


def test_the_matrix_is_the_product_of_its_five_steps() -> None:
    (xl, yl), (xr, yr) = LANDMARKS[1, :2].tolist(), LANDMARKS[4, :2].tolist()
    r = 0.4 - math.atan2(yr - yl, xr - xl)
    cos, sin = math.cos(r), math.sin(r)
    level = [(x * cos - y * sin, x * sin + y * cos) for x, y, _ in LANDMARKS[[0, 2, 3, 5, 6]].tolist()]
    low, high = (tuple(pick(point[axis] for point in level) for axis in (0, 1)) for pick in (min, max))
    width, height, mx, my = high[0] - low[0], high[1] - low[1], (high[0] + low[0]) / 2, (high[1] + low[1]) / 2
    expected = product(
        [[1, 0, mx * cos + my * sin], [0, 1, -mx * sin + my * cos], [0, 0, 1]],
        [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]],
        [[1.5 * width / 16, 0, 0], [0, 1.25 * height / 12, 0], [0, 0, 1]],
        [[1, 0, -8], [0, 1, -6], [0, 0, 1]],
    )
    found = region_matrix(LANDMARKS, RECIPE)
    np.testing.assert_allclose(found[:2][:, [0, 1, 3]], expected[:2], rtol=1e-5, atol=1e-4)
    np.testing.assert_array_equal(found[2:], np.eye(4)[2:])
    np.testing.assert_array_equal(found[:2, 2], 0)


def test_the_middle_of_a_region_is_the_middle_of_its_box() -> None:
    """Without a rotation, with the line level: the box is the picture's own."""
    points = np.array([[10, 10, 0], [30, 10, 0], [10, 26, 0]], np.float32)
    matrix = region_matrix(points, RegionRecipe(0, 1, (0, 1, 2), (16, 8), (2.0, 1.0)))
    corners = np.array([[0, 0], [8, 4], [16, 8]], np.float32)
    np.testing.assert_allclose(from_region(corners, matrix), [[0, 10], [20, 18], [40, 26]], atol=1e-5)


def test_features_are_interpolated_inside_and_0_outside() -> None:
    generator = np.random.default_rng(2)
    picture = generator.standard_normal((9, 7, 2)).astype(np.float32)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:2] = [[0.91, 0.33, 0, -0.77], [-0.41, 1.13, 0, 1.39]]
    found = region_features(picture, matrix, (8, 6))
    assert found.shape == (6, 8, 2)
    outside = 0
    for y in range(6):
        for x in range(8):
            px, py = (float(row[0] * (x + 0.5) + row[1] * (y + 0.5) + row[3] - 0.5) for row in matrix[:2])
            expected = np.zeros(2)
            if 0 <= px <= 6 and 0 <= py <= 8:
                for column in range(7):
                    for row in range(9):
                        weight = max(0, 1 - abs(px - column)) * max(0, 1 - abs(py - row))
                        expected += weight * picture[row, column]
            else:
                outside += 1
            np.testing.assert_allclose(found[y, x], expected, atol=1e-5)
    assert 0 < outside < 48


def test_a_third_coordinate_stays() -> None:
    matrix = region_matrix(LANDMARKS, RECIPE)
    points = np.random.default_rng(3).uniform(0, 16, (5, 3)).astype(np.float32)
    moved = from_region(points, matrix)
    np.testing.assert_array_equal(moved[:, 2], points[:, 2])
    np.testing.assert_array_equal(moved[:, :2], from_region(points[:, :2], matrix))
    expected = points[:, :2].astype(float) @ matrix[:2, :2].T.astype(float) + matrix[:2, 3]
    np.testing.assert_allclose(moved[:, :2], expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(6, 3), (8, 2), (1, 8, 3)])
def test_landmarks_that_the_recipe_does_not_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"expected \[N, 3\] with every point that the recipe names"):
        region_matrix(np.zeros(shape, np.float32), RECIPE)
