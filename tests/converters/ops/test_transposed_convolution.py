import struct
from typing import Any

import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert, assert_agree, random_inputs
from tests.converters.network import Network, Pair
from verification.executor.reference import ReferenceModel
from verification.oracles.litert import LiteRT

LAYERS: list[tuple[Pair, Pair]] = [
    ((2, 2), (2, 2)),
    ((3, 3), (2, 2)),
    ((4, 3), (2, 1)),
    ((3, 3), (1, 1)),
    ((1, 2), (2, 3)),
]


def enlarged(network: Network, x: int, channels: int, kernel: Pair, stride: Pair, padding: str) -> tuple[int, ...]:
    """The shape that TensorFlow gives a transposed convolution."""
    sizes = (
        size * step + (max(length - step, 0) if padding == "VALID" else 0)
        for size, step, length in zip(network.shape(x)[1:3], stride, kernel, strict=True)
    )
    return (1, *sizes, channels)


def transposed(network: Network, x: int, kernel: Pair, stride: Pair, padding: str, bias: bool, **options: Any) -> int:
    shape = enlarged(network, x, 4, kernel, stride, padding)
    operands = [network.integers(shape), network.weights(4, *kernel, network.shape(x)[3]), x]
    operands += [network.weights(4)] if bias else []
    return network.operator(
        "TRANSPOSE_CONV", operands, shape, padding=padding, strideH=stride[0], strideW=stride[1], **options
    )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_transpose_conv(padding: str, judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 6, 3))
    for kernel, stride in LAYERS:
        network.output(*(transposed(network, x, kernel, stride, padding, bias) for bias in (False, True)))
    network.output(transposed(network, x, (3, 3), (2, 2), padding, True, fusedActivationFunction="RELU"))
    judge(network)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_mediapipes_form_is_the_same_convolution(padding: str, convert: Convert) -> None:
    """LiteRT's bare kernels don't have it: what TRANSPOSE_CONV makes of the same weights is the expectation."""
    for kernel, stride in LAYERS[:3]:
        network, twin = Network(), Network()
        for built in (network, twin):
            x = built.input("picture", (1, 5, 6, 3))
            shape = enlarged(built, x, 4, kernel, stride, padding)
            operands = [x, built.weights(4, *kernel, 3), built.weights(4)]
            if built is twin:
                operands = [built.integers(shape), operands[1], x, operands[2]]
                words: dict[str, Any] = {"padding": padding, "strideH": stride[0], "strideW": stride[1]}
                built.output(built.operator("TRANSPOSE_CONV", operands, shape, "out", **words))
            else:
                options = struct.pack("<3i", 1 if padding == "SAME" else 2, stride[1], stride[0])
                custom = "Convolution2DTransposeBias"
                built.output(built.operator(custom, operands, shape, "out", custom_options=options))
        converted = convert(network)
        inputs = random_inputs(converted.graph)
        expected = LiteRT(twin.build(), "twin.tflite").run(inputs)["out"]
        assert_agree(ReferenceModel(converted.path).predict(inputs)["out"], expected, "out")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (b"", "options of 0 bytes, expected 12"),
        (struct.pack("<3i", 7, 2, 2), r"padding 7, expected 1 \(SAME\) or 2 \(VALID\)"),
        (struct.pack("<3i", 1, 0, 2), r"strides \(2, 0\)"),
    ],
)
def test_options_that_are_none(options: bytes, message: str, convert: Convert) -> None:
    network = Network()
    operands = [network.input("picture", (1, 4, 4, 2)), network.weights(3, 2, 2, 2), network.weights(3)]
    kind = "Convolution2DTransposeBias"
    network.output(network.operator(kind, operands, (1, 8, 8, 3), custom_options=options))
    with pytest.raises(ConversionError, match=f"operator 0 {kind} .*: .*{message}"):
        convert(network)


def test_filters_of_another_rank(convert: Convert) -> None:
    network = Network()
    operands = [network.integers((1, 8, 8, 3)), network.weights(3, 2, 2), network.input("picture", (1, 4, 4, 2))]
    options: dict[str, Any] = {"padding": "SAME", "strideH": 2, "strideW": 2}
    network.output(network.operator("TRANSPOSE_CONV", operands, (1, 8, 8, 3), **options))
    with pytest.raises(ConversionError, match=r"operator 0 TRANSPOSE_CONV .*: .*filters \[3, 2, 2\]"):
        convert(network)
