from collections.abc import Callable
from typing import Any

import pytest

from converters.ops import registry
from converters.ops.registry import handlers, register


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_handlers", dict(handlers()))


def test_every_kind_has_its_function() -> None:
    assert set(handlers()) == {
        "ADD",
        "CONCATENATION",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "DEPTH_TO_SPACE",
        "MAX_POOL_2D",
        "MUL",
        "PAD",
        "PRELU",
        "RELU",
        "RELU6",
        "RELU_N1_TO_1",
        "RESHAPE",
        "RESIZE_BILINEAR",
        "STRIDED_SLICE",
        "TANH",
    }
    assert all(function.__doc__ for function in handlers().values())


def test_registers_a_function_under_each_of_its_kinds() -> None:
    def lower_extremes(context: Any, operator: Any) -> None:
        """The greater or the smaller of two."""

    assert register("MAXIMUM", "MINIMUM")(lower_extremes) is lower_extremes
    assert handlers()["MAXIMUM"] is handlers()["MINIMUM"] is lower_extremes


def test_a_kind_that_has_a_function() -> None:
    def lower_add_again(context: Any, operator: Any) -> None: ...

    with pytest.raises(ValueError, match="ADD is registered twice: lower_binary, lower_add_again"):
        register("ADD")(lower_add_again)
    assert handlers()["ADD"].__name__ == "lower_binary"


def without_operator(context: Any) -> None: ...


def in_another_order(operator: Any, context: Any) -> None: ...


def with_a_third(context: Any, operator: Any, name: str) -> None: ...


@pytest.mark.parametrize("function", [without_operator, in_another_order, with_a_third])
def test_another_signature(function: Callable[..., None]) -> None:
    with pytest.raises(TypeError, match=rf"{function.__name__} takes \[.*\], expected \(context, operator\)"):
        register("MAXIMUM")(function)
    assert "MAXIMUM" not in handlers()
