from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

Run = Callable[..., Array]
Random = Callable[..., Array]

KINDS: dict[str, Callable[..., Array]] = {
    "reduce_max": np.max,
    "reduce_mean": np.mean,
    "reduce_min": np.min,
    "reduce_sum": np.sum,
}


@pytest.mark.parametrize("keep_dims", [True, False])
@pytest.mark.parametrize("axes", [[-1], [0, 2], None])
@pytest.mark.parametrize("kind", KINDS)
def test_reduction(kind: str, axes: list[int] | None, keep_dims: bool, run_one: Run, random: Random) -> None:
    x = random(2, 3, 5)
    options = {} if axes is None else {"axes": axes}
    result = run_one(lambda x: getattr(mb, kind)(x=x, keep_dims=keep_dims, **options), {"x": x}, kind)
    expected = KINDS[kind](x.astype(np.float64), axis=None if axes is None else tuple(axes), keepdims=keep_dims)
    # 30 summands of about 1, in another order. Core ML has no arrays without dimensions: a scalar comes as [1].
    assert result.shape == expected.shape
    assert np.allclose(result, expected, rtol=0, atol=5e-6)


@pytest.mark.parametrize("kind", ["reduce_max", "reduce_min", "reduce_sum"])
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


def test_argmax_takes_the_first_of_equals(run_one: Run) -> None:
    x = np.array([[1, 3, 3, 2]], np.float32)
    assert run_one(lambda x: mb.reduce_argmax(x=x, axis=1), {"x": x}, "reduce_argmax").tolist() == [1]
