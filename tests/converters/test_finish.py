"""What follows a network inside the same program, executed from the saved package."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.coreml import ConversionOptions, to_coreml
from converters.errors import ConversionError
from converters.features import Features, InputFeature, OutputFeature
from converters.finish import FinalOutput, Finish, ScalarInput
from converters.package import write_package
from converters.tflite_reader import read_tflite
from tests.converters.network import Network
from verification.executor.package import load_program
from verification.executor.reference import ReferenceModel

VALUES = np.array([[0.1, 2.0, 3.0, 40000.0]], np.float32)


def scaled(raw: Mapping[str, Any], scalars: Mapping[str, Any]) -> dict[str, Any]:
    """1000 times what is above the threshold: beyond float16, and finer than its steps."""
    above = mb.sub(x=raw["values"], y=scalars["threshold"])
    return {"values": mb.mul(x=mb.relu(x=above), y=np.float32(1000)), "count": mb.const(val=np.array([4], np.int32))}


FINISH = Finish(
    (ScalarInput("threshold", 0.25, "what counts"),), (FinalOutput("values"), FinalOutput("count", "how many")), scaled
)


def package(tmp_path: Path, finish: Finish = FINISH, precision: Any = "float16") -> Path:
    network = Network()
    network.output(network.unary("RELU", network.input("in", (1, 4))))
    graph = read_tflite(network.build(), "built.tflite")
    features = Features(
        (InputFeature(0, "input", "tensor"),), (OutputFeature(graph.outputs[0], "values", (4,)),), finish=finish
    )
    write_package(to_coreml(graph, features, ConversionOptions(precision)), features, {}, tmp_path / "p.mlpackage")
    return tmp_path / "p.mlpackage"


@pytest.mark.parametrize("precision", ["float16", "float32"])
def test_the_finish_computes_in_float32_on_what_the_network_makes(precision: str, tmp_path: Path) -> None:
    model = ReferenceModel(package(tmp_path, precision=precision), "float16")
    rounded = VALUES[0].astype(np.float16).astype(np.float32) if precision == "float16" else VALUES[0]
    for threshold in (None, 1.125):
        given = {} if threshold is None else {"threshold": np.array([threshold], np.float32)}
        found = model.predict({"input": VALUES, **given})
        expected = np.maximum(rounded - np.float32(threshold or 0.25), 0) * np.float32(1000)
        np.testing.assert_array_equal(found["values"], expected)
        np.testing.assert_array_equal(found["count"], [4])
        assert found["count"].dtype == np.int32


def test_the_package_describes_scalars_and_final_outputs(tmp_path: Path) -> None:
    program = load_program(package(tmp_path))
    threshold = next(feature for feature in program.inputs if feature.name == "threshold")
    assert (threshold.optional, threshold.default, threshold.dtype, threshold.shape) == (True, 0.25, "float32", (1,))
    assert [(f.name, f.description) for f in program.outputs] == [("values", ""), ("count", "how many")]
    assert threshold.description == "what counts"


def test_a_finish_that_reuses_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="two inputs or outputs are called 'input'"):
        package(tmp_path, Finish((ScalarInput("input", 0.5),), FINISH.outputs, scaled))


def fused(raw: Mapping[str, Any], scalars: Mapping[str, Any]) -> dict[str, Any]:
    """A product with constants and a sum: coremltools makes one `linear` of them, under another name."""
    row = mb.expand_dims(x=raw["values"], axes=[0])
    product = mb.matmul(x=row, y=np.eye(4, dtype=np.float32) * np.float32(3))
    total = mb.add(x=product, y=np.ones(4, np.float32))
    return {"values": mb.mul(x=total, y=scalars["threshold"]), "count": mb.const(val=np.array([4], np.int32))}


def test_what_a_pass_makes_float16_behind_the_network_is_refused(tmp_path: Path) -> None:
    finish = Finish(FINISH.scalars, FINISH.outputs, fused)
    with pytest.raises(ConversionError, match=r"coremltools made \S+ float16, which must stay float32$"):
        package(tmp_path, finish)
    assert package(tmp_path, finish, "float32").is_dir()
