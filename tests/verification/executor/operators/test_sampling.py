import math
from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]

# Positions are off by a rounding of fp32 at up to 20 pixels, pixels differ by about 2.
TOLERANCE = 1e-5
PADDING = 3.5


def position(value: float, size: int, coordinates_mode: str, align_corners: bool) -> float:
    """A coordinate in pixels, as the docstring of `resample` in coremltools' image_resizing.py says."""
    if coordinates_mode == "unnormalized":
        return value
    share = (value + 1) / 2 if coordinates_mode == "normalized_minus_one_to_one" else value
    return share * (size - 1) if align_corners else share * size - 0.5


def padded(plane: Array, row: int, column: int, mode: str) -> float:
    """A pixel of a plane that goes on in all directions, by the docstring's examples of one axis."""
    rows, columns = plane.shape
    if mode == "constant":
        return float(plane[row, column]) if 0 <= row < rows and 0 <= column < columns else PADDING
    return float(plane[folded(row, rows, mode), folded(column, columns, mode)])


def folded(index: int, size: int, mode: str) -> int:
    axis = list(range(size))
    cycle = {"border": axis, "reflection": axis + axis[-2:0:-1], "symmetric": axis + axis[::-1]}[mode]
    return min(max(index, 0), size - 1) if mode == "border" else cycle[index % len(cycle)]


def bilinear(plane: Array, x: float, y: float, mode: str) -> float:
    row, column = math.floor(y), math.floor(x)
    corners = (
        ((row + i, y - row if i else 1 - y + row), (column + j, x - column if j else 1 - x + column))
        for i in (0, 1)
        for j in (0, 1)
    )
    return sum(padded(plane, r, c, mode) * down * across for (r, down), (c, across) in corners)


@pytest.mark.parametrize("padding_mode", ["constant", "border", "reflection", "symmetric"])
@pytest.mark.parametrize(
    ("coordinates_mode", "align_corners"),
    [
        ("unnormalized", False),
        ("normalized_minus_one_to_one", True),
        ("normalized_minus_one_to_one", False),
        ("normalized_zero_to_one", True),
        ("normalized_zero_to_one", False),
    ],
)
def test_bilinear_resample(
    coordinates_mode: str, align_corners: bool, padding_mode: str, run_one: Run, random: Random
) -> None:
    x = random(2, 3, 4, 5)
    # Inside and up to two sizes outside.
    spread = {"unnormalized": 5.0, "normalized_minus_one_to_one": 2.0, "normalized_zero_to_one": 1.0}[coordinates_mode]
    coordinates = random(2, 3, 2, 2) * np.float32(spread)
    result = run_one(
        lambda x, coordinates: mb.resample(
            x=x,
            coordinates=coordinates,
            sampling_mode="bilinear",
            padding_mode=padding_mode,
            padding_value=PADDING,
            coordinates_mode=coordinates_mode,
            align_corners=align_corners,
        ),
        {"x": x, "coordinates": coordinates},
        "resample",
    )
    assert result.shape == (2, 3, 3, 2)
    for n, channel, i, j in np.ndindex(result.shape):
        across, down = (
            position(float(value), size, coordinates_mode, align_corners)
            for value, size in zip(coordinates[n, i, j], (5, 4), strict=True)
        )
        expected = bilinear(x[n, channel], across, down, padding_mode)
        assert math.isclose(result[n, channel, i, j], expected, rel_tol=0, abs_tol=TOLERANCE)


@pytest.mark.parametrize("padding_mode", ["constant", "border", "reflection", "symmetric"])
def test_nearest_resample(padding_mode: str, run_one: Run, random: Random) -> None:
    x = random(1, 2, 3, 4)
    # No halves: which pixel is nearest there depends on what rounds to even before or after the folding.
    points = [(-2.4, 0.2), (1.7, 1.3), (4.2, 3.4), (-0.3, -0.7), (2.9, 5.8), (7.1, -3.2)]
    coordinates = np.array(points, np.float32).reshape(1, 2, 3, 2)
    result = run_one(
        lambda x, coordinates: mb.resample(
            x=x,
            coordinates=coordinates,
            sampling_mode="nearest",
            padding_mode=padding_mode,
            padding_value=PADDING,
            coordinates_mode="unnormalized",
            align_corners=False,
        ),
        {"x": x, "coordinates": coordinates},
        "resample",
    )
    for channel in range(2):
        expected = [padded(x[0, channel], round(down), round(across), padding_mode) for across, down in points]
        assert result[0, channel].ravel().tolist() == [np.float32(value) for value in expected]


@pytest.mark.parametrize("matrices", [1, 2])
def test_affine(matrices: int, run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 3, 4, 5), "matrix": random(matrices, 6)}
    result = run_one(
        lambda x, matrix: mb.affine(
            x=x,
            transform_matrix=matrix,
            output_height=3,
            output_width=6,
            sampling_mode="bilinear",
            padding_mode="constant",
            padding_value=0.0,
            coordinates_mode="normalized_minus_one_to_one",
            align_corners=True,
        ),
        inputs,
        "affine",
    )
    assert result.shape == (2, 3, 3, 6)
    for n, channel, i, j in np.ndindex(result.shape):
        a0, a1, a2, b0, b1, b2 = inputs["matrix"][n % matrices].astype(np.float64)
        across, down = -1 + 2 * j / 5, -1 + 2 * i / 2
        point = (a0 * across + a1 * down + a2 + 1) / 2 * 4, (b0 * across + b1 * down + b2 + 1) / 2 * 3
        # Zeros around.
        outside = np.pad(inputs["x"][n, channel], 50)
        expected = bilinear(outside, point[0] + 50, point[1] + 50, "border")
        assert math.isclose(result[n, channel, i, j], expected, rel_tol=0, abs_tol=TOLERANCE)


def test_an_affine_picture_of_one_row_is_refused(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="expected 2 or more rows"):
        run_one(
            lambda x, matrix: mb.affine(
                x=x,
                transform_matrix=matrix,
                output_height=1,
                output_width=6,
                sampling_mode="bilinear",
                padding_mode="constant",
                padding_value=0.0,
                coordinates_mode="normalized_minus_one_to_one",
                align_corners=True,
            ),
            {"x": random(1, 1, 4, 5), "matrix": random(1, 6)},
        )
