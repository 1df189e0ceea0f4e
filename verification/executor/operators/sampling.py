"""Sampling of pictures at computed positions.

Positions are unnormalised first: pixel i lies at i. What they need then is gathered pixel by pixel, so that nothing
depends on another library's idea of a grid. The four forms in coremltools' tests (test_image_resizing.py, iOS 15) pin
every coordinate, sampling and padding mode once.
"""

from dataclasses import dataclass

import numpy as np

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import register
from verification.executor.operators.tables import expect_table

_COORDINATES = ("unnormalized", "normalized_minus_one_to_one", "normalized_zero_to_one")
_PADDINGS = ("constant", "border", "reflection", "symmetric")


@dataclass(frozen=True)
class _Picture:
    """A picture [n, channels, height, width] and what surrounds it."""

    pixels: Tensor
    padding_mode: str
    padding_value: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[2], self.pixels.shape[3]


@register("resample")
def resample(
    graph: Graph,
    x: Tensor,
    coordinates: Tensor,
    sampling_mode: str,
    padding_mode: str,
    padding_value: float,
    coordinates_mode: str,
    align_corners: bool,
) -> str:
    """x at coordinates [n, height, width, 2], each an (x, y); halves between pixels go to the even one if "nearest"."""
    if coordinates.rank != 4 or coordinates.shape[3] != 2 or coordinates.shape[0] != x.shape[0]:
        raise PackageError(f"found coordinates {coordinates.type} for {x.type}")
    floats = graph.cast(coordinates, "float32")
    columns, rows = (
        _unnormalized(graph, _component(graph, floats, axis), size, coordinates_mode, align_corners)
        for axis, size in ((0, x.shape[3]), (1, x.shape[2]))
    )
    picture = _Picture(x, padding_mode, padding_value)
    return _sample(graph, picture, (rows, columns), coordinates.shape[1:3], sampling_mode)


@register("affine")
def affine(
    graph: Graph,
    x: Tensor,
    transform_matrix: Tensor,
    output_height: int,
    output_width: int,
    sampling_mode: str,
    padding_mode: str,
    padding_value: float,
    coordinates_mode: str,
    align_corners: bool,
) -> str:
    """x at (a0 x + a1 y + a2, b0 x + b1 y + b2), x and y from -1 to 1 over the result's pixels' centres.

    The matrix [n or 1, 6] is a0, a1, a2, b0, b1, b2. Bilinear, zeros around: all that MIL has.
    """
    if min(output_height, output_width) < 2 or not align_corners or padding_mode != "constant" or padding_value:
        raise PackageError("expected 2 or more rows and columns, align_corners, and zeros around")
    expect_table(output_height, output_width)
    across, down = (np.linspace(-1, 1, size, dtype=np.float32) for size in (output_width, output_height))
    grid = np.stack([*(axis.ravel() for axis in np.meshgrid(across, down)), np.ones(output_height * output_width)])
    matrix = graph.node("Reshape", transform_matrix, graph.integers((-1, 2, 3)))
    mapped = graph.node("MatMul", matrix, graph.constant(grid.astype(np.float32)))
    shape = graph.integers((x.shape[0], output_height, output_width))
    columns, rows = (
        _unnormalized(graph, _row(graph, mapped, axis, shape), size, coordinates_mode, align_corners)
        for axis, size in ((0, x.shape[3]), (1, x.shape[2]))
    )
    picture = _Picture(x, padding_mode, padding_value)
    return _sample(graph, picture, (rows, columns), (output_height, output_width), sampling_mode)


def _component(graph: Graph, coordinates: Operand, index: int) -> str:
    return graph.node("Gather", coordinates, graph.constant(np.array(index, np.int64)), axis=3)


def _row(graph: Graph, mapped: Operand, index: int, shape: Operand) -> str:
    """Row `index` of [n or 1, 2, pixels], as [n, height, width]."""
    row = graph.node("Gather", mapped, graph.constant(np.array(index, np.int64)), axis=1)
    batch = graph.node("Slice", shape, graph.integers([0]), graph.integers([1]))
    wide = graph.node("Expand", row, graph.node("Concat", batch, graph.integers([1]), axis=0))
    return graph.node("Reshape", wide, shape)


def _unnormalized(graph: Graph, position: Operand, size: int, mode: str, align_corners: bool) -> Operand:
    """Positions in pixels. The extremes are the outer pixels' centres if `align_corners`, else their edges."""
    if mode not in _COORDINATES:
        raise PackageError(f"found the coordinates_mode {mode!r}, expected one of {_COORDINATES}")
    if mode == "unnormalized":
        return position
    share = position
    if mode == "normalized_minus_one_to_one":
        share = graph.node("Mul", graph.node("Add", position, graph.scalar(1.0)), graph.scalar(0.5))
    if align_corners:
        return graph.node("Mul", share, graph.scalar(size - 1))
    return graph.node("Sub", graph.node("Mul", share, graph.scalar(size)), graph.scalar(0.5))


def _sample(
    graph: Graph, picture: _Picture, positions: tuple[Operand, Operand], wanted: tuple[int, ...], mode: str
) -> str:
    """The picture at (rows, columns), each [n, height, width]."""
    if picture.padding_mode not in _PADDINGS:
        raise PackageError(f"found the padding_mode {picture.padding_mode!r}, expected one of {_PADDINGS}")
    folded = tuple(
        _folded(graph, position, size, picture.padding_mode)
        for position, size in zip(positions, picture.size, strict=True)
    )
    if mode == "nearest":
        rows, columns = (graph.node("Round", position) for position in folded)
        return _channels_first(graph, _pixels(graph, picture, rows, columns), picture, wanted)
    if mode != "bilinear":
        raise PackageError(f"found the sampling_mode {mode!r}, expected bilinear or nearest")
    below = [graph.node("Floor", position) for position in folded]
    above = [graph.node("Add", low, graph.scalar(1.0)) for low in below]
    down, across = (
        graph.node("Unsqueeze", graph.node("Sub", position, low), graph.integers([3]))
        for position, low in zip(folded, below, strict=True)
    )
    top, bottom = (
        _between(graph, _pixels(graph, picture, row, below[1]), _pixels(graph, picture, row, above[1]), across)
        for row in (below[0], above[0])
    )
    return _channels_first(graph, _between(graph, top, bottom, down), picture, wanted)


def _folded(graph: Graph, position: Operand, size: int, mode: str) -> Operand:
    """A position brought onto the axis, but for "constant", where what lies outside stays there."""
    if mode == "constant":
        return position
    if mode != "border":
        edge = 0.0 if mode == "reflection" else 0.5
        span = size - 1 + 2 * edge
        position = _mirrored(graph, position, edge, span) if span else graph.node("Mul", position, graph.scalar(0.0))
    return graph.node("Clip", position, graph.scalar(0.0), graph.scalar(size - 1))


def _mirrored(graph: Graph, position: Operand, edge: float, span: float) -> str:
    """Reflected at -edge and span - edge until it lies between: span - ||p + edge| mod 2 span - span| - edge."""
    distance = graph.node("Abs", graph.node("Add", position, graph.scalar(edge)))
    phase = graph.node("Mod", distance, graph.scalar(2 * span), fmod=1)
    swing = graph.node("Abs", graph.node("Sub", phase, graph.scalar(span)))
    return graph.node("Sub", graph.scalar(span - edge), swing)


def _pixels(graph: Graph, picture: _Picture, rows: Operand, columns: Operand) -> str:
    """The pixels [n, height, width, channels] at whole rows and columns; the padding value where those are outside."""
    height, width = picture.size
    n, channels = picture.pixels.shape[:2]
    row = graph.node("Clip", rows, graph.scalar(0.0), graph.scalar(height - 1))
    column = graph.node("Clip", columns, graph.scalar(0.0), graph.scalar(width - 1))
    # Whole numbers to 2^53 are exact in float64: the number of a pixel is always one.
    start = graph.node("Mul", graph.cast(row, "float64"), graph.constant(np.array(float(width))))
    index = graph.cast(graph.node("Add", start, graph.cast(column, "float64")), "int64")
    last = graph.node("Transpose", picture.pixels, perm=[0, 2, 3, 1])
    flat = graph.node("Reshape", last, graph.integers((n, height * width, channels)))
    found = graph.node("GatherND", flat, graph.node("Unsqueeze", index, graph.integers([3])), batch_dims=1)
    if picture.padding_mode != "constant":
        return found
    inside = graph.node("And", graph.node("Equal", row, rows), graph.node("Equal", column, columns))
    here = graph.node("Unsqueeze", inside, graph.integers([3]))
    return graph.node("Where", here, found, graph.scalar(picture.padding_value))


def _between(graph: Graph, low: Operand, high: Operand, weight: Operand) -> str:
    return graph.node("Add", low, graph.node("Mul", graph.node("Sub", high, low), weight))


def _channels_first(graph: Graph, value: Operand, picture: _Picture, wanted: tuple[int, ...]) -> str:
    n, channels = picture.pixels.shape[:2]
    first = graph.node("Transpose", value, perm=[0, 3, 1, 2])
    return graph.node("Reshape", first, graph.integers((n, channels, *wanted)))
