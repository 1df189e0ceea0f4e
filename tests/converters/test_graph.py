import numpy as np
import pytest

from converters.errors import ConversionError
from converters.graph import Graph, Operator, Tensor


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


def test_an_operator_is_named_by_what_it_makes() -> None:
    network = graph(1)
    add = network.operators[0]
    assert network.where(add) == "operator 0 ADD (tensor 'y')"
    assert network.where(Operator(7, "ASSERT", (), ())) == "operator 7 ASSERT (tensor 'nothing')"


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
