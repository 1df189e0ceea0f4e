from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

Run = Callable[..., Array]
Random = Callable[..., Array]

KINDS: dict[str, Callable[..., Array]] = {
    "reduce_l1_norm": lambda x, **options: np.sum(np.abs(x), **options),
    "reduce_l2_norm": lambda x, **options: np.sqrt(np.sum(x * x, **options)),
    "reduce_log_sum_exp": lambda x, **options: np.log(np.sum(np.exp(x), **options)),
    "reduce_max": np.max,
    "reduce_mean": np.mean,
    "reduce_min": np.min,
    "reduce_prod": np.prod,
    "reduce_sum": np.sum,
    "reduce_sum_square": lambda x, **options: np.sum(x * x, **options),
}


@pytest.mark.parametrize("keep_dims", [True, False])
@pytest.mark.parametrize("axes", [[-1], [0, 2], None])
@pytest.mark.parametrize("kind", KINDS)
def test_reduction(kind: str, axes: list[int] | None, keep_dims: bool, run_one: Run, random: Random) -> None:
    x = random(2, 3, 5)
    options = {} if axes is None else {"axes": axes}
    result = run_one(lambda x: getattr(mb, kind)(x=x, keep_dims=keep_dims, **options), {"x": x}, kind)
    expected = KINDS[kind](x.astype(np.float64), axis=None if axes is None else tuple(axes), keepdims=keep_dims)
    # 30 summands or factors of about 1, in another order.
    assert result.shape == expected.shape
    assert np.allclose(result, expected, rtol=0, atol=1e-5)


def test_log_of_a_sum(run_one: Run, random: Random) -> None:
    x = np.abs(random(2, 3, 5))
    result = run_one(lambda x: mb.reduce_log_sum(x=x, axes=[1]), {"x": x}, "reduce_log_sum")
    assert np.allclose(result, np.log(x.astype(np.float64).sum(1)), rtol=0, atol=5e-6)


def test_log_of_a_sum_of_exponentials_does_not_overflow(run_one: Run) -> None:
    x = np.array([[1000, 1000, 999]], np.float32)
    result = run_one(lambda x: mb.reduce_log_sum_exp(x=x, axes=[1]), {"x": x}, "reduce_log_sum_exp")
    assert np.allclose(result, 1000 + np.log(2 + np.exp(-1)), rtol=1e-6)


@pytest.mark.parametrize("kind", ["reduce_max", "reduce_min", "reduce_prod", "reduce_sum"])
def test_reduction_of_integers(kind: str, run_one: Run) -> None:
    x = np.array([[5, -9], [2, 7]], np.int32)
    result = run_one(lambda x: getattr(mb, kind)(x=x, axes=[1]), {"x": x}, kind)
    assert result.dtype == np.int32
    assert np.array_equal(result, KINDS[kind](x, axis=1))


@pytest.mark.parametrize(("axis", "keep_dims"), [(1, True), (-1, False)])
def test_argmax(axis: int, keep_dims: bool, run_one: Run, random: Random) -> None:
    x = random(2, 3, 5)
    result = run_one(lambda x: mb.reduce_argmax(x=x, axis=axis, keep_dims=keep_dims), {"x": x}, "reduce_argmax")
    moved = np.moveaxis(x, axis, -1)
    expected = [max(range(len(row)), key=row.__getitem__) for row in moved.reshape(-1, moved.shape[-1]).tolist()]
    assert result.dtype == np.int32
    assert result.shape == ((2, 1, 5) if keep_dims else (2, 3))
    assert result.ravel().tolist() == expected


def test_argmin(run_one: Run) -> None:
    x = np.array([[4, -1, -1, 2], [0, 3, 5, -7]], np.float32)
    result = run_one(lambda x: mb.reduce_argmin(x=x, axis=1), {"x": x}, "reduce_argmin")
    assert result.dtype == np.int32
    assert result.tolist() == [1, 3]


def test_argmax_takes_the_first_of_equals(run_one: Run) -> None:
    x = np.array([[1, 3, 3, 2]], np.float32)
    assert run_one(lambda x: mb.reduce_argmax(x=x, axis=1), {"x": x}, "reduce_argmax").tolist() == [1]
