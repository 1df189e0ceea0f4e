import math
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


# Every pair of signs, a quotient that a fp32 can't hold, and the ends of int32.
DIVIDENDS = [7, 7, -7, -7, 6, -6, 0, 2**31 - 1, 2**31 - 1, -(2**31)]
DIVISORS = [2, -2, 2, -2, 3, 3, 5, 1, 2**31 - 2, 3]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("real_div", lambda x, y: abs(x) // abs(y) * (1 if x * y >= 0 else -1)),
        ("floor_div", lambda x, y: x // y),
        ("mod", lambda x, y: x % y),
    ],
)
def test_division_of_integers(kind: str, expected: Callable[[int, int], int], run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array(DIVIDENDS, np.int32), "y": np.array(DIVISORS, np.int32)}
    result = run_one(lambda x, y: getattr(mb, kind)(x=x, y=y), inputs, kind)
    assert result.dtype == np.int32
    # Python's integers are exact.
    assert result.tolist() == [expected(x, y) for x, y in zip(DIVIDENDS, DIVISORS, strict=True)]


@pytest.mark.parametrize("kind", ["real_div", "floor_div", "mod"])
def test_a_division_by_zero_ends_no_process(kind: str, run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([7], np.int32), "y": np.array([0], np.int32)}
    assert run_one(lambda x, y: getattr(mb, kind)(x=x, y=y), inputs).shape == (1,)


@pytest.mark.parametrize("kind", ["floor_div", "mod"])
def test_division_with_a_remainder(kind: str, run_one: Callable[..., Array]) -> None:
    inputs = {
        "x": np.array([7.5, 7.5, -7.5, -7.5, 6, 0, 5.25], np.float32),
        "y": np.array([2, -2, 2, -2, 3, 5, 0.5], np.float32),
    }
    result = run_one(lambda x, y: getattr(mb, kind)(x=x, y=y), inputs, kind)
    expected = {"floor_div": [3, -4, -4, 3, 2, 0, 10], "mod": [1.5, -0.5, 0.5, -1.5, 0, 0, 0.25]}
    assert result.tolist() == expected[kind]


def test_pow_broadcasts(run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[0.5], [2], [3]], np.float32), "y": np.array([-1, 0, 0.5, 3], np.float32)}
    result = run_one(lambda x, y: mb.pow(x=x, y=y), inputs, "pow")
    assert np.allclose(result, inputs["x"] ** inputs["y"], rtol=5e-7)


def test_exp2_of_integers_is_refused(run_one: Callable[..., Array]) -> None:
    with pytest.raises(PackageError, match="expected floats"):
        run_one(lambda x: mb.exp2(x=x), {"x": np.array([3], np.int32)})


UNARY: dict[str, Callable[[Array], Array]] = {
    "abs": np.abs,
    "acos": np.arccos,
    "asin": np.arcsin,
    "atan": np.arctan,
    "atanh": np.arctanh,
    "ceil": np.ceil,
    "cos": np.cos,
    "cosh": np.cosh,
    "erf": lambda x: np.vectorize(math.erf)(x.astype(np.float64)),
    "exp": np.exp,
    "exp2": np.exp2,
    "floor": np.floor,
    "identity": lambda x: x,
    "round": np.round,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": lambda x: x * x,
    "tan": np.tan,
}
DOMAINS: dict[str, Callable[[Array], Array]] = {"sqrt": np.abs} | dict.fromkeys(("acos", "asin", "atanh"), np.tanh)


@pytest.mark.parametrize("kind", UNARY)
def test_unary(kind: str, run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    x = DOMAINS.get(kind, np.asarray)(2 * random(3, 1, 5)).astype(np.float32)
    result = run_one(lambda x: getattr(mb, kind)(x=x), {"x": x}, kind)
    # Implementations of transcendental functions may differ in the last places.
    assert np.allclose(result, UNARY[kind](x.astype(np.float64)), rtol=1e-6, atol=2e-7)


def test_round_takes_halves_to_even(run_one: Callable[..., Array]) -> None:
    x = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], np.float32)
    assert run_one(lambda x: mb.round(x=x), {"x": x}, "round").tolist() == [-2, -2, 0, 0, 2, 2]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("log", lambda x: np.log(x + 0.5)),
        ("rsqrt", lambda x: 1 / np.sqrt(x + 0.5)),
        ("inverse", lambda x: 1 / (x + 0.5)),
    ],
)
def test_epsilon_is_added_first(
    kind: str, expected: Callable[[Array], Array], run_one: Callable[..., Array], random: Callable[..., Array]
) -> None:
    x = np.abs(random(4, 5))
    result = run_one(lambda x: getattr(mb, kind)(x=x, epsilon=0.5), {"x": x}, kind)
    assert np.allclose(result, expected(x.astype(np.float64)), rtol=1e-6, atol=2e-7)


@pytest.mark.parametrize("kind", ["log", "rsqrt"])
def test_an_epsilon_too_small_for_a_half_is_nothing(kind: str, run_one: Callable[..., Array]) -> None:
    def build(x: Any) -> Any:
        return mb.cast(x=getattr(mb, kind)(x=mb.cast(x=x, dtype="fp16")), dtype="fp32")

    zero = {"x": np.zeros(1, np.float32)}
    assert np.isinf(run_one(build, zero, kind)).all()
    assert np.isfinite(run_one(lambda x: getattr(mb, kind)(x=x), zero, kind)).all()


def test_threshold(run_one: Callable[..., Array]) -> None:
    x = np.array([-2, 0.5, 3], np.float32)
    assert run_one(lambda x: mb.threshold(x=x, alpha=0.75), {"x": x}, "threshold").tolist() == [0.75, 0.75, 3]


def test_logical(run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[0], [1]], np.int32), "y": np.array([0, 1], np.int32)}

    def build(x: Any, y: Any) -> Any:
        x, y = mb.cast(x=x, dtype="bool"), mb.cast(x=y, dtype="bool")
        either = mb.logical_or(x=x, y=y)
        exclusive = mb.logical_and(x=either, y=mb.logical_not(x=mb.logical_and(x=x, y=y)))
        return mb.cast(x=exclusive, dtype="int32")

    assert run_one(build, inputs, "logical_and").tolist() == [[0, 1], [1, 0]]


def test_logical_xor(run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[0], [1]], np.int32), "y": np.array([0, 1], np.int32)}

    def build(x: Any, y: Any) -> Any:
        either = mb.logical_xor(x=mb.cast(x=x, dtype="bool"), y=mb.cast(x=y, dtype="bool"))
        return mb.cast(x=either, dtype="int32")

    assert run_one(build, inputs, "logical_xor").tolist() == [[0, 1], [1, 0]]


def test_cast_truncates_towards_zero(run_one: Callable[..., Array]) -> None:
    x = np.array([-2.75, -0.5, 0.5, 2.75], np.float32)
    assert run_one(lambda x: mb.cast(x=x, dtype="int32"), {"x": x}, "cast").tolist() == [-2, 0, 0, 2]


def test_cast_to_bool_is_true_but_for_zero(run_one: Callable[..., Array]) -> None:
    x = np.array([-0.5, 0.0, 3.0], np.float32)

    def build(x: Any) -> Any:
        return mb.cast(x=mb.cast(x=x, dtype="bool"), dtype="fp32")

    assert run_one(build, {"x": x}, "cast").tolist() == [1, 0, 1]
