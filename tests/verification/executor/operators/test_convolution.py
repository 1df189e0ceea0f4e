from collections.abc import Callable, Sequence

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

# Sums of at most 60 products of about 1, in another order.
TOLERANCE = 1e-5

Pairs = Sequence[tuple[int, int]]


def convolve(
    x: Array, weight: Array, strides: Sequence[int], pads: Pairs, dilations: Sequence[int], groups: int = 1
) -> Array:
    """Convolution by its definition, one output element at a time, in double precision."""
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0), *pads])
    kernel = weight.shape[2:]
    reach = [(size - 1) * dilation for size, dilation in zip(kernel, dilations, strict=True)]
    spatial = [
        (size - far - 1) // stride + 1 for size, far, stride in zip(padded.shape[2:], reach, strides, strict=True)
    ]
    result = np.zeros((x.shape[0], weight.shape[0], *spatial))
    share = weight.shape[0] // groups
    for batch, channel, *place in np.ndindex(result.shape):
        group = channel // share
        window = [
            slice(p * s, p * s + far + 1, d) for p, s, far, d in zip(place, strides, reach, dilations, strict=True)
        ]
        inputs = slice(group * weight.shape[1], (group + 1) * weight.shape[1])
        result[(batch, channel, *place)] = (padded[(batch, inputs, *window)] * weight[channel]).sum()
    return result


def transposed(x: Array, weight: Array, strides: Sequence[int], dilations: Sequence[int], groups: int = 1) -> Array:
    """Transposed convolution by its definition: every input element adds its scaled kernel; nothing is cut off."""
    kernel = weight.shape[2:]
    sizes = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip(x.shape[2:], strides, kernel, dilations, strict=True)]
    result = np.zeros((x.shape[0], weight.shape[1] * groups, *sizes))
    share = x.shape[1] // groups
    for batch, channel, *place in np.ndindex(x.shape):
        outputs = slice((channel // share) * weight.shape[1], (channel // share + 1) * weight.shape[1])
        window = [
            slice(p * s, p * s + (k - 1) * d + 1, d)
            for p, s, k, d in zip(place, strides, kernel, dilations, strict=True)
        ]
        result[(batch, outputs, *window)] += float(x[(batch, channel, *place)]) * weight[channel]
    return result


# Input and kernel sizes, strides, dilations, pad_type and what it pads, worked out by hand: an axis of size n yields
# ceil(n / stride) results, which takes (results - 1) * stride + reach - n elements of padding.
SAME = [
    ((5, 6), (3, 3), (2, 2), (1, 1), "same", [(1, 1), (0, 1)]),
    ((5, 6), (3, 3), (2, 2), (1, 1), "same_lower", [(1, 1), (1, 0)]),
    ((5, 7), (4, 2), (1, 2), (1, 1), "same", [(1, 2), (0, 1)]),
    ((5, 7), (4, 2), (1, 2), (1, 1), "same_lower", [(2, 1), (1, 0)]),
    ((7, 8), (2, 3), (1, 1), (3, 2), "same", [(1, 2), (2, 2)]),
    ((9, 4), (1, 1), (3, 2), (1, 1), "same", [(0, 0), (0, 0)]),
    ((7, 6), (3, 2), (2, 3), (1, 2), "valid", [(0, 0), (0, 0)]),
]


@pytest.mark.parametrize(("sizes", "kernel", "strides", "dilations", "pad_type", "pads"), SAME)
def test_conv_padding(
    sizes: tuple[int, int],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int],
    pad_type: str,
    pads: Pairs,
    run_one: Callable[..., Array],
    random: Callable[..., Array],
) -> None:
    x, weight = random(1, 2, *sizes), random(3, 2, *kernel)
    result = run_one(
        lambda x: mb.conv(x=x, weight=weight, strides=strides, dilations=dilations, pad_type=pad_type),
        {"x": x},
        "conv",
    )
    assert np.allclose(result, convolve(x, weight, strides, pads, dilations), rtol=0, atol=TOLERANCE)


def test_conv_with_custom_padding_groups_and_bias(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x, weight, bias = random(2, 4, 5, 7), random(6, 2, 3, 2), random(6)
    result = run_one(
        # MIL's order: before and after the rows, before and after the columns.
        lambda x: mb.conv(x=x, weight=weight, bias=bias, strides=[2, 1], pad_type="custom", pad=[2, 1, 0, 3], groups=2),
        {"x": x},
        "conv",
    )
    expected = convolve(x, weight, (2, 1), [(2, 1), (0, 3)], (1, 1), groups=2) + bias[:, None, None]
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_depthwise_conv(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x, weight = random(1, 3, 6, 5), random(3, 1, 5, 5)
    result = run_one(lambda x: mb.conv(x=x, weight=weight, strides=[2, 2], pad_type="same", groups=3), {"x": x}, "conv")
    expected = convolve(x, weight, (2, 2), [(1, 2), (2, 2)], (1, 1), groups=3)
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_conv_over_one_axis(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x, weight = random(1, 2, 9), random(3, 2, 4)
    result = run_one(
        lambda x: mb.conv(x=x, weight=weight, strides=[3], pad_type="custom", pad=[1, 2]), {"x": x}, "conv"
    )
    assert np.allclose(result, convolve(x, weight, (3,), [(1, 2)], (1,)), rtol=0, atol=TOLERANCE)


def test_conv_with_computed_weights(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    inputs = {"x": random(1, 2, 5, 4), "weight": random(3, 2, 3, 1)}
    result = run_one(lambda x, weight: mb.conv(x=x, weight=weight, pad_type="valid"), inputs, "conv")
    expected = convolve(inputs["x"], inputs["weight"], (1, 1), [(0, 0), (0, 0)], (1, 1))
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


# Padding, options, and the part of the full result (5 rows: 11 or 9, 4 columns: 7) that is left.
TRANSPOSED = [
    ((2, 1), (1, 1), {"pad_type": "valid"}, (slice(0, 11), slice(0, 7))),
    ((2, 1), (1, 1), {"pad_type": "custom", "pad": [1, 0, 2, 1]}, (slice(1, 11), slice(2, 6))),
    # Rows: 11 for 10 wanted, so 1 goes behind; columns: 7 for 4, so 1 goes before and 2 behind.
    ((2, 1), (1, 1), {"pad_type": "same"}, (slice(0, 10), slice(1, 5))),
    # Rows: 11 for 9 wanted, 1 before and 1 behind.
    ((2, 1), (1, 1), {"pad_type": "same", "output_shape": [1, 4, 9, 4]}, (slice(1, 10), slice(1, 5))),
    ((1, 1), (2, 1), {"pad_type": "valid"}, (slice(0, 9), slice(0, 7))),
]


@pytest.mark.parametrize(("strides", "dilations", "options", "kept"), TRANSPOSED)
def test_conv_transpose(
    strides: tuple[int, int],
    dilations: tuple[int, int],
    options: dict[str, object],
    kept: tuple[slice, slice],
    run_one: Callable[..., Array],
    random: Callable[..., Array],
) -> None:
    x, weight, bias = random(1, 6, 5, 4), random(6, 2, 3, 4), random(4)
    result = run_one(
        lambda x: mb.conv_transpose(
            x=x, weight=weight, bias=bias, strides=strides, dilations=dilations, groups=2, **options
        ),
        {"x": x},
        "conv_transpose",
    )
    full = transposed(x, weight, strides, dilations, groups=2)
    expected = full[:, :, kept[0], kept[1]] + bias[:, None, None]
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_conv_transpose_with_a_kernel_shorter_than_its_stride(
    run_one: Callable[..., Array], random: Callable[..., Array]
) -> None:
    x, weight = random(1, 2, 3, 2), random(2, 3, 1, 2)
    result = run_one(
        lambda x: mb.conv_transpose(x=x, weight=weight, strides=[3, 2], pad_type="same"), {"x": x}, "conv_transpose"
    )
    expected = np.pad(transposed(x, weight, (3, 2), (1, 1)), [(0, 0), (0, 0), (0, 2), (0, 0)])
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)


def test_conv_transpose_refuses_an_output_shape_without_a_defined_place(
    run_one: Callable[..., Array], random: Callable[..., Array]
) -> None:
    weight = random(2, 3, 3, 3)
    with pytest.raises(PackageError, match=r"found an output_shape of \[8, 5\], its padding gives \[7, 5\]"):
        run_one(
            lambda x: mb.conv_transpose(x=x, weight=weight, strides=[2, 2], output_shape=[1, 3, 8, 5]),
            {"x": random(1, 2, 3, 2)},
        )
