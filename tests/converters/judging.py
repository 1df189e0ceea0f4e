"""A built model → its package, held to LiteRT: the judge of every test of an operator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from blazemesh.homes import loaded, written_home
from converters.coreml import ConversionOptions, to_coreml
from converters.errors import ConversionError
from converters.features import Features, derived_features
from converters.graph import Array, Graph
from converters.onnx.model import LAYOUTS
from converters.package import write_package
from converters.tflite_reader import read_tflite
from tests.converters.tflite_builder import TfliteBuilder
from verification.executor.package import load_program
from verification.executor.reference import ReferenceModel
from verification.oracles.litert import LiteRT

TOLERANCE = 1e-5
"""Of an output's range: float32 has 6e-8, and a sum over a few hundred products in another order loses some digits."""


@dataclass(frozen=True)
class Converted:
    """A built model, read, converted and saved."""

    data: bytes
    graph: Graph
    features: Features
    path: Path

    def kinds(self) -> Mapping[str, int]:
        """How many operations of each MIL kind the package holds, constants left out."""
        return load_program(self.path).histogram()


@dataclass(frozen=True)
class Source:
    """A pinned model out of the cache, with the features that models.toml gives it."""

    name: str
    data: bytes
    graph: Graph
    features: Features


Convert = Callable[..., Converted]
"""`convert(builder, **options of ConversionOptions)`; float32 unless they say otherwise."""


def convert(builder: TfliteBuilder, path: Path, **options: Any) -> Converted:
    """The built model as the package `path`, its inputs as tensors."""
    data = builder.build()
    graph = read_tflite(data, "built.tflite")
    features = derived_features(graph, -1.0, 1.0, tensor_input=True)
    model = to_coreml(graph, features, ConversionOptions(**({"precision": "float32"} | options)))
    write_package(model, features, {}, path)
    return Converted(data, graph, features, path)


def assert_like_litert(converted: Converted) -> None:
    """The package, and the same graph in ONNX, do on random inputs what LiteRT does with the original."""
    inputs = random_inputs(converted.graph)
    expected = LiteRT(converted.data, "built.tflite").run(inputs)
    names = {converted.graph.tensors[i.tensor].name: i.name for i in converted.features.inputs}
    found = ReferenceModel(converted.path).predict({names[name]: _given(value) for name, value in inputs.items()})
    for output in converted.features.outputs:
        assert_agree(found[output.name], expected[converted.graph.tensors[output.tensor].name], output.name)
    for layout in LAYOUTS:
        assert_onnx_agrees(converted, layout, inputs, expected)


def assert_onnx_agrees(
    converted: Converted, layout: str, inputs: Mapping[str, Array], expected: Mapping[str, Array]
) -> None:
    """The same graph in ONNX says what LiteRT says, unless it is one that ONNX has no node for."""
    graph, features = converted.graph, converted.features
    try:
        written = written_home(graph, features, "any", "onnx", layout)
    except ConversionError as error:
        if "which ONNX's LSTM can't" not in str(error):
            raise
        return
    run = loaded(written, graph, features, "any", "onnx", "built.onnx").run
    names = {graph.tensors[feature.tensor].name: feature.name for feature in features.inputs}
    found = run({names[name]: value for name, value in inputs.items()})
    for output in features.outputs:
        original = expected[graph.tensors[output.tensor].name]
        assert found[output.name].dtype == (np.float32 if original.dtype == np.float16 else original.dtype)
        assert_agree(_given(found[output.name]), _given(original), f"{output.name} in ONNX, {layout}")


def _given(value: Array) -> Array:
    """The input as the package takes it: bytes and truth values as whole numbers."""
    return value.astype(np.int32) if value.dtype in (np.uint8, np.bool_) else value


def random_inputs(graph: Graph, seed: int = 0) -> dict[str, Array]:
    """Normally distributed inputs by tensor name (whole numbers are ten times as large), any byte or truth value."""
    generator = np.random.default_rng(seed)
    tensors = [graph.tensors[index] for index in graph.inputs]
    return {tensor.name: _random(generator, tensor.shape, tensor.dtype) for tensor in tensors}


def _random(generator: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    if dtype in ("uint8", "bool"):
        return generator.integers(0, 256 if dtype == "uint8" else 2, shape).astype(dtype)
    scale = 10 if dtype.startswith("int") else 1
    return (scale * generator.standard_normal(shape)).astype(dtype)


def assert_agree(found: Array, expected: Array, name: str) -> None:
    """Equal shapes, and values within the tolerance; an output of zeros would show nothing and is refused."""
    assert found.shape == expected.shape, name
    assert np.isfinite(expected).all(), name
    scale = float(np.abs(expected).max())
    assert scale > 0, f"{name}: nothing but zeros shows nothing"
    assert float(np.abs(found - expected.astype(found.dtype)).max()) <= TOLERANCE * scale, name
