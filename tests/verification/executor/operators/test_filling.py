from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Graph
from verification.executor.operators.filling import fill, range_1d

Run = Callable[..., Array]
Random = Callable[..., Array]

KNOWN: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "fill": (lambda x: mb.fill(shape=[2, 3], value=1.5), [[1.5] * 3] * 2),
    "fill_like": (lambda x: mb.fill_like(ref_tensor=x, value=2.0), [[2.0] * 5] * 4),
    "shape": (lambda x: mb.shape(x=x), [4, 5]),
    "range_1d": (lambda x: mb.range_1d(start=2.0, end=5.5, step=1.0), [2.0, 3.0, 4.0, 5.0]),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_values_that_are_known_beforehand(kind: str, run_one: Run, random: Random) -> None:
    build, expected = KNOWN[kind]
    assert run_one(build, {"x": random(4, 5)}, kind).tolist() == expected


@pytest.mark.parametrize(("axis", "place"), [(-1, 2), (0, 0), (1, 1)])
def test_one_hot(axis: int, place: int, run_one: Run) -> None:
    indices = np.array([[2, 0], [1, 7], [-1, 3]], np.int32)
    result = run_one(
        lambda indices: mb.one_hot(
            indices=indices, one_hot_vector_size=4, axis=axis, on_value=np.float32(5), off_value=np.float32(-1)
        ),
        {"indices": indices},
        "one_hot",
    )
    last = np.moveaxis(result, place, -1)
    # An index outside of the new axis has no place there.
    assert last.shape == (3, 2, 4)
    assert all(last[i, j, k] == (5 if indices[i, j] == k else -1) for i, j, k in np.ndindex(3, 2, 4))


@pytest.mark.parametrize(("lower", "upper"), [(-1, -1), (0, -1), (-1, 0), (1, 2)])
@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_band_part(lower: int, upper: int, dtype: type[np.generic], run_one: Run) -> None:
    x = np.arange(1, 41).reshape(2, 4, 5).astype(dtype)
    result = run_one(lambda x: mb.band_part(x=x, lower=lower, upper=upper), {"x": x}, "band_part")
    for b, m, n in np.ndindex(2, 4, 5):
        inside = (lower < 0 or m - n <= lower) and (upper < 0 or n - m <= upper)
        assert result[b, m, n] == (x[b, m, n] if inside else 0)


def test_what_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(PackageError, match="needs a table"):
        fill(Graph(), (2**20, 2**20))
    with pytest.raises(PackageError, match="found the range"):
        range_1d(Graph(), *(np.array(value, np.float32) for value in (np.inf, 0, 1)))
    with pytest.raises(PackageError, match="found the range"):
        range_1d(Graph(), *(np.array(value, np.int32) for value in (4, 0, 0)))
