from pathlib import Path

import numpy as np
import pytest

from tests.converters.network import Network
from tests.converters.ops.test_recurrent import lstm
from tests.converters.tflite_builder import TfliteBuilder
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT


def sums() -> bytes:
    """(x + y) · 2, with both results put out."""
    builder = TfliteBuilder()
    x, y = builder.input("x", (1, 3)), builder.input("y", (1, 3))
    added = builder.operator("ADD", [x, y], (1, 3), "added")
    doubled = builder.operator("MUL", [added, builder.constant("two", [2.0])], (1, 3), "doubled")
    builder.output(doubled, added)
    return builder.build()


X, Y = np.array([[1, 2, 3]], np.float32), np.array([[10, 20, 30]], np.float32)


def test_tensors_go_by_name() -> None:
    found = LiteRT(sums(), "sums.tflite").run({"y": Y, "x": X})
    assert {name: value.tolist() for name, value in found.items()} == {
        "added": [[11, 22, 33]],
        "doubled": [[22, 44, 66]],
    }


def test_what_a_run_gave_is_kept_when_the_next_one_overwrites_it() -> None:
    original = LiteRT(sums(), "sums.tflite")
    first = original.run({"x": X, "y": Y})
    original.run({"x": X * 5, "y": Y})
    assert first["added"].tolist() == [[11, 22, 33]]


def test_a_batch_is_the_packages() -> None:
    found = LiteRT(sums(), "sums.tflite").run({"x": np.repeat(X, 4, axis=0), "y": np.repeat(Y, 4, axis=0)})
    assert found["added"].tolist() == [[11, 22, 33]] * 4


def test_a_batch_that_the_original_does_not_take() -> None:
    builder = TfliteBuilder()
    shape = builder.constant("shape", [3], "int32")
    builder.output(builder.operator("RESHAPE", [builder.input("x", (1, 3)), shape], (3,)))
    with pytest.raises(OracleError, match=r"^fixed.tflite: LiteRT does not run it with a batch of 2: .+"):
        LiteRT(builder.build(), "fixed.tflite").run({"x": np.repeat(X, 2, axis=0)})


def test_variables_begin_afresh() -> None:
    """A model with an LSTM says the same of the same sequence, whatever it was given before."""
    network = Network()
    network.output(lstm(network))
    original = LiteRT(network.build(), "lstm.tflite")
    sequence = {"sequence": np.ones(network.shape(0), np.float32)}
    first = original.run(sequence)["hidden"]
    assert np.array_equal(original.run(sequence)["hidden"], first)


def test_operators_and_their_tensors_are_told() -> None:
    original = LiteRT(sums(), "sums.tflite")
    original.run({"x": X, "y": Y})
    assert [(index, kind) for index, kind, _ in original.operators] == [(0, "ADD"), (1, "MUL")]
    ((added,), (doubled,)) = (outputs for _, _, outputs in original.operators)
    assert (original.name(added), original.name(doubled)) == ("added", "doubled")
    value = original.tensor(added)
    assert value is not None
    assert value.tolist() == [[11, 22, 33]]
    assert original.name(99) == "tensor 99"
    assert original.tensor(99) is None


def test_the_operators_are_those_of_the_file(models: dict[str, Path]) -> None:
    from converters.tflite_reader import read_tflite

    data = models["FaceMesh"].read_bytes()
    graph = read_tflite(data, "face_landmark.tflite")
    told = LiteRT(data, "face_landmark.tflite").operators
    assert [(o.index, o.kind, o.outputs) for o in graph.operators] == [
        (index, kind, outputs) for index, kind, outputs in told if kind != "DEQUANTIZE"
    ]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"x": X}, "input 'y' is not one of both the package and its original"),
        ({"x": X, "y": Y, "z": Y}, "input 'z' is not one of both the package and its original"),
        ({"x": X, "y": Y[0]}, r"input 'y' is \[1, 3\] in the original, \[3\] in the package"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    inputs: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]], said: str
) -> None:
    with pytest.raises(OracleError, match=rf"^sums\.tflite: {said}$"):
        LiteRT(sums(), "sums.tflite").run(inputs)


def test_what_litert_cannot_execute_is_one_line(models: dict[str, Path]) -> None:
    said = r"^x\.tflite: LiteRT does not run it: .*Landmarks2TransformMatrix.*$"
    with pytest.raises(OracleError, match=said):
        LiteRT(models["FaceMeshAttention"].read_bytes(), "x.tflite")
    with pytest.raises(OracleError, match=r"^x\.tflite: LiteRT does not run it: "):
        LiteRT(b"nothing of that kind", "x.tflite")


def test_a_failure_while_it_runs_is_one_line() -> None:
    builder = TfliteBuilder()
    size = builder.input("size", (2,), "int32")
    pixels = builder.constant("pixels", np.ones((1, 2, 2, 1)))
    result = builder.operator("RESIZE_BILINEAR", [pixels, size], (1, 4, 4, 1), "resized")
    builder.output(result)
    original = LiteRT(builder.build(), "x.tflite")
    with pytest.raises(OracleError, match=r"^x\.tflite: LiteRT does not run it: [^\n]+$"):
        original.run({"size": np.array([-1, -1], np.int32)})


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("BlazeFaceShortRange", True),
        ("BlazeFaceFullRange", True),
        ("FaceMesh", True),
        ("IrisLandmarks", False),  # the one that stores float32
    ],
)
def test_whether_rounding_the_weights_loses_anything(models: dict[str, Path], name: str, exact: bool) -> None:
    assert LiteRT(models[name].read_bytes(), name).weights_fit_float16 is exact


@pytest.mark.parametrize(("value", "exact"), [(0.5, True), (0.1, False), (70000.0, False), (1e-9, False)])
def test_a_constant_fits_float16_or_does_not(value: float, exact: bool) -> None:
    builder = TfliteBuilder()
    x = builder.input("x", (1, 3))
    builder.output(builder.operator("MUL", [x, builder.constant("factor", [value])], (1, 3), "product"))
    assert LiteRT(builder.build(), "x.tflite").weights_fit_float16 is exact
