"""Padding and sizes of sliding windows, for convolutions and pooling."""

import math
from dataclasses import dataclass

from verification.executor.errors import PackageError
from verification.executor.operators.registry import Ints


@dataclass(frozen=True)
class Window:
    """A window that slides over the spatial axes: one entry an axis; padding comes before and after each."""

    sizes: Ints
    kernel: Ints
    strides: Ints
    dilations: Ints
    before: Ints
    after: Ints

    @property
    def pads(self) -> list[int]:
        """The padding in ONNX's order: before every axis, then after every axis."""
        return [*self.before, *self.after]

    @property
    def is_padded(self) -> bool:
        """Whether there is any padding."""
        return any(self.pads)


def sliding_window(
    sizes: Ints,
    kernel: Ints,
    strides: Ints | None,
    dilations: Ints | None,
    pad_type: str,
    pad: Ints | None,
) -> Window:
    """The window of a convolution or pooling over axes of the given sizes.

    `pad_type` "same" pads so that an axis yields ⌈size / stride⌉ results, an odd element going behind the data, with
    "same_lower" before it; "custom" takes `pad`, two entries an axis, which "valid" and "same" ignore. This is
    TensorFlow's SAME: so sums `aggregated_pad` of coremltools' ops/defs/_utils.py, and coremltools converts SAME to
    "same". (Where the docstring of `conv` speaks of ⌊kernel / 2⌋ on both sides, it fits strides of 1 only.)
    """
    rank = len(sizes)
    kernel = _positive("a kernel", kernel, rank)
    strides = _positive("strides", strides, rank)
    dilations = _positive("dilations", dilations, rank)
    if pad_type == "valid":
        pairs = [(0, 0)] * rank
    elif pad_type == "custom":
        pairs = _custom(pad, rank)
    elif pad_type in ("same", "same_lower"):
        reach = [(size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True)]
        pairs = [_same(*axis, lower=pad_type == "same_lower") for axis in zip(sizes, reach, strides, strict=True)]
    else:
        raise PackageError(f"found the pad_type {pad_type!r}, expected valid, same, same_lower or custom")
    return Window(sizes, kernel, strides, dilations, tuple(p[0] for p in pairs), tuple(p[1] for p in pairs))


def _positive(name: str, values: Ints | None, rank: int) -> Ints:
    if values is None:
        return (1,) * rank
    if len(values) != rank or min(values, default=1) < 1:
        raise PackageError(f"found {name} of {list(values)}, expected {rank} positive numbers")
    return values


def _custom(pad: Ints | None, rank: int) -> list[tuple[int, int]]:
    values = pad if pad is not None else (0,) * (2 * rank)
    if len(values) != 2 * rank or min(values, default=0) < 0:
        raise PackageError(f"found a pad of {list(values)}, expected {2 * rank} numbers that are not negative")
    return list(zip(values[::2], values[1::2], strict=True))


def _same(size: int, reach: int, stride: int, *, lower: bool) -> tuple[int, int]:
    total = max(0, (math.ceil(size / stride) - 1) * stride + reach - size)
    small, large = total // 2, total - total // 2
    return (large, small) if lower else (small, large)
