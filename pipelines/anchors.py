"""Where a single-shot detector's predictions are anchored in its input image."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AnchorRecipe:
    """The layers of a BlazeFace detector, from which its anchors follow.

    `input_side` is in pixels; `strides` has one entry a layer, in the order of the network's outputs.
    Source: google-ai-edge/mediapipe, mediapipe/calculators/tflite/ssd_anchors_calculator.cc and the options in
    mediapipe/modules/face_detection/*.pbtxt.
    """

    input_side: int
    strides: tuple[int, ...]
    anchors_per_layer: int

    def centers(self) -> NDArray[np.float32]:
        """Anchor centres (x, y), shape [N, 2], normalised to 0-1, row by row, all of a cell's anchors together.

        Neighbouring layers of one stride share a grid and add up their anchors. Every anchor is 1 x 1 in size, so
        that only its centre matters: ((column + 0.5) / columns, (row + 0.5) / rows). The array can't be written to.
        """
        return _centers(self)


@cache
def _centers(recipe: AnchorRecipe) -> NDArray[np.float32]:
    grids = [_grid(recipe, stride, len(list(layers))) for stride, layers in groupby(recipe.strides)]
    centers = np.concatenate(grids)
    centers.flags.writeable = False
    return centers


def _grid(recipe: AnchorRecipe, stride: int, layers: int) -> NDArray[np.float32]:
    side = -(-recipe.input_side // stride)
    steps = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
    x, y = np.meshgrid(steps, steps)
    cells = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.repeat(cells, layers * recipe.anchors_per_layer, axis=0)


SHORT_RANGE = AnchorRecipe(input_side=128, strides=(8, 16, 16, 16), anchors_per_layer=2)
"""BlazeFace short range: 16 x 16 cells of 2 anchors, then 8 x 8 cells of 6; 896 in all."""

FULL_RANGE = AnchorRecipe(input_side=192, strides=(4,), anchors_per_layer=1)
"""BlazeFace full range: 48 x 48 cells of 1 anchor; 2304 in all."""
