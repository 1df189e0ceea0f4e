import numpy as np
import pytest

from converters.errors import ConversionError
from converters.graph import Graph, Operator, Tensor, round_to_float16


def graph(*values: float) -> Graph:
    """x + constant → y → relu → z."""
    tensors = (
        Tensor(0, "x", (1, 3), "float32"),
        Tensor(1, "constant", (len(values),), "float32", np.array(values, np.float32)),
        Tensor(2, "y", (1, 3), "float32"),
        Tensor(3, "z", (1, 3), "float32"),
        Tensor(4, "count", (1,), "int32", np.array([70000])),
    )
    operators = (Operator(0, "ADD", (0, 1), (2,)), Operator(1, "RELU", (2,), (3,)))
    return Graph("x.tflite", "00", tensors, operators, (0,), (3,))


def test_where_and_consumers() -> None:
    network = graph(1)
    add, relu = network.operators
    assert network.where(add) == "operator 0 ADD (tensor 'y')"
    assert network.where(Operator(7, "ASSERT", (), ())) == "operator 7 ASSERT (tensor 'nothing')"
    assert network.consumers(0) == network.consumers(1) == (add,)
    assert network.consumers(2) == (relu,)
    assert network.consumers(3) == ()


def test_options() -> None:
    operator = Operator(0, "X", (), (), {"stride": 2, "padding": "SAME", "flag": False})
    assert operator.option("padding") == "SAME"
    assert operator.option("flag") is False
    assert operator.option("absent", 3) == 3
    assert operator.whole("stride") == 2
    assert operator.whole("absent", 0) == 0
    with pytest.raises(ConversionError, match="option absent is missing"):
        operator.option("absent")
    with pytest.raises(ConversionError, match="option padding is 'SAME', expected a whole number"):
        operator.whole("padding")


@pytest.mark.parametrize(
    ("value", "fits"), [(0.5, True), (65504, True), (1 + 2**-10, True), (1 + 2**-11, False), (65520, False)]
)
def test_constants_that_fit_float16(value: float, fits: bool) -> None:
    assert graph(1, value).constants_fit_float16() is fits


def test_rounding_to_float16() -> None:
    rounded = round_to_float16(np.array([1 + 2**-11, 1 + 3 * 2**-11, 65519, 65520, -1e9], np.float32))
    assert rounded.dtype == np.float32
    assert rounded.tolist() == [1, 1 + 2**-9, 65504, np.inf, -np.inf]
