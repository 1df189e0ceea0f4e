from collections.abc import Callable
from pathlib import Path

import pytest

from converters.coreml import ConversionOptions, to_coreml
from converters.errors import ConversionError
from converters.features import derived_features
from converters.open_shapes import open_inputs, with_batch
from converters.package import write_package
from converters.tflite_reader import read_tflite
from tests.converters.judging import Converted, assert_like_litert
from tests.converters.network import Network

Judge = Callable[[Network, int | None], Converted]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Converts a built model with a batch and holds it to LiteRT, which is given the same batch."""

    def judge(network: Network, batch: int | None) -> Converted:
        data = network.build()
        graph = with_batch(read_tflite(data, "built.tflite"), data, batch)
        features = derived_features(graph, 0, 1, tensor_input=True)
        write_package(to_coreml(graph, features, ConversionOptions("float32")), features, {}, tmp_path / "X.mlpackage")
        converted = Converted(data, graph, features, tmp_path / "X.mlpackage")
        assert_like_litert(converted)
        return converted

    return judge


def opened(network: Network, *tensors: int, axis: int = 0) -> None:
    """Leaves an axis of the tensors open, as an exporter does: size 1 in the shape, −1 in the signature."""
    for index in tensors:
        tensor = network.tensors[index]
        tensor.shapeSignature = [-1 if j == axis else size for j, size in enumerate(tensor.shape)]
        tensor.shape = [1 if j == axis else size for j, size in enumerate(tensor.shape)]


def classifier() -> Network:
    """A picture's rows through a dense layer: what a Keras Flatten and a TimeDistributed layer leave in the file."""
    network = Network()
    x = network.input("picture", (1, 4, 6, 3))
    hidden = network.conv(x, 2)
    shape = network.operator("SHAPE", [hidden], (4,), dtype="int32", outType="INT32")
    bounds = [network.integers([value]) for value in (0, 1, 1)]
    count = network.operator("STRIDED_SLICE", [shape, *bounds], (), dtype="int32", shrinkAxisMask=1)
    rows = network.reshape(hidden, (-1, 12))
    network.tensors[rows].shape = [1, 12]  # what the exporter writes of a size that it doesn't know
    dense = network.operator("FULLY_CONNECTED", [rows, network.weights(5, 12), network.weights(5)], (1, 5))
    packed = network.operator("PACK", [count, network.integers(20)], (2,), dtype="int32", valuesCount=2)
    flat = network.operator("RESHAPE", [dense, packed], (1, 20))
    opened(network, x, hidden, rows, dense, flat)
    network.output(flat)
    return network


@pytest.mark.parametrize(("batch", "size"), [(None, 1), (1, 1), (3, 3)])
def test_an_open_batch(batch: int | None, size: int, judge: Judge) -> None:
    graph = judge(classifier(), batch).graph
    assert open_inputs(graph) == ["picture"]
    assert [graph.tensors[index].shape for index in (*graph.inputs, *graph.outputs)] == [(size, 4, 6, 3), (size, 20)]
    product = next(o for o in graph.operators if o.kind == "FULLY_CONNECTED").outputs[0]
    assert graph.tensors[product].shape == (4 * size, 5)


def test_an_input_without_a_batch_keeps_its_shape(judge: Judge) -> None:
    network = Network()
    x, scale = network.input("values", (1, 4)), network.input("scale", (4,))
    product = network.binary("MUL", x, scale)
    opened(network, x, product)
    network.output(product)
    graph = judge(network, 2).graph
    assert [graph.tensors[index].shape for index in graph.inputs] == [(2, 4), (4,)]


def test_a_batch_that_the_file_fixes_can_be_another(judge: Judge) -> None:
    network = Network()
    network.output(network.conv(network.input("picture", (1, 4, 6, 3)), 2))
    graph = judge(network, 4).graph
    assert graph.tensors[graph.outputs[0]].shape == (4, 4, 6, 2)
    assert not open_inputs(graph)


def test_a_fixed_graph_is_left_alone() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("x", (2, 3))))
    data = network.build()
    graph = read_tflite(data, "built.tflite")
    assert with_batch(graph, data) is graph


def fixed_inside(network: Network) -> None:
    network.output(network.reshape(network.input("x", (1, 6)), (1, 2, 3)))


def open_length(network: Network) -> None:
    x = network.input("words", (1, 7))
    network.output(network.unary("TANH", x))
    opened(network, x, axis=1)


def custom(network: Network) -> None:
    network.output(network.operator("Mine", [network.input("x", (1, 6))], (1, 6)))


@pytest.mark.parametrize(
    ("build", "batch", "message"),
    [
        (fixed_inside, 2, "LiteRT does not run it with a batch of 2: .*num_input_elements != num_output_elements"),
        (fixed_inside, 0, "a batch of 0, expected 1 to 4096"),
        (fixed_inside, 5000, "a batch of 5000, expected 1 to 4096"),
        (open_length, None, r"operator 0 TANH \(tensor '\w+'\): input 'words' leaves the size of axis 1 open, where"),
        (custom, 2, "LiteRT does not run it with a batch of 2: .*unresolved custom op: Mine"),
    ],
)
def test_what_no_batch_is(build: Callable[[Network], None], batch: int | None, message: str) -> None:
    network = Network()
    build(network)
    data = network.build()
    with pytest.raises(ConversionError, match=rf"^built\.tflite: {message}"):
        with_batch(read_tflite(data, "built.tflite"), data, batch)


def test_a_custom_operator_leaves_the_files_own_shapes() -> None:
    network = Network()
    custom(network)
    opened(network, 0, 1)
    data = network.build()
    graph = read_tflite(data, "built.tflite")
    assert with_batch(graph, data) is graph
