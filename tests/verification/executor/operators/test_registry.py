import pytest

from verification.executor.graph import Graph, Tensor
from verification.executor.operators.registry import operators, register


def test_an_operator_is_registered_once() -> None:
    assert "conv" in operators()
    with pytest.raises(ValueError, match="the operator 'conv' is registered twice"):

        @register("conv")
        def again(graph: Graph, x: Tensor) -> str:
            return graph.node("Identity", x)


def test_parameters_come_from_the_signature() -> None:
    parameters = operators()["clip"].parameters
    assert list(parameters) == ["x", "alpha", "beta"]
    assert parameters["x"].form is Tensor
    assert parameters["alpha"].form is float
    assert not operators()["conv"].parameters["bias"].required
