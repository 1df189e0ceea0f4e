"""A region of an 8-bit frame as MediaPipe's networks see it: OpenCV's warp in whole numbers, to the last bit."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from runtime.crop import Border
from runtime.errors import FrameError
from runtime.homography import positions, to_corners
from runtime.regions import Region

STEP_BITS = 5
STEPS = 1 << STEP_BITS
"""Parts of a pixel to which positions are rounded (INTER_TAB_SIZE); the weights of four pixels are whole then."""
FARTHEST = float(1 << 20)
"""More pixels than a frame has on a side: positions beyond are as good as this one."""

Steps = NDArray[np.int32]
Weights = tuple[NDArray[np.uint16], NDArray[np.uint16]]


def warp(frame: NDArray[np.uint8], region: Region, side: int, border: Border) -> NDArray[np.uint8]:
    """`region` of `frame` [H, W, 3] as [side, side, 3].

    What runtime.crop.crop computes, but positions are rounded to 1/32 of a pixel (halves to the even one) and samples
    to whole numbers (halves up). FrameError for a frame of another shape or type. Source: opencv,
    modules/imgproc/src/imgwarp.cpp (warpPerspective and remap, INTER_LINEAR, 8 bits), as called by google-ai-edge/
    mediapipe, mediapipe/calculators/tensor/image_to_tensor_converter_opencv.cc.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape or frame.dtype != np.uint8:
        raise FrameError(
            f"frame of shape {list(frame.shape)}, {frame.dtype}; expected [height, width, 3] of uint8, not empty"
        )
    if region.size[0] < 0:
        return np.ascontiguousarray(warp(frame, region.mirrored(), side, border)[:, ::-1])
    # A video's whole frames are all warped alike.
    plan = _kept_plan if region.rotation == 0 else _plan
    samples = plan(region, side, frame.shape[1], frame.shape[0], border)
    return _blended(np.ascontiguousarray(frame).reshape(-1), samples).reshape(side, side, 3)


@dataclass(frozen=True, eq=False)
class _Samples:
    """Where in a flat frame each sample's upper left pixel begins, and what its four pixels weigh.

    `first` [N] is where that pixel's red is, `beside` how far the pixels on the right and below are from it; `across`
    are weights of the left and the right pixels, `down` of the upper and the lower ones, each [N].
    """

    first: NDArray[np.intp]
    beside: tuple[int, int]
    across: Weights
    down: tuple[NDArray[np.uint32], NDArray[np.uint32]]


def _plan(region: Region, side: int, width: int, height: int, border: Border) -> _Samples:
    """The samples of a region in a frame of `width` x `height` pixels, row by row."""
    x, y = _positions(region, side)
    left, across = _taps(x, width, border)
    top, (upper, lower) = _taps(y, height, border)
    first = (top.astype(np.intp) * width + left) * 3
    beside = (3 * (width > 1), 3 * width * (height > 1))
    return _Samples(first, beside, across, (upper.astype(np.uint32), lower.astype(np.uint32)))


_kept_plan = lru_cache(maxsize=4)(_plan)


def _positions(region: Region, side: int) -> tuple[Steps, Steps]:
    """Where in the frame each pixel of the crop is taken from, x and y, [side · side] each."""
    corners = np.clip(_corners(region), -FARTHEST, FARTHEST)
    x, y = positions(to_corners(corners, side), side, STEPS)
    return x.astype(np.int32).reshape(-1), y.astype(np.int32).reshape(-1)


def _corners(region: Region) -> NDArray[np.float32]:
    """The region's corners [4, 2] in the frame: lower left, upper left, upper right, lower right if it isn't rotated.

    In float32, as OpenCV's RotatedRect has them, to which MediaPipe gives the angle in degrees.
    """
    x, y, width, height = np.array([*region.center, *region.size], np.float32)
    degrees = np.float32(float(np.float32(region.rotation) * np.float32(180)) / math.pi)
    angle = float(degrees) * math.pi / 180
    a, b = np.float32(math.sin(angle)) * np.float32(0.5), np.float32(math.cos(angle)) * np.float32(0.5)
    lower_left = (x - a * height - b * width, y + b * height - a * width)
    upper_left = (x + a * height - b * width, y - b * height - a * width)
    two = np.float32(2)
    upper_right = (two * x - lower_left[0], two * y - lower_left[1])
    lower_right = (two * x - upper_left[0], two * y - upper_left[1])
    return np.array([lower_left, upper_left, upper_right, lower_right], np.float32)


def _taps(steps: Steps, size: int, border: Border) -> tuple[Steps, Weights]:
    """The pixel before each position along an axis of `size` pixels, and what it and the next one weigh, of STEPS.

    Both lie in the frame: outside of it, the weight is all its last pixel's, or with zeros around what is left of it.
    """
    last = (size - 1) * STEPS
    inside = steps.clip(0, last)
    before = np.minimum(inside >> STEP_BITS, max(size - 2, 0))
    after = (inside - (before << STEP_BITS)).astype(np.uint16)
    weights = (STEPS - after, after)
    if border == "zero" and (steps.min() < 0 or steps.max() > last):
        left = np.minimum(steps, last - steps).clip(-STEPS, 0).astype(np.int16) + STEPS
        weights = (weights[0] * left.astype(np.uint16) >> STEP_BITS, weights[1] * left.astype(np.uint16) >> STEP_BITS)
    return before, weights


def _blended(values: NDArray[np.uint8], samples: _Samples) -> NDArray[np.uint8]:
    """The samples [N, 3] of the flat frame's `values`; green and blue stand behind red."""
    right, below = samples.beside
    blended = np.empty((len(samples.first), 3), np.uint8)
    for channel in range(3):
        shifts = (channel + shift for shift in (0, right, below, right + below))
        # All places are inside; "wrap" is numpy's fastest way not to look.
        pixels = [values[shift:].take(samples.first, mode="wrap") for shift in shifts]
        total = (pixels[0] * samples.across[0] + pixels[1] * samples.across[1]).astype(np.uint32)
        lower = (pixels[2] * samples.across[0] + pixels[3] * samples.across[1]).astype(np.uint32)
        total *= samples.down[0]
        lower *= samples.down[1]
        total += lower
        total += 1 << 2 * STEP_BITS - 1
        total >>= 2 * STEP_BITS
        blended[:, channel] = total.astype(np.uint8)
    return blended
