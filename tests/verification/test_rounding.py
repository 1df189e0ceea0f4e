"""float32 weights in a float16 package: the original is given the same rounded ones, so that little else may differ."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.conversion import convert, judge
from blazemesh.options import Request
from tests.converters.network import Network, with_data_behind_the_tables
from tests.converters.tflite_builder import TfliteBuilder
from tests.verification.conftest import convolutions
from verification.limits import MOST_BY_WEIGHTS, limit
from verification.oracles.litert import LiteRT
from verification.oracles.rounded_weights import with_rounded_weights
from verification.parity import Differences
from verification.verify import Verdict

ORACLE = "litert, weights in float16"


def classifier(labels: bool = False) -> bytes:
    """Two convolutions with weights that float16 does not have; with `labels` the class of each pixel."""
    network = Network()
    x = network.conv(network.input("picture", (1, 16, 16, 3)), 8)
    x = network.conv(x, 8)
    if labels:
        x = network.operator("ARG_MAX", [x, network.integers(3)], (1, 16, 16), "labels", "int32", outputType="INT32")
    network.output(x)
    return network.build()


def sensitive(factor: float) -> bytes:
    """x · factor − x: all that is left is what `factor` has beyond 1."""
    builder = TfliteBuilder()
    x = builder.input("x", (1, 64))
    scaled = builder.operator("MUL", [x, builder.constant("factor", [factor])], (1, 64), "scaled")
    builder.output(builder.operator("SUB", [scaled, x], (1, 64), "left"))
    return builder.build()


def judged(model: bytes, folder: Path, precision: str = "float16") -> Verdict:
    (folder / "model.tflite").write_bytes(model)
    convert(folder / "model.tflite", folder / "Model.mlpackage", Request(precision=precision), check=False)
    return judge(folder / "Model.mlpackage", model, "model.tflite")


def test_the_constants_alone_are_rounded() -> None:
    def model(values: list[float], whole: int) -> bytes:
        builder = TfliteBuilder()
        x = builder.input("x", (5,))
        x = builder.operator("ADD", [x, builder.constant("addends", values)], (5,))
        builder.output(builder.operator("RESHAPE", [x, builder.constant("shape", [whole, 1], "int32")], (5, 1)))
        return builder.build()

    original = model([1.0001, -2049.0, 1e6, 1e-10, -1e-10], 5)
    tiniest = float(np.finfo(np.float16).smallest_subnormal)
    assert with_rounded_weights(original) == model([1.0, -2048.0, 1e6, tiniest, -tiniest], 5)


def test_many_numbers_may_vanish() -> None:
    def model(value: float) -> bytes:
        builder = TfliteBuilder()
        addends = builder.constant("addends", np.full(400, value))
        builder.output(builder.operator("ADD", [builder.input("x", (400,)), addends], (400,)))
        return builder.build()

    assert with_rounded_weights(model(1e-10)) == model(0.0)


def test_constants_behind_the_tables_are_rounded_too() -> None:
    values = np.array([[1.0001, -2049.0, 3.0]], np.float32)
    rounded = np.array([[1.0, -2048.0, 3.0]], np.float32)
    assert with_rounded_weights(with_data_behind_the_tables(values)) == with_data_behind_the_tables(rounded)


def test_rounded_weights_fit(models: dict[str, Path]) -> None:
    model = models["IrisLandmarks"].read_bytes()
    assert not LiteRT(model, "x").weights_fit_float16
    assert LiteRT(with_rounded_weights(model), "x").weights_fit_float16


def test_a_package_is_as_close_to_the_rounded_original_as_to_one_that_fits(tmp_path: Path) -> None:
    verdict = judged(classifier(), tmp_path)
    assert verdict.passed
    (float32, float16) = verdict.rows
    assert {row.oracle for row in verdict.rows} == {ORACLE}
    assert float32.range is not None
    assert float32.limit == pytest.approx(1e-3 * float32.range)
    assert float32.rounding is not None
    assert float32.max < 1e-5 * float32.range < float32.rounding < 1e-2 * float32.range
    assert float16.passed


def test_with_weights_in_float32_the_original_stays_as_it_is(tmp_path: Path) -> None:
    verdict = judged(classifier(), tmp_path, "float32")
    assert verdict.passed
    assert {(row.oracle, row.rounding) for row in verdict.rows} == {("litert", 0.0)}


def test_a_weight_that_is_off_by_a_hundredth_fails(tmp_path: Path) -> None:
    model = classifier()
    assert judged(model, tmp_path).passed
    _, place = convolutions(tmp_path / "Model.mlpackage")[1]
    weights = tmp_path / "Model.mlpackage/Data/com.apple.CoreML/weights/weight.bin"
    content = np.frombuffer(weights.read_bytes(), np.uint8).copy()
    halves = content[place].view(np.float16)
    halves[int(np.abs(halves).argmax())] *= np.float16(1.01)
    weights.write_bytes(content.tobytes())
    verdict = judge(tmp_path / "Model.mlpackage", model, "model.tflite")
    (failure,) = [failure for failure in verdict.failures if "float32" in failure and "frame" not in failure]
    assert "first to diverge: operator 1 CONV_2D" in failure
    (float32, _) = verdict.rows
    assert float32.range is not None
    assert float32.max < 1e-2 * float32.range  # less than what rounded weights were once allowed


def test_what_the_rounding_does_is_said(tmp_path: Path) -> None:
    verdict = judged(sensitive(1.5004), tmp_path)
    assert verdict.passed
    assert verdict.notes == ()
    verdict = judged(sensitive(1.008), tmp_path)
    assert verdict.passed
    assert verdict.notes[0].startswith("rounding the original's weights to float16 changes left by a share of 0.0")
    assert verdict.notes[0].endswith("; --precision float32 keeps them")


def test_a_network_that_rounded_weights_make_another_one_fails(tmp_path: Path) -> None:
    verdict = judged(sensitive(1.0007), tmp_path)
    (failure,) = [failure for failure in verdict.failures if "rounding the original's weights" in failure]
    assert failure.endswith(f"(limit {MOST_BY_WEIGHTS}); convert with --precision float32")
    assert judged(sensitive(1.0007), tmp_path, "float32").passed


def test_that_float16_costs_too_much_is_said(tmp_path: Path) -> None:
    verdict = judged(sensitive(1 + 2**-10), tmp_path)  # a weight that fits, between values that don't
    assert not verdict.passed
    assert {row.passed for row in verdict.rows if row.arithmetic == "float32"} == {True}
    assert (
        "in float32 arithmetic it agrees, it is float16 that costs too much: see --precision float32" in verdict.notes
    )


def test_classes_are_compared_by_how_many_are_others(tmp_path: Path) -> None:
    verdict = judged(classifier(labels=True), tmp_path)
    assert verdict.passed
    (float32, float16) = verdict.rows
    assert {row.unit for row in verdict.rows} == {"index"}
    assert (float32.mean, float32.mean_limit) == (0.0, 1e-3)
    assert {row.oracle for row in verdict.rows} == {ORACLE}
    assert float16.mean <= float16.max < 5e-2
    assert float16.mean_limit == 5e-2


def test_another_class_fails(tmp_path: Path) -> None:
    judged(classifier(labels=True), tmp_path)
    _, place = convolutions(tmp_path / "Model.mlpackage")[1]
    weights = tmp_path / "Model.mlpackage/Data/com.apple.CoreML/weights/weight.bin"
    content = np.frombuffer(weights.read_bytes(), np.uint8).copy()
    halves = content[place].view(np.float16).reshape(8, -1)
    halves[[0, 1]] = halves[[1, 0]]
    weights.write_bytes(content.tobytes())
    verdict = judge(tmp_path / "Model.mlpackage", classifier(labels=True), "model.tflite")
    assert any("of labels's whole numbers are others (limit 0.001)" in failure for failure in verdict.failures)
    assert any("labels on a white frame is off by " in failure for failure in verdict.failures)


def test_an_index_row_is_held_by_its_mean() -> None:
    collected = Differences(names=True)
    collected.add(np.array([1, 2, 3, 9]), np.array([1, 2, 3, 4]))
    collected.add(np.arange(96), np.arange(96))
    about: dict[str, Any] = {"oracle": "o", "executor": "e", "arithmetic": "float16", "cases": 2, "faces": 0}
    row = collected.row("x", "index", limit("index", "float16", True), **about)
    assert (row.max, row.mean, row.passed) == (0.25, 0.01, True)
    assert not replace(row, mean=0.051).passed
    assert not collected.row("x", "index", limit("index", "float32", True), **about).passed
