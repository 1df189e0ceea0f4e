"""MediaPipe's custom operators that LiteRT lacks, by name: their options, read, and their numpy twins."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import OperatorError, ShapeError
from pipelines.region_transforms import RegionRecipe, from_region, region_features, region_matrix

Array = NDArray[Any]
Kernel = Callable[..., Array]
"""The operator's inputs as it has them, with a batch of 1 → its output."""


def kernel(kind: str, options: bytes) -> Kernel:
    """What computes an operator of `kind` with these FlexBuffers options; OperatorError where they are none."""
    try:
        return KERNELS[kind](_options(options))
    except Exception as error:  # the flatbuffers package raises whatever broken bytes happen to hit
        raise OperatorError(f"{kind}: its options can't be read: {' '.join(str(error).split())}") from error


def computed(operator: Kernel, kind: str, inputs: Sequence[Array]) -> Array:
    """The operator's output; OperatorError where its inputs don't fit."""
    if any(value.shape[:1] != (1,) for value in inputs):
        raise OperatorError(f"{kind}: operands {[list(value.shape) for value in inputs]}, expected a batch of 1")
    try:
        return operator(*(value[0] for value in inputs))[None]
    except (ShapeError, ValueError, IndexError, TypeError) as error:
        raise OperatorError(f"{kind}: {' '.join(str(error).split())}") from error


def _options(data: bytes) -> dict[str, Any]:
    from flatbuffers import flexbuffers  # type: ignore[import-untyped]

    return dict(flexbuffers.Loads(data)) if data else {}


def _matrix(options: dict[str, Any]) -> Kernel:
    recipe = RegionRecipe(
        left=int(options["left_rotation_idx"]),
        right=int(options["right_rotation_idx"]),
        subset=tuple(int(index) for index in options["subset_idxs"]),
        size=_size(options),
        scale=(float(options["scale_x"]), float(options["scale_y"])),
        rotation=float(options.get("target_rotation_radians") or 0),
    )
    return partial(region_matrix, recipe=recipe)


def _features(options: dict[str, Any]) -> Kernel:
    return partial(region_features, size=_size(options))


def _landmarks(options: dict[str, Any]) -> Kernel:
    dimensions = int(options.get("dimensions") or 2)

    def moved(points: Array, matrix: Array) -> Array:
        if points.ndim != 2 or points.shape[1] != dimensions:
            raise ShapeError(f"points {list(points.shape)}, expected [N, {dimensions}]")
        return np.asarray(from_region(points, matrix))

    return moved


def _size(options: dict[str, Any]) -> tuple[int, int]:
    return int(options["output_width"]), int(options["output_height"])


KERNELS: dict[str, Callable[[dict[str, Any]], Kernel]] = {
    "Landmarks2TransformMatrix": _matrix,
    "TransformTensorBilinear": _features,
    "TransformLandmarks": _landmarks,
}
