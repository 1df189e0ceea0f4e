"""A model cut where LiteRT lacks an operator gives what the whole of it would, and is looked into the same way."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers  # type: ignore[import-untyped]
from numpy.typing import NDArray

from pipelines.cutting import Cut, Segment, custom_kinds, cut
from pipelines.region_operators import KERNELS
from tests.converters.network import Network
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT
from verification.oracles.original import open_original
from verification.oracles.segments import SegmentedLiteRT

POINTS = np.array([[[1, 2], [3, 4], [5, 6]]], np.float32)
MATRIX = np.array([[[2, 0, 0, 10], [0, 3, 0, 20], [0, 0, 1, 0], [0, 0, 0, 1]]], np.float32)


def two_cuts(weight: Any = ((0.5, -1.5),)) -> Network:
    """((points · w) → moved) · w → moved, with one float16 weight for both products; its first product is put out too.

    The matrix of the first operator is a constant, that of the second an input.
    """
    network = Network()
    points, given = network.input("points", (1, 3, 2)), network.input("matrix", (1, 4, 4))
    w = network.half("w", weight)
    first = network.operator("MUL", [points, w], (1, 3, 2), "first")
    moved = network.operator("TransformLandmarks", [first, network.constant("fixed", MATRIX)], (1, 3, 2), "moved")
    second = network.operator("MUL", [moved, w], (1, 3, 2), "second")
    last = network.operator("TransformLandmarks", [second, given], (1, 3, 2), "last")
    network.output(last, first)
    return network


def expected() -> dict[str, NDArray[np.float64]]:
    w = np.array([0.5, -1.5])
    first = POINTS * w
    second = (first * [2, 3] + [10, 20]) * w
    return {"first": first, "second": second, "last": second * [-1, 1] + [0, 7]}


GIVEN = np.array([[[-1, 0, 0, 0], [0, 1, 0, 7], [0, 0, 1, 0], [0, 0, 0, 1]]], np.float32)
INPUTS = {"points": POINTS, "matrix": GIVEN}


def test_segments_and_operators_make_the_whole() -> None:
    original = open_original(two_cuts().build(), "two.tflite")
    assert isinstance(original, SegmentedLiteRT)
    found = original.run(INPUTS)
    assert list(found) == ["last", "first"]
    for name, value in found.items():
        np.testing.assert_allclose(value, expected()[name], rtol=1e-6)


def test_each_segment_unpacks_its_own_weights() -> None:
    whole = cut(two_cuts().build(), KERNELS.keys())
    assert [type(step) for step in whole.steps] == [Segment, Cut, Segment, Cut]
    first, _, second, last = whole.steps
    assert isinstance(last, Cut)
    assert isinstance(first, Segment)
    assert isinstance(second, Segment)
    names = whole.names
    assert [[names[j] for j in step.inputs] for step in whole.steps] == [
        ["points"],
        ["first", "fixed"],
        ["moved"],
        ["second", "matrix"],
    ]
    assert (first.operators, second.operators) == ((0, 1), (0, 3))
    assert [names[j] for j in (*first.outputs, *second.outputs, last.output)] == ["first", "second", "last"]
    assert list(whole.constants) == [names.index("fixed")]


def test_it_is_looked_into_as_the_whole_is() -> None:
    network = two_cuts()
    original = open_original(network.build(), "two.tflite")
    original.run(INPUTS)
    kinds = [(index, kind) for index, kind, _ in original.operators]
    custom = "TransformLandmarks"
    assert kinds == [(0, "DEQUANTIZE"), (1, "MUL"), (2, custom), (3, "MUL"), (4, custom)]
    for index, (_, _, outputs) in enumerate(original.operators):
        assert outputs == tuple(network.operators[index].outputs)
        name = original.name(outputs[0])
        value = original.tensor(outputs[0])
        assert value is not None
        if name in expected():
            np.testing.assert_allclose(value, expected()[name], rtol=1e-6)
    assert original.name(99) == "tensor 99"
    assert original.tensor(99) is None


@pytest.mark.parametrize(("weight", "fits"), [(((0.5, -1.5),), True), (((0.1, 0.2),), False)])
def test_weights_that_float16_keeps(weight: Any, fits: bool) -> None:
    network = Network()
    points, given = network.input("points", (1, 3, 2)), network.input("matrix", (1, 4, 4))
    moved = network.operator("TransformLandmarks", [points, given], (1, 3, 2), "moved")
    network.output(network.operator("MUL", [moved, network.constant("w", weight)], (1, 3, 2), "product"))
    assert open_original(network.build(), "one.tflite").weights_fit_float16 is fits


def test_a_run_does_not_change_what_an_earlier_one_gave() -> None:
    original = open_original(two_cuts().build(), "two.tflite")
    first = original.run(INPUTS)["last"].copy()
    kept = original.run(INPUTS)["last"]
    original.run(INPUTS | {"points": POINTS * 3})
    np.testing.assert_array_equal(kept, first)


def test_the_pinned_model_keeps_its_operators(models: dict[str, Path]) -> None:
    from converters.tflite_reader import read_tflite

    data = models["FaceMeshAttention"].read_bytes()
    assert custom_kinds(data) == set(KERNELS)
    original = open_original(data, "attention.tflite")
    made = {outputs for _, _, outputs in original.operators}
    graph = read_tflite(data, "attention.tflite")
    assert {operator.outputs for operator in graph.operators} <= made
    assert len(made) == len(original.operators) == 712
    assert original.weights_fit_float16


def test_models_without_such_operators_run_whole(models: dict[str, Path]) -> None:
    assert isinstance(open_original(models["FaceMesh"].read_bytes(), "mesh.tflite"), LiteRT)


def one(kind: str, options: bytes, *shapes: tuple[int, ...], result: tuple[int, ...] = (1, 3, 2)) -> bytes:
    network = Network()
    inputs = [network.input(f"x{index}", shape) for index, shape in enumerate(shapes)]
    network.output(network.operator(kind, inputs, result, custom_options=options))
    return network.build()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Landmarks2TransformMatrix", b""),
        ("Landmarks2TransformMatrix", b"\x24\x01"),
        ("Landmarks2TransformMatrix", bytes(range(256))),
        ("TransformTensorBilinear", bytes(flexbuffers.Dumps({"output_width": "wide", "output_height": 3}))),
        ("TransformTensorBilinear", bytes(flexbuffers.Dumps([1, 2]))),
    ],
)
def test_options_that_are_none(kind: str, options: bytes) -> None:
    with pytest.raises(OracleError, match=rf"^one\.tflite: operator 0 {kind}: its options can't be read: "):
        open_original(one(kind, options, (1, 3, 2)), "one.tflite")


def test_operands_that_do_not_fit() -> None:
    points, wide = np.zeros((1, 3, 3), np.float32), np.zeros((2, 3, 2), np.float32)
    for value, message in ((points, r"points \[3, 3\], expected \[N, 2\]"), (wide, "expected a batch of 1")):
        data = one("TransformLandmarks", b"", value.shape, (1, 4, 4))
        with pytest.raises(OracleError, match=rf"^one\.tflite: operator 0 TransformLandmarks: .*{message}"):
            open_original(data, "one.tflite").run({"x0": value, "x1": GIVEN})


def test_inputs_of_other_names_and_shapes() -> None:
    original = open_original(two_cuts().build(), "two.tflite")
    with pytest.raises(OracleError, match=r"^two\.tflite: input 'matrix' is not one of both the package and its orig"):
        original.run({"points": POINTS})
    with pytest.raises(OracleError, match=r"^two\.tflite: input 'points' is \[1, 3, 2\] in the original, \[1, 2, 2\]"):
        original.run(INPUTS | {"points": POINTS[:, :2]})


def test_an_operator_that_nobody_has() -> None:
    network = two_cuts()
    network.output(network.operator("Unheard", [network.inputs[0]], (1, 3, 2)))
    with pytest.raises(OracleError, match=r"^two\.tflite: LiteRT does not run it: .*Unheard"):
        open_original(network.build(), "two.tflite")


def test_bytes_that_are_no_model() -> None:
    assert custom_kinds(b"") == set()
    for data in (b"", b"TFL3", bytes(200), two_cuts().build()[:300]):
        with pytest.raises(OracleError, match=r"^broken\.tflite: LiteRT does not run it: "):
            open_original(data, "broken.tflite")
        with pytest.raises(OracleError, match=r"^broken\.tflite: LiteRT does not run it: "):
            SegmentedLiteRT(data, "broken.tflite")
