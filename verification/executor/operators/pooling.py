"""Pooling over one to three spatial axes."""

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Operand, Tensor
from verification.executor.operators.registry import Ints, register
from verification.executor.operators.windows import Window, sliding_window


@register("max_pool")
def max_pool(
    graph: Graph,
    x: Tensor,
    kernel_sizes: Ints,
    pad_type: str,
    strides: Ints | None = None,
    pad: Ints | None = None,
    ceil_mode: bool = False,
) -> str:
    """The largest element of each window; padding never wins."""
    window = sliding_window(x.shape[2:], kernel_sizes, strides, None, pad_type, pad)
    overhang = _overhang(window) if ceil_mode else (0,) * len(window.sizes)
    pads = [*window.before, *_sum(window.after, overhang)]
    return graph.node("MaxPool", x, kernel_shape=window.kernel, strides=window.strides, pads=pads)


@register("avg_pool")
def avg_pool(
    graph: Graph,
    x: Tensor,
    kernel_sizes: Ints,
    pad_type: str,
    strides: Ints | None = None,
    pad: Ints | None = None,
    exclude_padding_from_average: bool = False,
    ceil_mode: bool = False,
) -> str:
    """The mean of each window.

    Padding counts as zeros, unless it is excluded. Where `ceil_mode` lets a window hang over the padded data, the part
    beyond is never counted, as in PyTorch, to which pool.py of coremltools refers.
    """
    window = sliding_window(x.shape[2:], kernel_sizes, strides, None, pad_type, pad)
    overhang = _overhang(window) if ceil_mode else (0,) * len(window.sizes)
    if exclude_padding_from_average or not window.is_padded:
        return _mean(graph, x, window, [*window.before, *_sum(window.after, overhang)])
    zeros = (0, 0)
    padded = graph.node("Pad", x, graph.integers([*zeros, *window.before, *zeros, *window.after]))
    return _mean(graph, padded, window, [*[0] * len(overhang), *overhang])


def _mean(graph: Graph, x: Operand, window: Window, pads: list[int]) -> str:
    """Means over the elements of each window that aren't padding."""
    return graph.node(
        "AveragePool", x, kernel_shape=window.kernel, strides=window.strides, pads=pads, count_include_pad=0
    )


def _overhang(window: Window) -> Ints:
    """How far the last window of `ceil_mode` reaches past the padded data, an axis.

    It must start within the data or the padding before it. Otherwise it is dropped if there is padding
    (`spatial_dimensions_out_shape` in coremltools' ops/defs/_utils.py); without, it would be an empty window.
    """
    axes = zip(window.sizes, window.kernel, window.strides, window.before, window.after, strict=True)
    return tuple(_axis_overhang(*axis) for axis in axes)


def _axis_overhang(size: int, kernel: int, stride: int, before: int, after: int) -> int:
    padded = size + before + after
    last = -((kernel - padded) // stride) * stride
    if last >= size + before:
        if before + after == 0:
            raise PackageError(f"its last window starts at {last}, past the end of an axis of {size}")
        last -= stride
    return max(0, last + kernel - padded)


def _sum(first: Ints, second: Ints) -> Ints:
    return tuple(a + b for a, b in zip(first, second, strict=True))
