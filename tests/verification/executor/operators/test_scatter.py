from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]

MODES: dict[str, Callable[[Array, Array], Array]] = {
    "update": lambda old, new: new,
    "add": lambda old, new: old + new,
    "sub": lambda old, new: old - new,
    "mul": lambda old, new: old * new,
    "div": lambda old, new: old / new,
    "max": np.maximum,
    "min": np.minimum,
}
# "update" doesn't say which of several stays, so no position repeats there.
REPEATED, UNIQUE = [2, 0, 2], [2, 0, 3]

# The order in which the updates of a position are taken isn't defined: a rounding each.
TOLERANCE = 1e-6


@pytest.mark.parametrize("mode", MODES)
def test_scatter_nd(mode: str, run_one: Run, random: Random) -> None:
    rows = UNIQUE if mode == "update" else REPEATED
    indices = np.array([[row, column] for row, column in zip(rows, (1, 0, 1), strict=True)], np.int32)
    inputs = {"data": random(4, 2, 3), "indices": indices, "updates": random(3, 3)}
    result = run_one(
        lambda data, indices, updates: mb.scatter_nd(data=data, indices=indices, updates=updates, mode=mode),
        inputs,
        "scatter_nd",
    )
    expected = inputs["data"].copy()
    for place, update in zip(indices, inputs["updates"], strict=True):
        expected[tuple(place)] = MODES[mode](expected[tuple(place)], update)
    assert np.allclose(result, expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("mode", MODES)
def test_scatter(mode: str, run_one: Run, random: Random) -> None:
    rows = UNIQUE if mode == "update" else REPEATED
    inputs = {"data": random(2, 4, 3), "indices": np.array(rows, np.int32), "updates": random(2, 3, 3)}
    result = run_one(
        lambda data, indices, updates: mb.scatter(data=data, indices=indices, updates=updates, axis=1, mode=mode),
        inputs,
        "scatter",
    )
    expected = inputs["data"].copy()
    for position, row in enumerate(rows):
        expected[:, row] = MODES[mode](expected[:, row], inputs["updates"][:, position])
    assert np.allclose(result, expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("mode", MODES)
def test_scatter_along_axis(mode: str, run_one: Run, random: Random) -> None:
    columns = [[0, 1, -1], [1, 2, 0]] if mode == "update" else [[0, 1, 0], [2, 2, 2]]
    inputs = {"data": random(2, 4), "indices": np.array(columns, np.int32), "updates": random(2, 3)}
    result = run_one(
        lambda data, indices, updates: mb.scatter_along_axis(
            data=data, indices=indices, updates=updates, axis=1, mode=mode
        ),
        inputs,
        "scatter_along_axis",
    )
    expected = inputs["data"].copy()
    for row, position in np.ndindex(2, 3):
        column = columns[row][position]
        expected[row, column] = MODES[mode](expected[row, column], inputs["updates"][row, position])
    assert np.allclose(result, expected, rtol=TOLERANCE, atol=TOLERANCE)


def test_scatter_of_integers(run_one: Run) -> None:
    inputs = {
        "data": np.arange(5, dtype=np.int32),
        "indices": np.array([[1], [3], [1]], np.int32),
        "updates": np.array([10, 20, 30], np.int32),
    }
    result = run_one(
        lambda data, indices, updates: mb.scatter_nd(data=data, indices=indices, updates=updates, mode="add"), inputs
    )
    assert result.tolist() == [0, 41, 2, 23, 4]


def test_scattered_division_of_integers_is_refused(run_one: Run) -> None:
    inputs = {
        "data": np.arange(5, dtype=np.int32),
        "indices": np.array([[1]], np.int32),
        "updates": np.array([10], np.int32),
    }
    with pytest.raises(PackageError, match="found the mode 'div' for int32"):
        run_one(
            lambda data, indices, updates: mb.scatter_nd(data=data, indices=indices, updates=updates, mode="div"),
            inputs,
        )
