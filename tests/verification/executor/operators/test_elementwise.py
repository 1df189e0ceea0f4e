from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "add": lambda x, y: x + y,
    "maximum": lambda x, y: np.where(x > y, x, y),
    "minimum": lambda x, y: np.where(x < y, x, y),
    "mul": lambda x, y: x * y,
    "real_div": lambda x, y: x / y,
    "sub": lambda x, y: x - y,
}


@pytest.mark.parametrize("kind", BINARY)
def test_binary_broadcasts(kind: str, run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    inputs = {"x": random(2, 3, 1), "y": random(3, 5)}
    result = run_one(lambda x, y: getattr(mb, kind)(x=x, y=y), inputs, kind)
    # IEEE says exactly what one fp32 operation gives.
    assert np.array_equal(result, BINARY[kind](inputs["x"], inputs["y"]))


@pytest.mark.parametrize("kind", ["add", "maximum", "minimum", "mul", "sub"])
def test_binary_on_integers(kind: str, run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[-7], [4]], np.int32), "y": np.array([2, -3, 5], np.int32)}
    result = run_one(lambda x, y: getattr(mb, kind)(x=x, y=y), inputs, kind)
    assert result.dtype == np.int32
    assert np.array_equal(result, BINARY[kind](inputs["x"], inputs["y"]))


def test_division_of_integers_is_refused(run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([7], np.int32), "y": np.array([2], np.int32)}
    with pytest.raises(PackageError, match="expected floats"):
        run_one(lambda x, y: mb.real_div(x=x, y=y), inputs)


UNARY: dict[str, Callable[[Array], Array]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "cos": np.cos,
    "exp": np.exp,
    "floor": np.floor,
    "identity": lambda x: x,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "square": lambda x: x * x,
}


@pytest.mark.parametrize("kind", UNARY)
def test_unary(kind: str, run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x = 2 * random(3, 1, 5)
    x = np.abs(x) if kind == "sqrt" else x
    result = run_one(lambda x: getattr(mb, kind)(x=x), {"x": x}, kind)
    # Implementations of exp, sin and cos may differ in the last place.
    assert np.allclose(result, UNARY[kind](x), rtol=5e-7, atol=1e-7)


def test_logical(run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[0], [1]], np.int32), "y": np.array([0, 1], np.int32)}

    def build(x: Any, y: Any) -> Any:
        x, y = mb.cast(x=x, dtype="bool"), mb.cast(x=y, dtype="bool")
        either = mb.logical_or(x=x, y=y)
        exclusive = mb.logical_and(x=either, y=mb.logical_not(x=mb.logical_and(x=x, y=y)))
        return mb.cast(x=exclusive, dtype="int32")

    assert run_one(build, inputs, "logical_and").tolist() == [[0, 1], [1, 0]]


def test_cast_truncates_towards_zero(run_one: Callable[..., Array]) -> None:
    x = np.array([-2.75, -0.5, 0.5, 2.75], np.float32)
    assert run_one(lambda x: mb.cast(x=x, dtype="int32"), {"x": x}, "cast").tolist() == [-2, 0, 0, 2]


def test_cast_to_bool_is_true_but_for_zero(run_one: Callable[..., Array]) -> None:
    x = np.array([-0.5, 0.0, 3.0], np.float32)

    def build(x: Any) -> Any:
        return mb.cast(x=mb.cast(x=x, dtype="bool"), dtype="fp32")

    assert run_one(build, {"x": x}, "cast").tolist() == [1, 0, 1]
