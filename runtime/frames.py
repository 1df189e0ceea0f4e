"""What comes from a camera, a file or an array → what the networks look at: 8-bit RGB."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runtime.errors import FrameError

Frame = NDArray[Any] | Image.Image
Bytes = NDArray[np.uint8]

GREY_SHAPES = ((), (1,), (2,))
"""Beside height and width: grey, with a channel of its own, or with opacity."""
MORE_THAN_BYTES = ("I", "F")
"""What Pillow's modes begin with whose numbers have more than 8 bits; it would clip them to 0-255."""


def rgb_bytes(frame: Frame) -> Bytes:
    """`frame` as [H, W, 3] of uint8, a picture (any mode) or an array: grey [H, W] or [H, W, 1 or 2], RGB [H, W, 3],
    RGBA [H, W, 4], whose opacity does not count. Pictures are taken as they lie, whatever their EXIF orientation says.

    Integers of 8 bits stay, of 16 bits become the nearest of 8 (65535 is white); floating-point numbers go from 0,
    black, to 1, white, what lies outside counting as these and NaN as black; of truth values, true is white.
    FrameError for other shapes and types, and for frames without pixels.
    """
    if isinstance(frame, Image.Image) and frame.mode != "RGB" and not frame.mode.startswith(MORE_THAN_BYTES):
        frame = frame.convert("RGB")
    values = np.asarray(frame)
    if values.ndim not in (2, 3) or 0 in values.shape or values.shape[2:] not in (*GREY_SHAPES, (3,), (4,)):
        raise FrameError(
            f"frame of shape {list(values.shape)}; expected [height, width], or [height, width, 1 to 4], not empty"
        )
    eight = _eight_bits(values)
    if eight.shape[2:] in GREY_SHAPES:
        grey = eight if eight.ndim == 2 else eight[..., 0]
        return np.repeat(grey[..., np.newaxis], 3, axis=2)
    return np.ascontiguousarray(eight[..., :3])


def _eight_bits(values: NDArray[Any]) -> Bytes:
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:  # in either order of bytes
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype.kind == "f":
        known = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        levels: Bytes = np.rint(known.clip(0, 1) * 255).astype(np.uint8)
        return levels
    raise FrameError(f"frame of {values.dtype}; expected uint8, uint16, bool or a floating-point type (0 to 1)")
