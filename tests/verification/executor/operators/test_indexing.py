from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]

# Options, and the same in numpy, for an array of 4 x 5 x 6.
SLICES: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
    ({"begin": [1, 0, 2], "end": [3, 5, 4]}, np.s_[1:3, 0:5, 2:4]),
    ({"begin": [0, -3, 0], "end": [4, -1, 6], "stride": [2, 1, 4]}, np.s_[0:4:2, -3:-1, 0:6:4]),
    (
        {"begin": [2, 3, 1], "end": [0, 0, 0], "begin_mask": [True, False, False], "end_mask": [True, True, True]},
        np.s_[:, 3:, 1:],
    ),
    (
        {
            "begin": [0, 4, 0],
            "end": [4, 1, 0],
            "stride": [1, -2, -1],
            "begin_mask": [True, False, True],
            "end_mask": [True, False, True],
        },
        np.s_[:, 4:1:-2, ::-1],
    ),
    ({"begin": [-1, 0, 2], "end": [0, 5, 6], "squeeze_mask": [True, False, False]}, np.s_[-1, 0:5, 2:6]),
    ({"begin": [1, 2, 3], "end": [2, 3, 4], "squeeze_mask": [False, True, True]}, np.s_[1:2, 2, 3]),
]


@pytest.mark.parametrize(("options", "expected"), SLICES)
def test_slice_by_index(options: dict[str, Any], expected: Any, run_one: Run, random: Random) -> None:
    x = random(4, 5, 6)
    result = run_one(lambda x: mb.slice_by_index(x=x, **options), {"x": x}, "slice_by_index")
    assert result.shape == x[expected].shape
    assert np.array_equal(result, x[expected])


@pytest.mark.parametrize(
    ("begin", "size", "expected"),
    [([1, 0, 2], [2, 5, 1], np.s_[1:3, 0:5, 2:3]), ([0, -3, 4], [-1, 2, -1], np.s_[:, 2:4, 4:])],
)
def test_slice_by_size(begin: list[int], size: list[int], expected: Any, run_one: Run, random: Random) -> None:
    x = random(4, 5, 6)
    result = run_one(lambda x: mb.slice_by_size(x=x, begin=begin, size=size), {"x": x}, "slice_by_size")
    assert np.array_equal(result, x[expected])


def test_gather_from_an_axis(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 4, 3), "indices": np.array([[3, 0], [-1, 2], [1, 1]], np.int32)}
    result = run_one(lambda x, indices: mb.gather(x=x, indices=indices, axis=-2), inputs, "gather")
    assert result.shape == (2, 3, 2, 3)
    for i, j in np.ndindex(3, 2):
        assert np.array_equal(result[:, i, j], inputs["x"][:, inputs["indices"][i, j]])


def test_gather_with_short_indices(run_one: Run, random: Random) -> None:
    x = random(4, 3)
    indices = np.array([3, 1], np.uint16)
    assert np.array_equal(run_one(lambda x: mb.gather(x=x, indices=indices, axis=0), {"x": x}, "gather"), x[[3, 1]])


def test_gather_with_batches(run_one: Run, random: Random) -> None:
    # Behind the batch stand an axis that stays, the one that is picked from, and another that stays.
    inputs = {"x": random(2, 3, 4, 5), "indices": np.array([[[3, 0]], [[-1, 2]]], np.int32)}
    result = run_one(lambda x, indices: mb.gather(x=x, indices=indices, axis=2, batch_dims=1), inputs, "gather")
    assert result.shape == (2, 3, 1, 2, 5)
    for b, j in np.ndindex(2, 2):
        assert np.array_equal(result[b, :, 0, j], inputs["x"][b, :, inputs["indices"][b, 0, j]])


def test_batches_behind_the_axis_are_refused(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 4), "indices": np.array([[3, 1], [0, 1]], np.int32)}
    with pytest.raises(PackageError, match="batch_dims 1"):
        run_one(lambda x, indices: mb.gather(x=x, indices=indices, axis=0, batch_dims=1), inputs)


def test_gather_nd(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 4, 3), "indices": np.array([[[1, 3]], [[0, -2]]], np.int32)}
    result = run_one(lambda x, indices: mb.gather_nd(x=x, indices=indices), inputs, "gather_nd")
    assert result.shape == (2, 1, 3)
    assert np.array_equal(result[0, 0], inputs["x"][1, 3])
    assert np.array_equal(result[1, 0], inputs["x"][0, -2])


def test_gather_nd_with_batches(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 4, 3), "indices": np.array([[[3], [0]], [[1], [1]]], np.int32)}
    result = run_one(lambda x, indices: mb.gather_nd(x=x, indices=indices, batch_dims=1), inputs, "gather_nd")
    for b, i in np.ndindex(2, 2):
        assert np.array_equal(result[b, i], inputs["x"][b, inputs["indices"][b, i, 0]])


@pytest.mark.parametrize(
    ("axes", "expected"), [(None, np.s_[::-1, ::-1, ::-1]), ([1], np.s_[:, ::-1]), ([-1, 0], np.s_[::-1, :, ::-1])]
)
def test_reverse(axes: list[int] | None, expected: Any, run_one: Run, random: Random) -> None:
    x = random(2, 3, 4)
    options = {} if axes is None else {"axes": axes}
    assert np.array_equal(run_one(lambda x: mb.reverse(x=x, **options), {"x": x}, "reverse"), x[expected])


def test_crop(run_one: Run, random: Random) -> None:
    x = random(2, 5, 6)
    result = run_one(lambda x: mb.crop(x=x, crop_height=[1, 2], crop_width=[0, 3]), {"x": x}, "crop")
    assert np.array_equal(result, x[:, 1:3, :3])


def test_sliding_windows(run_one: Run, random: Random) -> None:
    x = random(2, 7, 3)
    result = run_one(lambda x: mb.sliding_windows(x=x, axis=1, size=3, stride=2), {"x": x}, "sliding_windows")
    assert result.shape == (2, 3, 3, 3)
    for window, place in np.ndindex(3, 3):
        assert np.array_equal(result[:, window, place], x[:, 2 * window + place])


def test_gather_that_validates_its_indices_is_refused(run_one: Run, random: Random) -> None:
    inputs = {"x": random(4), "indices": np.array([0], np.int32)}
    with pytest.raises(PackageError, match="validate_indices"):
        run_one(
            lambda x, indices: mb.gather(x=x, indices=indices, axis=0, validate_indices=True), inputs, opset="iOS17"
        )


def test_an_index_out_of_range_is_an_error_of_the_package(run_one: Run, random: Random) -> None:
    inputs = {"x": random(4), "indices": np.array([9], np.int32)}
    with pytest.raises(PackageError, match="can't be executed"):
        run_one(lambda x, indices: mb.gather(x=x, indices=indices, axis=0), inputs)


def test_gather_along_axis(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 4, 3), "indices": np.array(np.arange(12).reshape(2, 2, 3) % 4, np.int32)}
    result = run_one(lambda x, indices: mb.gather_along_axis(x=x, indices=indices, axis=1), inputs, "gather_along_axis")
    assert result.shape == (2, 2, 3)
    for a, b, c in np.ndindex(result.shape):
        assert result[a, b, c] == inputs["x"][a, inputs["indices"][a, b, c], c]
