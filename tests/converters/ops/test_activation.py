import numpy as np
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network

KINDS = ["RELU", "RELU6", "RELU_N1_TO_1", "TANH", "LOGISTIC", "ELU", "HARD_SWISH", "GELU", "LEAKY_RELU"]


def test_every_activation_in_both_axis_orders(judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 6, 3))
    scaled = network.binary("MUL", x, network.constant("scale", np.float32(4)))  # beyond 6 and below −1
    hidden = network.conv(scaled, 4)
    network.output(*(network.unary(kind, tensor) for kind in KINDS for tensor in (scaled, hidden)))
    network.output(
        *(network.operator("LEAKY_RELU", [tensor], network.shape(tensor), alpha=0.3) for tensor in (scaled, hidden)),
        network.operator("GELU", [scaled], network.shape(scaled), approximate=True),
    )
    judge(network)


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 4), (2, 1, 3, 2, 2)])
def test_activations_of_any_rank(shape: tuple[int, ...], judge: Convert) -> None:
    network = Network()
    x = network.input("values", shape)
    network.output(*(network.unary(kind, x) for kind in KINDS))
    judge(network)


SLOPES = {"per channel": (1, 1, 4), "with a batch axis": (1, 1, 1, 4), "channels alone": (4,), "shared": (1, 1, 1)}


@pytest.mark.parametrize("expand_prelu", [False, True])
def test_prelu(expand_prelu: bool, judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    network.output(*(network.operator("PRELU", [x, network.weights(*s)], (1, 5, 6, 4), n) for n, s in SLOPES.items()))
    kinds = judge(network, expand_prelu=expand_prelu).kinds()
    if expand_prelu:
        assert not {"prelu", "leaky_relu"} & set(kinds)
    else:
        assert kinds["prelu"] == 3
        assert kinds["leaky_relu"] == 1  # coremltools' own pass: one slope for all is a leaky ReLU


def test_a_float16_package_keeps_prelu_expanded(convert: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    network.output(network.operator("PRELU", [x, network.weights(1, 1, 4)], (1, 5, 6, 4)))
    assert "prelu" in convert(network, precision="float16").kinds()
    assert "prelu" not in convert(network, precision="float16", expand_prelu=True).kinds()


def test_slopes_repeated_over_the_picture_are_one_a_channel(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    slopes = network.constant("alpha", np.broadcast_to(network.random(4), (5, 6, 4)))
    network.output(network.operator("PRELU", [x, slopes], (1, 5, 6, 4)))
    assert judge(network).kinds()["prelu"] == 1


@pytest.mark.parametrize("shape", [(5, 6, 4), (1, 6, 4), (5, 1, 1)])
def test_slopes_that_differ_within_a_channel(shape: tuple[int, ...], judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 5, 6, 3)), 4)
    network.output(network.operator("PRELU", [x, network.weights(*shape)], (1, 5, 6, 4)))
    assert "prelu" not in judge(network).kinds()


@pytest.mark.parametrize("shape", [(1, 4), (2, 5, 4), (1, 2, 3, 2, 4)])
def test_prelu_of_no_picture(shape: tuple[int, ...], judge: Convert) -> None:
    network = Network()
    x = network.input("values", shape)
    network.output(network.operator("PRELU", [x, network.weights(4)], shape))
    judge(network)


def test_prelu_of_a_transposed_value(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3, 4))
    turned = network.operator("TRANSPOSE", [x, network.integers([0, 2, 1])], (2, 4, 3))
    network.output(network.operator("PRELU", [turned, network.weights(4, 1)], (2, 4, 3)))
    judge(network)


@pytest.mark.parametrize("activation", ["TANH", "SIGN_BIT"])
@pytest.mark.parametrize("kind", ["ADD", "MUL"])
def test_fused_activations_that_litert_passes_over(kind: str, activation: str, convert: Convert) -> None:
    network = Network()
    x = network.input("values", (1, 4))
    network.output(network.binary(kind, x, network.weights(4), fusedActivationFunction=activation))
    with pytest.raises(ConversionError, match=f"operator 0 {kind} .*: fused activation {activation} is not supported"):
        convert(network)
