"""Resizing of the last two axes, rows and columns.

Bilinear resizing is written as what its definition says: where each result lies on the grid of the input, and a linear
interpolation between the two neighbours there, rows first, then columns. The grids are those of image_resizing.py in
coremltools.
"""

import math
from collections.abc import Callable

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import register

# Far more than any picture has; it keeps a hostile package from asking for a grid that fills the memory.
_LARGEST_AXIS = 2**16

Grid = Callable[[int, int], Array]
"""(input size, output size) → the position of each output on the input's axis, before it is clamped to the input."""


def _align_corners(size: int, wanted: int) -> Array:
    return np.arange(wanted) * ((size - 1) / (wanted - 1) if wanted > 1 else 0.0)


def _align_corners_or_centre(size: int, wanted: int) -> Array:
    return _align_corners(size, wanted) if wanted > 1 else np.array([(size - 1) / 2])


def _half_pixel(size: int, wanted: int) -> Array:
    return (np.arange(wanted) + 0.5) * (size / wanted) - 0.5


def _asymmetric(size: int, wanted: int) -> Array:
    return np.arange(wanted) * (size / wanted)


def _offset_corners(size: int, wanted: int) -> Array:
    return (np.arange(wanted) + 0.5) * (max(1, size - 1) / wanted)


_SAMPLING_MODES: dict[str, Grid] = {
    "STRICT_ALIGN_CORNERS": _align_corners,
    "ALIGN_CORNERS": _align_corners_or_centre,
    "UNALIGN_CORNERS": _half_pixel,
    "DEFAULT": _asymmetric,
    "OFFSET_CORNERS": _offset_corners,
}


@register("resize_bilinear")
def resize_bilinear(
    graph: Graph,
    x: Tensor,
    target_size_height: int = 1,
    target_size_width: int = 1,
    sampling_mode: str = "DEFAULT",
) -> str:
    """Bilinear resizing to a size; the sampling modes are those of `resize_bilinear` in coremltools."""
    if sampling_mode not in _SAMPLING_MODES:
        raise PackageError(f"found the sampling_mode {sampling_mode!r}, expected one of {sorted(_SAMPLING_MODES)}")
    _check_target(x, target_size_height, target_size_width)
    return _bilinear(graph, x, target_size_height, target_size_width, _SAMPLING_MODES[sampling_mode])


@register("upsample_bilinear")
def upsample_bilinear(
    graph: Graph,
    x: Tensor,
    scale_factor_height: float = 1.0,
    scale_factor_width: float = 1.0,
    align_corners: bool = True,
    half_pixel_centers: bool | None = None,
) -> str:
    """Bilinear resizing to ⌊size · factor⌋; the grid follows the sizes, not the factors.

    `half_pixel_centers` is `not align_corners` unless given (iOS 16); TensorFlow, whose modes these are, has no
    half-pixel centres with aligned corners.
    """
    half_pixel = not align_corners if half_pixel_centers is None else half_pixel_centers
    if align_corners and half_pixel:
        raise PackageError("found align_corners together with half_pixel_centers, which has no defined meaning")
    grid = _align_corners if align_corners else _half_pixel if half_pixel else _asymmetric
    rows, columns = _scaled(x, scale_factor_height, scale_factor_width)
    return _bilinear(graph, x, rows, columns, grid)


@register("upsample_nearest_neighbor")
def upsample_nearest_neighbor(
    graph: Graph, x: Tensor, scale_factor_height: float = 1.0, scale_factor_width: float = 1.0
) -> str:
    """Each row and column repeated; factors that aren't whole are refused: MIL doesn't say what is nearest then."""
    rows, columns = _scaled(x, scale_factor_height, scale_factor_width)
    by_rows = _repeat(graph, x, -2, rows, scale_factor_height)
    return _repeat(graph, by_rows, -1, columns, scale_factor_width)


@register("resize_nearest_neighbor")
def resize_nearest_neighbor(graph: Graph, x: Tensor, target_size_height: int, target_size_width: int) -> str:
    """Each row and column repeated; sizes that aren't multiples are refused: MIL doesn't say what is nearest then."""
    _check_target(x, target_size_height, target_size_width)
    by_rows = _repeat(graph, x, -2, target_size_height, target_size_height / x.shape[-2])
    return _repeat(graph, by_rows, -1, target_size_width, target_size_width / x.shape[-1])


def _repeat(graph: Graph, x: Operand, axis: int, wanted: int, factor: float) -> str:
    if factor != int(factor):
        raise PackageError(f"found a scale factor of {factor}, expected a whole number")
    return graph.node("Gather", x, graph.constant(np.arange(wanted) // int(factor)), axis=axis)


def _scaled(x: Tensor, height_factor: float, width_factor: float) -> tuple[int, int]:
    """⌊size · factor⌋ of the last two axes."""
    rows, columns = math.floor(x.shape[-2] * height_factor), math.floor(x.shape[-1] * width_factor)
    _check_target(x, rows, columns)
    return rows, columns


def _check_target(x: Tensor, rows: int, columns: int) -> None:
    if x.rank < 3 or 0 in x.shape or not 1 <= min(rows, columns) <= max(rows, columns) <= _LARGEST_AXIS:
        expected = f"rank 3 or more and sizes from 1 to {_LARGEST_AXIS}"
        raise PackageError(f"found a target of {rows}x{columns} for {x.type}, expected {expected}")


def _bilinear(graph: Graph, x: Tensor, rows: int, columns: int, grid: Grid) -> str:
    by_rows = _interpolate(graph, x, -2, x.shape[-2], grid(x.shape[-2], rows))
    return _interpolate(graph, by_rows, -1, x.shape[-1], grid(x.shape[-1], columns))


def _interpolate(graph: Graph, x: Operand, axis: int, size: int, positions: Array) -> str:
    """Linear interpolation along `axis` (of `size` elements) at `positions`, clamped to the axis."""
    clamped = np.clip(positions, 0, size - 1)
    low = np.floor(clamped).astype(np.int64)
    high = np.minimum(low + 1, size - 1)
    weight = (clamped - low).astype(np.float32).reshape(-1, *[1] * (-1 - axis))
    below = graph.node("Gather", x, graph.constant(low), axis=axis)
    above = graph.node("Gather", x, graph.constant(high), axis=axis)
    step = graph.node("Mul", graph.node("Sub", above, below), graph.constant(weight))
    return graph.node("Add", below, step)
