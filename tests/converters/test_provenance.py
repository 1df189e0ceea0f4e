import json

from converters.features import Features, InputFeature, OutputFeature
from converters.provenance import source_metadata
from converters.tflite_reader import read_tflite
from tests.converters.network import Network


def test_says_where_a_package_comes_from() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("serving_default_x:0", (1, 8, 8, 3))))
    graph = read_tflite(network.build(), "größe.tflite")
    features = Features(
        (InputFeature(0, "image", "image", -1, 1),), (OutputFeature(1, "landmarks", (64, 3), unit="px"),)
    )
    record = json.loads(source_metadata(graph, features, "face"))
    assert record == {
        "version": 1,
        "file": "größe.tflite",
        "sha256": graph.sha256,
        "subject": "face",
        "inputs": [{"name": "image", "tensor": "serving_default_x:0", "kind": "image", "range": [-1, 1]}],
        "outputs": [{"name": "landmarks", "tensor": "relu_0", "unit": "px", "shape": [64, 3]}],
    }
