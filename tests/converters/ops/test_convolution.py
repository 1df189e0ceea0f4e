from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from converters.errors import ConversionError
from converters.windows import window_padding
from tests.converters.judging import Convert, assert_like_litert
from tests.converters.network import Network, Pair

STRIDES: list[Pair] = [(1, 1), (2, 2), (3, 3), (1, 2)]
AROUND: list[Pair] = [(0, 0), (1, 2), (2, 1), (0, 0)]


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("kernel", [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_windows_and_strides(padding: str, kernel: Pair, judge: Convert) -> None:
    network = Network()
    for rows, columns in ((7, 8), (8, 7)):
        x = network.input(f"picture_{rows}", (1, rows, columns, 3))
        network.output(*(network.conv(x, 4, kernel, stride, padding) for stride in STRIDES))
        network.output(*(network.depthwise(x, 1, kernel, stride, padding) for stride in STRIDES))
    assert "pad" not in judge(network).kinds()


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_dilations_groups_and_multipliers(padding: str, judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 9, 10, 6))
    network.output(
        network.conv(x, 4, padding=padding, dilation=(2, 3)),
        network.conv(x, 4, (2, 3), padding=padding, dilation=(3, 1)),
        network.conv(x, 4, padding=padding, groups=2),
        network.conv(x, 9, (1, 1), (2, 2), padding, groups=3),
        network.conv(x, 6, padding=padding, groups=6),
        network.depthwise(x, 2, padding=padding),
        network.depthwise(x, 3, (2, 2), (2, 2), padding),
        network.depthwise(x, 2, padding=padding, dilation=(2, 2)),
    )
    judge(network)


def test_a_single_channel_depthwise(judge: Convert) -> None:
    # One input channel: TensorFlow's depthwise filters [1, h, w, 1 · multiplier] are a full convolution's.
    network = Network()
    network.output(network.depthwise(network.input("grey", (1, 5, 6, 1)), 4))
    judge(network)


@pytest.mark.parametrize("bias", [(), (None,)], ids=["two operands", "third left out"])
def test_no_bias(bias: tuple[None, ...], convert: Convert) -> None:
    # LiteRT's own kernels need a bias: it gets one of zeros.
    def network(bias: Sequence[int | None] | None) -> Network:
        network = Network()
        x, weights = network.input("picture", (1, 5, 6, 3)), network.weights(4, 3, 3, 3)
        operands = [x, weights, *([network.constant("bias", np.zeros(4))] if bias is None else bias)]
        network.output(
            network.operator("CONV_2D", operands, (1, 5, 6, 4), "features", padding="SAME", strideH=1, strideW=1)
        )
        return network

    assert_like_litert(replace(convert(network(bias)), data=network(None).build()))


def test_batches(judge: Convert) -> None:
    network = Network()
    x = network.input("pictures", (3, 5, 6, 2))
    network.output(network.depthwise(network.conv(x, 4, stride=(2, 2)), 2))
    judge(network)


@pytest.mark.parametrize("activation", ["RELU", "RELU6", "RELU_N1_TO_1"])
def test_fused_activations(activation: str, judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 6, 6, 8))
    network.output(
        network.conv(x, 4, fusedActivationFunction=activation),
        network.depthwise(x, 1, fusedActivationFunction=activation),
    )
    judge(network)


@pytest.mark.parametrize(("padding", "stride"), [("VALID", (2, 2)), ("SAME", (1, 1)), ("SAME", (2, 2))])
def test_zeros_around_the_picture_are_the_convolutions_own(padding: str, stride: Pair, judge: Convert) -> None:
    network = Network()
    hidden = network.conv(network.input("picture", (1, 7, 8, 3)), 4)
    padded = network.pad(hidden, AROUND)
    network.output(
        network.conv(padded, 5, (3, 3), stride, padding), network.depthwise(padded, 2, (2, 3), stride, padding)
    )
    assert "pad" not in judge(network).kinds()


def test_zeros_that_somebody_else_reads_are_put_in_once(judge: Convert) -> None:
    network = Network()
    padded = network.pad(network.conv(network.input("picture", (1, 7, 8, 3)), 4), AROUND)
    network.output(network.conv(padded, 5, padding="VALID"), network.unary("TANH", padded), padded)
    assert judge(network).kinds()["pad"] == 1


def test_zeros_around_other_axes_stay(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 6, 6, 3)), 4)
    wide = network.pad(x, [(0, 0), (1, 1), (1, 1), (0, 2)])
    many = network.pad(x, [(1, 1), (1, 0), (0, 0), (0, 0)])
    network.output(network.conv(wide, 5, padding="VALID"), network.conv(many, 5, padding="VALID"))
    assert judge(network).kinds()["pad"] == 2


def test_zeros_around_zeros(judge: Convert) -> None:
    network = Network()
    inner = network.pad(network.conv(network.input("picture", (1, 6, 6, 3)), 4), AROUND)
    network.output(network.conv(network.pad(inner, AROUND), 5, padding="VALID"))
    assert judge(network).kinds()["pad"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": (4, 3, 3, 2)}, "filters take 2 channels of 3"),
        ({"weights": (4, 3, 3)}, r"filters of shape \[4, 3, 3\], expected rank 4"),
        ({"stride": (0, 1)}, r"input \[1, 5, 5, 3\], strides \(0, 1\), dilations \(1, 1\)"),
        ({"dilation": (1, -1)}, r"dilations \(1, -1\)"),
        ({"padding": 7}, "padding 7, expected SAME or VALID"),
    ],
)
def test_what_no_convolution_is(change: dict[str, Any], message: str, convert: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 5, 3))
    stride, dilation = change.get("stride", (1, 1)), change.get("dilation", (1, 1))
    network.output(
        network.operator(
            "CONV_2D",
            [x, network.weights(*change.get("weights", (4, 3, 3, 3))), network.weights(4)],
            (1, 5, 5, 4),
            padding=change.get("padding", "SAME"),
            strideH=stride[0],
            strideW=stride[1],
            dilationHFactor=dilation[0],
            dilationWFactor=dilation[1],
        )
    )
    with pytest.raises(ConversionError, match=rf"operator 0 CONV_2D \(tensor 'conv_2d_0'\): .*{message}"):
        convert(network)


def test_filters_of_the_wrong_shape_for_depthwise(convert: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 5, 3))
    operands = [x, network.weights(2, 3, 3, 3), network.weights(3)]
    network.output(network.operator("DEPTHWISE_CONV_2D", operands, (1, 5, 5, 3), padding="SAME", strideH=1, strideW=1))
    with pytest.raises(ConversionError, match=r"filters of shape \[2, 3, 3, 3\], expected \[1, height, width, channe"):
        convert(network)


def test_filters_that_are_computed(convert: Convert) -> None:
    network = Network()
    x, filters = network.input("picture", (1, 5, 5, 3)), network.input("filters", (4, 3, 3, 3))
    operands = [x, filters, network.weights(4)]
    network.output(network.operator("CONV_2D", operands, (1, 5, 5, 4), padding="SAME", strideH=1, strideW=1))
    with pytest.raises(ConversionError, match=r"operand 1 \('filters'\) is computed at run time, expected a constant"):
        convert(network)


@pytest.mark.parametrize(
    ("size", "reach", "stride", "expected"),
    [
        (4, 3, 2, (0, 1)),  # TensorFlow's odd cell lies behind, where PyTorch puts it in front
        (5, 3, 2, (1, 1)),
        (5, 1, 2, (0, 0)),
        (1, 5, 3, (2, 2)),
        (8, 2, 3, (0, 0)),
    ],
)
def test_same_padding(size: int, reach: int, stride: int, expected: Pair) -> None:
    assert window_padding("SAME", size, reach, stride) == expected
    cells = sum(expected) + size
    assert (cells - reach) // stride + 1 == int(np.ceil(size / stride))
    assert window_padding("VALID", size, reach, stride) == (0, 0)
