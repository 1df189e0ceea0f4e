"""Convolutions over one to three spatial axes."""

from verification.executor.errors import PackageError
from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import Ints, register
from verification.executor.operators.windows import Window, sliding_window


@register("conv")
def conv(
    graph: Graph,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    strides: Ints | None = None,
    pad_type: str = "valid",
    pad: Ints | None = None,
    dilations: Ints | None = None,
    groups: int = 1,
) -> str:
    """Convolution of x [n, C_in, …] with weight [C_out, C_in / groups, …]; see `sliding_window` for the padding."""
    window = sliding_window(x.shape[2:], weight.shape[2:], strides, dilations, pad_type, pad)
    _check_groups(x, groups)
    return graph.node(
        "Conv", x, weight, bias, strides=window.strides, dilations=window.dilations, pads=window.pads, group=groups
    )


@register("conv_transpose")
def conv_transpose(
    graph: Graph,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    pad: Ints | None = None,
    output_shape: Ints | None = None,
    pad_type: str = "valid",
    strides: Ints | None = None,
    dilations: Ints | None = None,
    groups: int = 1,
) -> str:
    """Transposed convolution of x [n, C_in, …] with weight [C_in, C_out / groups, …].

    "custom" cuts `pad` off the full result of (size - 1) · stride + (kernel - 1) · dilation + 1 elements an axis,
    "valid" nothing. "same" yields size · stride elements, or those of `output_shape`: the smaller half of the surplus
    is cut off before, the larger behind, and where the full result is too short zeros follow it, which makes it the
    gradient of TensorFlow's SAME convolution (conv.py of coremltools says that it takes TensorFlow's shapes).
    """
    _check_groups(x, groups)
    cropping = "valid" if pad_type == "same" else pad_type
    window = sliding_window(x.shape[2:], weight.shape[2:], strides, dilations, cropping, pad)
    wanted = output_shape[2:] if output_shape else None
    pads, missing = _same_crop(window, wanted) if pad_type == "same" else _plain_crop(window, wanted)
    return graph.node(
        "ConvTranspose",
        x,
        weight,
        bias,
        strides=window.strides,
        dilations=window.dilations,
        pads=pads,
        output_padding=missing,
        group=groups,
    )


def _check_groups(x: Tensor, groups: int) -> None:
    if groups < 1 or x.shape[1] % groups:
        raise PackageError(f"found {groups} groups, expected a divisor of the channels of {x.type}")


def _same_crop(window: Window, wanted: Ints | None) -> tuple[list[int], list[int]]:
    """What "same" cuts off the full result before and behind each axis, and the zeros that it adds behind."""
    natural = tuple(size * stride for size, stride in zip(window.sizes, window.strides, strict=True))
    surplus = [full - want for full, want in zip(_full_sizes(window), wanted or natural, strict=True)]
    cut = [max(0, excess) for excess in surplus]
    return [c // 2 for c in cut] + [c - c // 2 for c in cut], [max(0, -excess) for excess in surplus]


def _plain_crop(window: Window, wanted: Ints | None) -> tuple[list[int], list[int]]:
    """As `_same_crop` for padding that is given; a result of another size than it yields has no defined place."""
    axes = zip(_full_sizes(window), window.before, window.after, strict=True)
    natural = tuple(full - before - after for full, before, after in axes)
    if wanted is not None and wanted != natural:
        raise PackageError(f"found an output_shape of {list(wanted)}, its padding gives {list(natural)}")
    return window.pads, [0] * len(natural)


def _full_sizes(window: Window) -> Ints:
    axes = zip(window.sizes, window.kernel, window.strides, window.dilations, strict=True)
    return tuple((size - 1) * stride + (kernel - 1) * dilation + 1 for size, kernel, stride, dilation in axes)
