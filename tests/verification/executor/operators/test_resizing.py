from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]

# Interpolation between values of about 1: a few roundings of fp32.
TOLERANCE = 2e-6


def grid_point(index: int, size: int, wanted: int, mode: str) -> float:
    """Where output `index` lies on an input axis: the formulas in image_resizing.py of coremltools (BSD-3-Clause)."""
    if mode == "ALIGN_CORNERS" and wanted == 1:
        return (size - 1) / 2
    if mode in ("ALIGN_CORNERS", "STRICT_ALIGN_CORNERS"):
        point = index * (size - 1) / (wanted - 1) if wanted > 1 else 0.0
    elif mode == "DEFAULT":
        point = index * (size - size / wanted) / (wanted - 1) if wanted > 1 else 0.0
    elif mode == "OFFSET_CORNERS":
        delta = max(1, size - 1) / wanted
        point = 0.5 * delta + index * delta
    else:
        spacing = size / wanted
        point = index * spacing + 0.5 * spacing - 0.5
    return min(size - 1.0, max(0.0, point))


def bilinear(x: Array, height: int, width: int, mode: str) -> Array:
    """Bilinear interpolation by its definition: each result is a sum over all pixels, weighted by their distance."""
    rows, columns = x.shape[-2:]
    result = np.zeros((*x.shape[:-2], height, width))
    for i, j in np.ndindex(height, width):
        by_row = np.maximum(0, 1 - np.abs(np.arange(rows) - grid_point(i, rows, height, mode)))
        by_column = np.maximum(0, 1 - np.abs(np.arange(columns) - grid_point(j, columns, width, mode)))
        result[..., i, j] = (x * np.outer(by_row, by_column)).sum((-2, -1))
    return result


MODES = ["STRICT_ALIGN_CORNERS", "ALIGN_CORNERS", "DEFAULT", "OFFSET_CORNERS", "UNALIGN_CORNERS"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("height", "width"), [(7, 9), (2, 3), (1, 10), (4, 1)])
def test_resize_bilinear(mode: str, height: int, width: int, run_one: Run, random: Random) -> None:
    x = random(2, 1, 4, 5)
    result = run_one(
        lambda x: mb.resize_bilinear(x=x, target_size_height=height, target_size_width=width, sampling_mode=mode),
        {"x": x},
        "resize_bilinear",
    )
    assert np.allclose(result, bilinear(x, height, width, mode), rtol=0, atol=TOLERANCE)


# The examples that the docstring of resize_bilinear gives for an axis of two elements, to its two digits.
DOCUMENTED = [
    ("UNALIGN_CORNERS", [0, 0.1, 0.5, 0.9, 1]),
    ("STRICT_ALIGN_CORNERS", [0, 0.25, 0.5, 0.75, 1]),
    ("ALIGN_CORNERS", [0, 0.25, 0.5, 0.75, 1]),
    ("DEFAULT", [0, 0.4, 0.8, 1, 1]),
    ("OFFSET_CORNERS", [0.1, 0.3, 0.5, 0.7, 0.9]),
    ("UNALIGN_CORNERS", [0, 0, 0.33, 0.67, 1, 1]),
    ("DEFAULT", [0, 0.33, 0.67, 1, 1, 1]),
    ("OFFSET_CORNERS", [0.08, 0.25, 0.42, 0.58, 0.75, 0.92]),
]


@pytest.mark.parametrize(("mode", "expected"), DOCUMENTED)
def test_documented_grids(mode: str, expected: list[float], run_one: Run) -> None:
    # The value of a pixel is its position, so that the result is the grid itself.
    x = np.array([[[0, 1], [0, 1]]], np.float32)
    result = run_one(
        lambda x: mb.resize_bilinear(x=x, target_size_height=2, target_size_width=len(expected), sampling_mode=mode),
        {"x": x},
        "resize_bilinear",
    )
    assert np.allclose(result[0, 0], expected, rtol=0, atol=0.005)


UPSAMPLING: list[tuple[dict[str, Any], str]] = [
    ({}, "ALIGN_CORNERS"),
    ({"align_corners": True, "half_pixel_centers": False}, "ALIGN_CORNERS"),
    ({"align_corners": False}, "UNALIGN_CORNERS"),
    ({"align_corners": False, "half_pixel_centers": True}, "UNALIGN_CORNERS"),
    ({"align_corners": False, "half_pixel_centers": False}, "DEFAULT"),
]


@pytest.mark.parametrize(("options", "mode"), UPSAMPLING)
@pytest.mark.parametrize(("factors", "sizes"), [((2, 3), (6, 15)), ((2.5, 1.7), (7, 8))])
def test_upsample_bilinear(
    options: dict[str, Any],
    mode: str,
    factors: tuple[float, float],
    sizes: tuple[int, int],
    run_one: Run,
    random: Random,
) -> None:
    x = random(1, 2, 3, 5)
    result = run_one(
        lambda x: mb.upsample_bilinear(x=x, scale_factor_height=factors[0], scale_factor_width=factors[1], **options),
        {"x": x},
        "upsample_bilinear",
    )
    # Factors that aren't whole give ⌊size · factor⌋, and the grid follows from that, not from the factor.
    assert np.allclose(result, bilinear(x, *sizes, mode), rtol=0, atol=TOLERANCE)


def test_half_pixel_centres_with_aligned_corners_are_refused(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="align_corners together with half_pixel_centers"):
        run_one(
            lambda x: mb.upsample_bilinear(
                x=x, scale_factor_height=2, scale_factor_width=2, align_corners=True, half_pixel_centers=True
            ),
            {"x": random(1, 2, 3, 3)},
        )


def test_upsample_nearest_neighbor(run_one: Run, random: Random) -> None:
    x = random(2, 3, 4)
    result = run_one(
        lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_height=3, scale_factor_width=2),
        {"x": x},
        "upsample_nearest_neighbor",
    )
    assert result.shape == (2, 9, 8)
    assert all(result[c, i, j] == x[c, i // 3, j // 2] for c, i, j in np.ndindex(2, 9, 8))


def test_resize_nearest_neighbor(run_one: Run, random: Random) -> None:
    x = random(2, 3, 4)
    result = run_one(
        lambda x: mb.resize_nearest_neighbor(x=x, target_size_height=6, target_size_width=12),
        {"x": x},
        "resize_nearest_neighbor",
    )
    assert all(result[c, i, j] == x[c, i // 2, j // 3] for c, i, j in np.ndindex(2, 6, 12))


def test_a_nearest_neighbour_between_pixels_is_refused(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="expected a whole number"):
        run_one(
            lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_height=1.5, scale_factor_width=2.0),
            {"x": random(1, 4, 4)},
        )
