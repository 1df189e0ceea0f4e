"""The steps behind a landmark network, executed from a saved package, against their numpy twins."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from blazemesh.quiet import quiet_coremltools

quiet_coremltools()

from converters.coreml import ConversionOptions, to_coreml  # noqa: E402 — it imports coremltools
from converters.features import Features, InputFeature, OutputFeature  # noqa: E402
from converters.finish import FinalOutput, Finish  # noqa: E402
from converters.package import write_package  # noqa: E402
from converters.tflite_reader import read_tflite  # noqa: E402
from pipelines import landmarks  # noqa: E402
from pipelines.mil.landmarks import normalise, presence  # noqa: E402
from pipelines.mil.refinement import refine  # noqa: E402
from pipelines.refinement import attention_refinement  # noqa: E402
from pipelines.refinement import refine as refine_in_numpy  # noqa: E402
from tests.converters.network import Network  # noqa: E402
from verification.executor.package import load_program  # noqa: E402
from verification.executor.reference import ReferenceModel  # noqa: E402

Arrays = Mapping[str, NDArray[np.float32]]
SHAPES = {**dict(attention_refinement().outputs), "presence": (1,)}


def package(path: Path, emit: Any, outputs: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """A float16 package whose network passes its inputs on, one each shape, and which ends with `emit`."""
    network = Network()
    for name, shape in shapes.items():
        network.output(network.unary("ABS", network.input(name, shape)))
    graph = read_tflite(network.build(), "built.tflite")
    features = Features(
        tuple(InputFeature(j, f"{name}In", "tensor") for j, name in zip(graph.inputs, shapes, strict=True)),
        tuple(OutputFeature(j, *item) for j, item in zip(graph.outputs, shapes.items(), strict=True)),
        finish=Finish((), tuple(FinalOutput(name) for name in outputs), emit),
    )
    write_package(to_coreml(graph, features, ConversionOptions()), features, {}, path)
    return path


def emit_refined(raw: Mapping[str, Any], scalars: Mapping[str, Any]) -> dict[str, Any]:
    return {"refined": refine(raw, 192), "sure": presence(raw["presence"])}


def halves(seed: int) -> dict[str, NDArray[np.float32]]:
    """What a float16 network puts out."""
    generator = np.random.default_rng(seed)
    return {
        name: generator.uniform(0, 212, shape).astype(np.float16).astype(np.float32) for name, shape in SHAPES.items()
    }


@pytest.mark.parametrize("arithmetic", ["float32", "float16"])
def test_refined_in_the_package_as_in_numpy(tmp_path: Path, arithmetic: Any) -> None:
    """In float32 whatever the network is: rounded twice where numpy rounds once."""
    path = package(tmp_path / "p.mlpackage", emit_refined, ("refined", "sure"), SHAPES)
    model = ReferenceModel(path, arithmetic)
    for seed in range(5):
        tensors = halves(seed)
        found = model.predict({f"{name}In": value for name, value in tensors.items()})
        assert found["refined"].shape == (478, 3)
        np.testing.assert_allclose(found["refined"], refine_in_numpy(tensors, 192), rtol=3e-7)
        np.testing.assert_allclose(found["sure"], landmarks.presence(tensors["presence"]), rtol=3e-7)
    assert load_program(path).histogram()["gather"] == 3


@pytest.mark.parametrize(("side", "shape"), [(192, (468, 3)), (64, (71, 3)), (64, (5, 3))])
def test_normalised_in_the_package_as_in_numpy(tmp_path: Path, side: int, shape: tuple[int, int]) -> None:
    def emit(raw: Mapping[str, Any], scalars: Mapping[str, Any]) -> dict[str, Any]:
        return {"normalised": normalise(raw["points"], side)}

    model = ReferenceModel(package(tmp_path / "p.mlpackage", emit, ("normalised",), {"points": shape}), "float16")
    points = np.random.default_rng(9).uniform(0, side, shape).astype(np.float16).astype(np.float32)
    found = model.predict({"pointsIn": points})["normalised"]
    np.testing.assert_allclose(found, landmarks.normalise(points, side), rtol=3e-7)
