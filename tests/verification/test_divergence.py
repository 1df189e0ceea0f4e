from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verification.divergence import first_divergence, relative_error

Array = NDArray[Any]


class Original:
    """Stands for LiteRT after a run."""

    def __init__(self, tensors: Mapping[int, Array]) -> None:
        self.tensors = tensors
        self.operators = ((0, "CONV_2D", (1,)), (1, "SPLIT", (2, 3)), (2, "ADD", (4,)))

    def tensor(self, index: int) -> Array | None:
        return self.tensors.get(index)

    def name(self, index: int) -> str:
        return f"tensor {index}"


VALUES = {index: np.linspace(0, index, 24, dtype=np.float32).reshape(1, 2, 3, 4) for index in (1, 2, 3, 4)}
TRACE = {
    "image_scaled": np.full((1, 3), 7.0),  # stands for no tensor
    "first_t1_cast_fp16": VALUES[1].transpose(0, 3, 1, 2),
    "second_t2": VALUES[2],
    "third_t3": VALUES[3].reshape(24),
    "sum_t4": VALUES[4],
}


def divergence(trace: Mapping[str, Array]) -> str | None:
    return first_divergence(trace, Original(VALUES), 1e-4)  # type: ignore[arg-type]


def test_nothing_diverges_in_whatever_order_a_value_is_held() -> None:
    assert divergence(TRACE) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("first_t1_cast_fp16", "operator 0 CONV_2D (tensor 'tensor 1')"),
        ("second_t2", "operator 1 SPLIT (tensor 'tensor 2')"),
        ("third_t3", "operator 1 SPLIT (tensor 'tensor 3')"),
        ("sum_t4", "operator 2 ADD (tensor 'tensor 4')"),
    ],
)
def test_the_operator_that_diverges_is_named(name: str, said: str) -> None:
    changed = TRACE[name].copy()
    changed.flat[5] += 0.01 * VALUES[4].max()
    assert str(divergence({**TRACE, name: changed})).startswith(f"{said} differs by ")


def test_the_first_of_several_is_named() -> None:
    assert "tensor 2" in str(divergence({**TRACE, "second_t2": -VALUES[2], "sum_t4": -VALUES[4]}))


def test_what_is_not_finite_diverges() -> None:
    changed = VALUES[2].copy()
    changed[0, 0, 0, 0] = np.nan
    assert divergence({**TRACE, "second_t2": changed}) == (
        "operator 1 SPLIT (tensor 'tensor 2') differs by inf of its range"
    )


def test_values_without_a_partner_are_passed_over() -> None:
    assert divergence({"sum_t4": VALUES[4], "other_t99": VALUES[4]}) is None


def test_an_error_is_a_share_of_the_range() -> None:
    expected = np.array([10.0, 12.0, 14.0])
    assert relative_error(np.array([10.0, 12.0, 15.0]), expected) == pytest.approx(1 / 4)
    assert relative_error(np.array([10.0]), np.array([8.0])) == pytest.approx(2 / 8)  # a constant's is its size
    assert relative_error(np.array([0.5]), np.array([0.0])) == pytest.approx(0.5)


def test_truth_values_differ_like_numbers() -> None:
    expected = np.array([True, False, True])
    assert relative_error(expected.copy(), expected) == 0
    assert relative_error(~expected, expected) == 1


def test_a_series_may_be_held_in_another_order() -> None:
    expected = np.arange(6.0).reshape(1, 2, 3)
    assert relative_error(expected.transpose(0, 2, 1), expected) == 0
    assert relative_error(expected.transpose(0, 2, 1)[:, ::-1], expected) > 0.1


def test_shapes_that_do_not_fit_diverge() -> None:
    assert relative_error(np.zeros(3), np.zeros(4)) == np.inf
    assert relative_error(np.zeros(0), np.zeros((0, 4))) == 0
    assert relative_error(np.zeros(1), np.zeros((0, 4))) == np.inf


def test_infinities_diverge_even_from_themselves() -> None:
    assert relative_error(np.array([np.inf]), np.array([np.inf])) == np.inf
    assert relative_error(np.array([1.0, 2.0]), np.array([np.nan, 2.0])) == np.inf
