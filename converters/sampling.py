"""Where the cells of a resized picture come from."""

import numpy as np

from converters.graph import Array


def nearest_cells(size: int, target: int, aligned: bool, half_pixel: bool) -> Array:
    """The cell of an axis of `size` that each of `target` outputs takes, int32 [target]."""
    places = np.arange(target, dtype=np.float32)
    if aligned and target > 1:
        step = np.float32(size - 1) / np.float32(target - 1)
        cells = np.floor((places + (0.5 if half_pixel else 0.0)) * step + 0.5)
    else:
        cells = np.floor((places + (0.5 if half_pixel else 0.0)) * (np.float32(size) / np.float32(target)))
    return np.asarray(np.clip(cells, 0, size - 1), np.int32)
