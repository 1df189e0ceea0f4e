"""Which of Keras' words for padding a window's cells are."""

from collections.abc import Sequence

from converters.homes.home import Pair, Window
from converters.windows import window_padding


def is_same(sizes: Sequence[int], window: Window) -> bool:
    """Whether the window pads pictures of `sizes` (rows, columns) as TensorFlow's SAME does."""
    reaches = [d * (k - 1) + 1 for d, k in zip(window.dilations, window.size, strict=True)]
    same = [window_padding("SAME", sizes[j], reaches[j], window.strides[j]) for j in (0, 1)]
    return same == list(window.pads)


def transposed_same(sizes: Sequence[int], window: Window, gaps: Pair) -> bool:
    """Whether a transposed convolution makes what Keras' "same" does: sizes times strides, the odd cell cut behind."""
    for axis in (0, 1):
        excess = window.size[axis] - window.strides[axis]
        whole = (sizes[axis] - 1) * window.strides[axis] + window.size[axis] + gaps[axis]
        before, after = window.pads[axis]
        if excess < 0 or (before, after) != (excess // 2, excess - excess // 2) or gaps[axis]:
            return False
        if whole - before - after != sizes[axis] * window.strides[axis]:
            return False
    return True
