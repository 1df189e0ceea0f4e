"""Every kind of operator in Keras: built, saved, loaded, and held to LiteRT."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from blazemesh.homes import loaded, written_home
from converters.errors import ConversionError
from converters.features import derived_features
from converters.graph import Array, Graph
from converters.tflite_reader import read_tflite
from tests.converters.judging import assert_agree, random_inputs
from tests.converters.network import Network
from tests.converters.ops.test_every_kind import CASES, Sampler
from tests.converters.ops.test_mediapipe import MATRICES, landmarks, matrix, operator, region, sampling
from tests.converters.ops.test_transposed_convolution import LAYERS, transposed
from verification.oracles.original import open_original


def read(network: Network) -> tuple[bytes, Graph]:
    data = network.build()
    return data, read_tflite(data, "built.tflite")


def run_both(network: Network, inputs: dict[str, Array] | None = None) -> list[tuple[Array, Array]]:
    """What Keras and the original make of each output, from the file that a user would load."""
    data, graph = read(network)
    features = derived_features(graph, 0, 1, True)
    given = random_inputs(graph) if inputs is None else inputs
    written = written_home(graph, features, "any", "keras", "nhwc")
    names = {graph.tensors[feature.tensor].name: feature.name for feature in features.inputs}
    run = loaded(written, graph, features, "any", "keras", "built.keras").run
    found = run({names[name]: value for name, value in given.items()})
    expected = open_original(data, "built.tflite").run(given)
    return [(found[o.name], expected[graph.tensors[o.tensor].name]) for o in features.outputs]


@pytest.mark.parametrize("kind", sorted(CASES))
def test_every_kind_does_what_litert_does(kind: str) -> None:
    network = Sampler()
    network.output(CASES[kind](network))
    for found, expected in run_both(network):
        assert_agree(found, expected, kind)


def test_convolutions_of_every_form() -> None:
    network = Network()
    x = network.input("picture", (1, 9, 8, 4))
    for padding in ("SAME", "VALID"):
        network.output(network.conv(x, 6, (3, 2), (2, 1), padding))
        network.output(network.conv(x, 6, (2, 4), (1, 1), padding, (2, 1), fusedActivationFunction="RELU6"))
        network.output(network.conv(x, 6, (3, 3), (2, 2), padding, groups=2))
        network.output(network.depthwise(x, 3, (5, 2), (2, 2), padding))
        network.output(network.depthwise(x, 1, (3, 3), (2, 1), padding))  # Keras' own takes equal strides alone
        network.output(network.pool("MAX_POOL_2D", x, (3, 2), (2, 3), padding))
        network.output(network.pool("AVERAGE_POOL_2D", x, (3, 4), (2, 1), padding))
    for found, expected in run_both(network):
        assert_agree(found, expected, "convolution")


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_transposed_convolutions_of_every_form(padding: str) -> None:
    network = Network()
    x = network.input("picture", (1, 5, 6, 3))
    for kernel, stride in LAYERS:
        network.output(*(transposed(network, x, kernel, stride, padding, bias) for bias in (False, True)))
    for found, expected in run_both(network):
        assert_agree(found, expected, padding)


@pytest.mark.parametrize("line", [(0, 0), (5, 0), (-5, 0), (0, -5), (-3, -4)])
def test_a_region_follows_the_landmarks(line: tuple[int, int]) -> None:
    points = landmarks(2)
    points[0, 4, :2] = points[0, 1, :2] + np.array(line, np.float32)
    ((found, expected),) = run_both(region(target_rotation_radians=0.3), {"landmarks": points})
    assert_agree(found, expected, str(line))


@pytest.mark.parametrize("shape", [(4, 5), (9, 7), (1, 6), (6, 1)])
def test_a_picture_is_sampled(shape: tuple[int, int]) -> None:
    for given in MATRICES:
        picture = np.random.default_rng(3).standard_normal((1, *shape, 3)).astype(np.float32)
        ((found, expected),) = run_both(sampling(*shape), {"picture": picture, "matrix": given})
        np.testing.assert_allclose(found, expected, atol=1e-5)  # values up to 10, by four weights of float32


@pytest.mark.parametrize("shift", [np.nan, np.inf, 1e30])
def test_a_matrix_that_leads_nowhere_gives_zeros(shift: float) -> None:
    inputs = {"picture": np.ones((1, 4, 5, 3), np.float32), "matrix": matrix((1, 0, shift), (0, 1, 0))}
    ((found, _),) = run_both(sampling(4, 5), inputs)
    assert not found.any()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_come_back(dimensions: int) -> None:
    network = Network()
    points, given = network.input("points", (1, 6, dimensions)), network.input("matrix", (1, 4, 4))
    network.output(operator(network, "TransformLandmarks", [points, given], (1, 6, dimensions), dimensions=dimensions))
    values = np.random.default_rng(1).standard_normal((1, 6, dimensions)).astype(np.float32)
    ((found, expected),) = run_both(network, {"points": values, "matrix": MATRICES[1]})
    assert_agree(found, expected, "points")


@pytest.mark.parametrize("kind", ["RESHAPE", "BROADCAST_TO", "SCATTER_ND", "SPACE_TO_BATCH_ND"])
def test_what_mixes_the_batch_keeps_the_sources(kind: str) -> None:
    from converters.keras.model import to_keras

    network = Sampler()
    network.output(CASES[kind](network))
    _, graph = read(network)
    model = to_keras(graph, derived_features(graph, 0, 1, True))
    assert model.inputs[0].shape == (1, 4, 6, 4)


def axes(network: Network, *listed: int) -> int:
    return network.integers(list(listed))


MIXING: dict[str, Callable[[Network, int], int]] = {
    "a sum over columns beside its rows": lambda n, x: n.operator(
        "ADD", [x, n.operator("SUM", [x, axes(n, 1)], (1, 4))], (1, 3, 4)
    ),
    "columns by rows of the batch": lambda n, x: n.operator(
        "BATCH_MATMUL",
        [n.reshape(x, (1, 3, 4, 1)), n.operator("SUM", [x, axes(n, 1)], (1, 1, 4), keepDims=True)],
        (1, 3, 4, 4),
    ),
    "a row of the batch as a matrix": lambda n, x: n.operator(
        "BATCH_MATMUL",
        [n.reshape(n.operator("SUM", [x, axes(n, 1, 2)], (1,)), (1, 1)), n.operator("SUM", [x, axes(n, 1)], (1, 4))],
        (1, 4),
    ),
    "the batch backwards": lambda n, x: n.operator("REVERSE_V2", [x, axes(n, 0)], (1, 3, 4)),
    "shares of the batch": lambda n, x: n.operator("SOFTMAX", [n.operator("SUM", [x, axes(n, 1, 2)], (1,))], (1,)),
    "a choice by what the batch sums to": lambda n, x: n.operator(
        "SELECT_V2",
        [
            n.operator(
                "GREATER", [n.operator("SUM", [x, axes(n, 1)], (1, 4)), n.constant("zero", 0.0)], (1, 4), dtype="bool"
            ),
            x,
            n.constant("one", 1.0),
        ],
        (1, 3, 4),
    ),
}


@pytest.mark.parametrize("what", MIXING)
def test_what_would_lay_one_picture_over_another_keeps_the_batch(what: str) -> None:
    """Each agrees with its source for a batch of one, whose axis numpy's rules repeat along any other."""
    from converters.keras.model import to_keras

    network = Network()
    network.output(MIXING[what](network, network.input("x", (1, 3, 4))))
    _, graph = read(network)
    model = to_keras(graph, derived_features(graph, 0, 1, True))
    assert model.inputs[0].shape == (1, 3, 4)
    for found, expected in run_both(network):
        assert_agree(found, expected, what)


def test_what_keras_has_no_layer_for_is_one_line() -> None:
    network = Network()
    network.output(network.conv(network.input("x", (1, 8, 8, 2)), 3, stride=(2, 2), dilation=(2, 2)))
    _, graph = read(network)
    features: Any = derived_features(graph, 0, 1, True)
    with pytest.raises(
        ConversionError, match=r"^built.tflite: operator 0 CONV_2D .*: Keras does not take it: "
    ) as caught:
        written_home(graph, features, "any", "keras", "nhwc")
    assert str(caught.value).isprintable()
