"""Operators named after what they are."""

from pathlib import Path

import pytest

from converters.graph import Graph
from converters.homes.naming import operator_names
from converters.tflite_reader import read_tflite
from tests.converters.network import Network


def names(network: Network) -> list[str]:
    return list(operator_names(read_tflite(network.build(), "built.tflite")).values())


def residual(network: Network, x: int, activation: str = "RELU") -> int:
    """x + conv(x), activated."""
    total = network.operator("ADD", [x, network.conv(x, 4)], network.shape(x))
    return network.operator(activation, [total], network.shape(x))


def test_residual_blocks_are_numbered() -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 8, 8, 3)), 4)
    x = network.conv(residual(network, residual(network, x)), 2)
    network.output(x)
    block = ["conv", "add", "relu"]
    expected = ["stem/conv", *(f"block1/{w}" for w in block), *(f"block2/{w}" for w in block), "tail/conv"]
    assert names(network) == [f"backbone/{name}" for name in expected]


def test_a_part_is_called_after_the_output_that_depends_on_it() -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 8, 8, 3)), 4)
    for _ in range(2):
        network.output(network.conv(network.conv(x, 4), 2))
    made = [network.tensors[j].name for j in network.outputs]
    parts = [f"{name}/{word}" for name in made for word in ("conv", "conv2")]
    assert names(network) == ["backbone/conv", *parts]


def test_without_a_residual_block_there_are_none() -> None:
    network = Network()
    network.output(network.conv(network.conv(network.input("picture", (1, 8, 8, 3)), 4), 2))
    assert names(network) == ["backbone/conv", "backbone/conv2"]


def test_a_constant_that_is_added_ends_no_block() -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 8, 8, 3)), 4)
    network.output(network.operator("ADD", [x, network.weights(1, 1, 1, 4)], (1, 8, 8, 4)))
    assert names(network) == ["backbone/conv", "backbone/add"]


def test_what_nothing_depends_on_is_unused() -> None:
    network = Network()
    x = network.input("picture", (1, 8, 8, 3))
    network.conv(x, 4)
    network.output(network.conv(x, 2))
    assert names(network) == ["unused/conv", "backbone/conv"]


@pytest.mark.parametrize("name", ["BlazeFaceShortRange", "BlazeFaceFullRange", "FaceMeshAttention", "IrisLandmarks"])
def test_every_operator_has_a_name_of_its_own(name: str, models: dict[str, Path]) -> None:
    graph: Graph = read_tflite(models[name].read_bytes(), name)
    found = operator_names(graph)
    assert len(set(found.values())) == len(graph.operators)
    assert found == operator_names(graph)
