from collections.abc import Callable

import ai_edge_litert.schema_py_generated as schema
import numpy as np
import pytest

from converters import folding
from converters.errors import ConversionError
from converters.tflite_reader import read_tflite
from tests.converters.judging import Convert, Source
from tests.converters.network import Network
from tests.converters.tflite_builder import Compressed, Dense, Level
from verification.oracles.litert import LiteRT


def test_half_weights_are_widened() -> None:
    network = Network()
    x = network.input("values", (1, 40))
    values = np.concatenate([network.random(36), [65504, -65504, 6e-8, 0]]).astype(np.float16)
    weights = network.half("weights", values)
    network.output(network.operator("MUL", [x, weights], (1, 40), "product"))
    data = network.build()
    graph = read_tflite(data, "built.tflite")
    assert [operator.kind for operator in graph.operators] == ["MUL"]
    found = graph.tensors[weights].value
    assert found is not None
    assert found.dtype == np.float32
    assert np.array_equal(found, values.astype(np.float32))
    expected = LiteRT(data, "built.tflite").run({"values": np.ones((1, 40), np.float32)})["product"]
    assert np.array_equal(found, expected[0])


def test_sparse_half_weights_of_a_convolution(judge: Convert) -> None:
    network = Network()
    x = network.input("picture", (1, 4, 4, 6))
    levels: list[Level] = [
        Dense(4),
        Dense(1),
        Dense(1),
        Compressed([0, 2, 3, 3, 6], [0, 5, 2, 1, 3, 4], ("uint8", "uint8")),
    ]
    stored = network.sparse("filters_half", network.random(6), (4, 1, 1, 6), levels, dtype="float16")
    filters = network.operator("DEQUANTIZE", [stored], (4, 1, 1, 6), "filters")
    operands = [x, filters, network.half("bias", network.random(4))]
    network.output(network.operator("CONV_2D", operands, (1, 4, 4, 4), padding="SAME", strideH=1, strideW=1))
    converted = judge(network)
    assert [operator.kind for operator in converted.graph.operators] == ["CONV_2D"]
    assert converted.graph.tensors[filters].stored_sparse


def test_sparse_float32_weights(judge: Convert) -> None:
    """Of a convolution and of a dense layer; the convolution's stay sparse in the package where that pays."""
    network = Network()
    x = network.input("picture", (1, 4, 4, 16))
    columns = [(j * 5) % 16 for j in range(32)]
    levels: list[Level] = [Dense(32), Dense(1), Dense(1), Compressed(range(33), columns, ("uint8", "uint8"))]
    filters = network.sparse("filters", network.random(32), (32, 1, 1, 16), levels)
    hidden = network.operator(
        "CONV_2D", [x, filters, network.weights(32)], (1, 4, 4, 32), padding="SAME", strideH=1, strideW=1
    )
    rows: list[Level] = [Dense(2), Compressed([0, 2, 5], [3, 30, 0, 1, 17])]
    weights = network.sparse("weights", network.random(5), (2, 32), rows)
    network.output(network.operator("FULLY_CONNECTED", [hidden, weights, None], (16, 2)))
    kinds = judge(network).kinds()
    assert (kinds["constexpr_sparse_to_dense"], kinds["conv"]) == (1, 1)


def test_a_sparse_constant_without_densify_is_dense_as_well() -> None:
    network = Network()
    x = network.input("values", (2, 3))
    weights = network.stored_sparse("weights", [7, 8], (2, 3), [Dense(2), Compressed([0, 1, 2], [2, 0])])
    network.output(network.binary("ADD", x, weights))
    found = read_tflite(network.build(), "built.tflite").tensors[weights].value
    assert np.array_equal(np.asarray(found), [[0, 0, 7], [8, 0, 0]])


def test_what_does_more_than_unpack_stays() -> None:
    network = Network()
    computed = network.operator("DEQUANTIZE", [network.input("half", (2, 3), "float16")], (2, 3))
    scale = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[0])
    bytes_ = network.tensor("bytes", (2, 3), "int8", bytes(6), quantization=scale)
    network.output(network.binary("ADD", computed, network.operator("DEQUANTIZE", [bytes_], (2, 3))))
    graph = read_tflite(network.build(), "built.tflite")
    assert [operator.kind for operator in graph.operators] == ["DEQUANTIZE", "DEQUANTIZE", "ADD"]


def test_a_shape_that_changes() -> None:
    network = Network()
    stored = network.constant("stored", np.zeros((2, 3)), "float16")
    network.output(network.operator("DEQUANTIZE", [stored], (3, 2)))
    with pytest.raises(ConversionError, match=r"operator 0 DEQUANTIZE turns the shape \(2, 3\) into \(3, 2\)"):
        read_tflite(network.build(), "built.tflite")


def test_more_than_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network()
    levels: list[Level] = [Dense(2), Compressed([0, 1, 2], [2, 0])]
    network.output(network.sparse("first", [7, 8], (2, 3), levels), network.sparse("second", [7, 8], (2, 3), levels))
    data = network.build()
    assert len(read_tflite(data, "built.tflite").tensors) == 4
    monkeypatch.setattr(folding, "MOST_UNPACKED_ELEMENTS", 23)
    with pytest.raises(ConversionError, match=r"built.tflite: its stored weights unpack to more than 23 values"):
        read_tflite(data, "built.tflite")


def test_a_bomb() -> None:
    """A row of more than 2²⁶ places that stores a single value."""
    network = Network()
    stored = network.stored_sparse("weights", [7], (2**26 + 1,), [Compressed([0, 1], [2])])
    network.output(stored)
    with pytest.raises(ConversionError, match=r"its stored weights unpack to more than 67108864 values"):
        read_tflite(network.build(), "built.tflite")


def test_the_full_range_detectors_weights(source: Callable[[str], Source]) -> None:
    """Each of the 46 sparse constants of the real model, as LiteRT unpacks it."""
    full_range = source("BlazeFaceFullRange")
    original = LiteRT(full_range.data, "full_range.tflite")
    original.run({full_range.graph.tensors[j].name: np.zeros((1, 192, 192, 3)) for j in full_range.graph.inputs})
    unpacked = [tensor for _, kind, tensors in original.operators if kind == "DENSIFY" for tensor in tensors]
    assert len(unpacked) == 46
    for index in unpacked:
        found, expected = full_range.graph.tensors[index], original.tensor(index)
        assert found.stored_sparse
        assert found.value is not None
        assert expected is not None
        assert np.array_equal(found.value, expected), found.name
        assert 0 < np.count_nonzero(found.value) < found.value.size / 2, found.name
