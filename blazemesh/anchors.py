"""A detector's anchors as a table, for those who decode its raw outputs elsewhere."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from blazemesh.errors import InputError
from blazemesh.files import write_atomically
from pipelines.anchors import FULL_RANGE, SHORT_RANGE

RECIPES = {"short": SHORT_RANGE, "full": FULL_RANGE}


def anchor_table(detector: str) -> NDArray[np.float32]:
    """x_center, y_center, width, height of each anchor of "short" or "full", in the order of the raw outputs.

    float32 [896, 4] or [2304, 4], in shares of the picture; both detectors' anchors are 1 wide and 1 high
    (mediapipe/calculators/tflite/ssd_anchors_calculator.cc with fixed_anchor_size).
    """
    centers = RECIPES[detector].centers()
    return np.concatenate([centers, np.ones_like(centers)], axis=1)


def write_anchors(detector: str, path: Path) -> None:
    """Write the table as a `.npy` file; InputError for another suffix, OSError where the disk refuses."""
    if path.suffix != ".npy":
        raise InputError(f"{str(path)!r}: expected an output that ends in .npy")
    written = io.BytesIO()
    np.save(written, anchor_table(detector))
    write_atomically(path, written.getvalue())
