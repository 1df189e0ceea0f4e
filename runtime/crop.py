"""What a network sees of a frame: a region warped to the size of its input."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runtime.errors import FrameError
from runtime.regions import Region

Border = Literal["zero", "replicate"]
"""What lies outside of the frame: zeros (before any scaling to the network's range), or the frame's nearest pixel."""


def crop(frame: NDArray[np.generic], region: Region, side: int, border: Border) -> NDArray[np.float32]:
    """`region` of `frame` [H, W, C] (any numbers) as [side, side, C] float32, in the frame's own range.

    Pixel (column, row) of the crop is the bilinear sample of the frame at the position that (column / side, row / side)
    of the region has there. Positions count from pixel centres, with no shift by half a pixel, as in OpenCV's
    warpPerspective (INTER_LINEAR) between the region's corners and (0, 0) … (side, side). A mirrored region's crop is
    the plain one's, its columns in reverse. FrameError for a frame that has other axes or no pixels. Source:
    google-ai-edge/mediapipe, mediapipe/calculators/tensor/image_to_tensor_converter_opencv.cc.
    """
    if frame.ndim != 3 or 0 in frame.shape:
        raise FrameError(
            f"frame of shape {list(frame.shape)}; expected [height, width, channels] with at least one pixel"
        )
    if region.size[0] < 0:
        # Not sampled from right to left: column 0 would be the region's right edge, which the plain crop leaves out.
        return np.ascontiguousarray(crop(frame, region.mirrored(), side, border)[:, ::-1])
    x, y = _positions(region, side)
    left, top = np.floor(x), np.floor(y)
    to_right, to_bottom = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    upper = _taps(frame, left, top, border) * (1 - to_right) + _taps(frame, left + 1, top, border) * to_right
    lower = _taps(frame, left, top + 1, border) * (1 - to_right) + _taps(frame, left + 1, top + 1, border) * to_right
    return (upper * (1 - to_bottom) + lower * to_bottom).astype(np.float32)


def crop_image(frame: Image.Image, region: Region, side: int, border: Border) -> Image.Image:
    """The crop of a picture as an RGB picture of `side` x `side`, rounded to 8 bits: what the saved packages take."""
    samples = crop(np.asarray(frame.convert("RGB")), region, side, border)
    return Image.fromarray(np.rint(samples).astype(np.uint8))


def _positions(region: Region, side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where in the frame each pixel of the crop is taken from: x and y, both [side, side]."""
    row, column = np.mgrid[0:side, 0:side]
    positions = region.to_frame(np.stack([column, row], axis=-1) / side)
    return positions[..., 0], positions[..., 1]


def _taps(
    frame: NDArray[np.generic], x: NDArray[np.float64], y: NDArray[np.float64], border: Border
) -> NDArray[np.float64]:
    """The frame's pixels at the whole positions (x, y), both [h, w], as [h, w, C]."""
    height, width = frame.shape[:2]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    columns = np.clip(x, 0, width - 1).astype(np.intp)
    rows = np.clip(y, 0, height - 1).astype(np.intp)
    pixels = frame[rows, columns].astype(np.float64)
    return np.where(inside[..., np.newaxis], pixels, 0.0) if border == "zero" else pixels
