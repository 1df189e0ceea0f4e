"""What the options of MediaPipe's operators for attention say (see converters/ops/mediapipe.py for their sources)."""

import math
from dataclasses import dataclass

from converters.errors import ConversionError
from converters.flexbuffers import read_options
from converters.graph import Operator, Tensor

MATRIX = (1, 4, 4)
LARGEST_SIDE = 1 << 12
"""Cells along a side of a picture or region: beyond it the number of a cell is no exact float32."""


@dataclass(frozen=True)
class Region:
    """Where Landmarks2TransformMatrix looks: the box of the points `subset`, level with the line left → right.

    `scale` (x, y) enlarges the box, which is `size` (width, height) cells; `rotation` is the line's in the region.
    """

    left: int
    right: int
    subset: tuple[int, ...]
    size: tuple[int, int]
    scale: tuple[float, float]
    rotation: float


def read_region(operator: Operator, landmarks: Tensor) -> Region:
    """Of a Landmarks2TransformMatrix that reads the landmarks; ConversionError for what makes no region."""
    if len(landmarks.shape) != 3 or landmarks.shape[0] != 1 or landmarks.shape[2] != 3 or landmarks.dtype != "float32":
        raise ConversionError(f"landmarks {_described(landmarks)}, expected float32 [1, points, 3]")
    options, points = Options(operator), landmarks.shape[1]
    region = Region(
        left=options.whole("left_rotation_idx"),
        right=options.whole("right_rotation_idx"),
        subset=options.indices("subset_idxs"),
        size=(options.whole("output_width"), options.whole("output_height")),
        scale=(options.number("scale_x"), options.number("scale_y")),
        rotation=options.number("target_rotation_radians", 0.0),
    )
    listed = (region.left, region.right, *region.subset)
    if min(listed) < 0 or max(listed) >= points:
        raise ConversionError(f"it reads points {min(listed)} to {max(listed)}, expected some of 0 to {points - 1}")
    if not all(math.isfinite(factor) and factor > 0 for factor in region.scale):
        raise ConversionError(f"scales {region.scale}, expected numbers above 0")
    if not math.isfinite(region.rotation):
        raise ConversionError(f"target_rotation_radians {region.rotation}, expected a finite number")
    _check_size(region.size)
    return region


def read_view(operator: Operator, picture: Tensor, matrix: Tensor) -> tuple[int, int]:
    """Of a TransformTensorBilinear, the width and height that it makes; ConversionError for what it can't see."""
    options = Options(operator)
    size = (options.whole("output_width"), options.whole("output_height"))
    _check_size(size)
    if len(picture.shape) != 4 or picture.shape[0] != 1 or picture.dtype != "float32":
        raise ConversionError(f"picture {_described(picture)}, expected float32 [1, height, width, channels]")
    _check_matrix(matrix)
    _check_size((picture.shape[2], picture.shape[1]))
    return size


def check_way_back(operator: Operator, landmarks: Tensor, matrix: Tensor) -> None:
    """ConversionError unless a TransformLandmarks has points of as many coordinates as it says, and a matrix."""
    dimensions = Options(operator).whole("dimensions", 2)
    if dimensions not in (2, 3):
        raise ConversionError(f"dimensions {dimensions}, expected 2 or 3")
    shape = landmarks.shape
    if len(shape) != 3 or shape[0] != 1 or shape[2] != dimensions or landmarks.dtype != "float32":
        raise ConversionError(f"landmarks {_described(landmarks)}, expected float32 [1, points, {dimensions}]")
    _check_matrix(matrix)


class Options:
    """A custom operator's options, each in the type that it has to be of."""

    def __init__(self, operator: Operator) -> None:
        self.read = read_options(operator.custom_options)

    def whole(self, name: str, default: int | None = None) -> int:
        """The option as an int; ConversionError where it is none."""
        value = self.read.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ConversionError(f"option {name} is {value!r}, expected a whole number")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """The option as a float; ConversionError where it is no number."""
        value = self.read.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ConversionError(f"option {name} is {value!r}, expected a number")
        return float(value)

    def indices(self, name: str) -> tuple[int, ...]:
        """The option as whole numbers, one at least; ConversionError where it is something else."""
        value = self.read.get(name)
        if not isinstance(value, tuple) or not value or not all(isinstance(index, int) for index in value):
            raise ConversionError(f"option {name} is {value!r}, expected a list of whole numbers")
        return tuple(int(index) for index in value)


def _check_matrix(matrix: Tensor) -> None:
    """ConversionError unless the tensor is a 4×4 of float32."""
    if matrix.shape != MATRIX or matrix.dtype != "float32":
        raise ConversionError(f"matrix {_described(matrix)}, expected float32 {list(MATRIX)}")


def _check_size(size: tuple[int, int]) -> None:
    """ConversionError unless (width, height) are those of a picture."""
    if not 1 <= min(size) <= max(size) <= LARGEST_SIDE:
        raise ConversionError(f"{size[0]} × {size[1]} cells, expected 1 to {LARGEST_SIDE} a side")


def _described(tensor: Tensor) -> str:
    """A tensor as errors name it."""
    return f"'{tensor.name}' is {tensor.dtype} {list(tensor.shape)}"
