"""Small models, so that a conversion takes a moment, and files that are none."""

from pathlib import Path

import numpy as np
import pytest

from tests.converters.tflite_builder import TfliteBuilder


def small_model(kind: str = "CONV_2D") -> bytes:
    """An 8 × 8 picture through one convolution, then through `kind` where that is another one."""
    builder = TfliteBuilder()
    generator = np.random.default_rng(1)
    picture = builder.input("picture", (1, 8, 8, 3))
    # Multiples of 1/64: a float16 package keeps such weights as they are.
    weights = builder.constant("weights", generator.integers(-64, 64, (4, 3, 3, 3)) / 64)
    bias = builder.constant("bias", generator.integers(-64, 64, 4) / 64)
    shape = (1, 8, 8, 4)
    result = builder.operator(
        "CONV_2D", [picture, weights, bias], shape, "features", padding="SAME", strideW=1, strideH=1
    )
    if kind != "CONV_2D":
        result = builder.operator(kind, [result], shape, "unusual")
    builder.output(result)
    return builder.build()


def quantised_model() -> bytes:
    """The same convolution as int8 arithmetic has it."""
    import ai_edge_litert.schema_py_generated as schema

    builder = TfliteBuilder()
    scale = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[0])
    picture = builder.tensor("picture", (1, 8, 8, 3), "int8", quantization=scale)
    builder.inputs.append(picture)
    weights = builder.tensor("weights", (4, 3, 3, 3), "int8", bytes(108), quantization=scale)
    bias = builder.tensor("bias", (4,), "int32", bytes(16), quantization=scale)
    result = builder.operator(
        "CONV_2D", [picture, weights, bias], (1, 8, 8, 4), "features", "int8", padding="SAME", strideW=1, strideH=1
    )
    builder.tensors[result].quantization = scale
    builder.output(result)
    return builder.build()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model that converts in a moment."""
    path = tmp_path / "tiny.tflite"
    path.write_bytes(small_model())
    return path


@pytest.fixture(scope="session")
def tiny_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model's package, to read only; its source lies beside it."""
    from blazemesh.conversion import convert

    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.tflite").write_bytes(small_model())
    convert(folder / "tiny.tflite", folder / "Tiny.mlpackage", check=False)
    return folder / "Tiny.mlpackage"
