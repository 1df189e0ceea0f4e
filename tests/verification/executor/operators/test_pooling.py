from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

# A mean of at most 12 elements, summed in another order.
TOLERANCE = 1e-6


def pool(
    x: Array, kernel: Sequence[int], strides: Sequence[int], pads: Sequence[tuple[int, int]], sizes: Sequence[int]
) -> tuple[Array, Array, Array]:
    """The maximum and the sum of each window, and the number of elements of the data in it (padding left out)."""
    high = np.full((*x.shape[:2], *sizes), -np.inf)
    total = np.zeros(high.shape)
    count = np.zeros(tuple(sizes))
    for place in np.ndindex(*sizes):
        starts = [p * s - before for p, s, (before, _) in zip(place, strides, pads, strict=True)]
        window = tuple(slice(max(0, start), start + k) for start, k in zip(starts, kernel, strict=True))
        values = x[(slice(None), slice(None), *window)].astype(np.float64)
        axes = tuple(range(2, x.ndim))
        high[(slice(None), slice(None), *place)] = values.max(axes)
        total[(slice(None), slice(None), *place)] = values.sum(axes)
        count[place] = values[0, 0].size
    return high, total, count


# Options, the padding that they mean, and the size of the result for 5 x 7 and a 3 x 2 kernel, worked out by hand.
CASES: list[tuple[dict[str, Any], list[tuple[int, int]], tuple[int, int]]] = [
    ({"strides": [2, 2], "pad_type": "valid"}, [(0, 0), (0, 0)], (2, 3)),
    ({"strides": [2, 3], "pad_type": "same"}, [(1, 1), (0, 1)], (3, 3)),
    ({"strides": [1, 3], "pad_type": "same_lower"}, [(1, 1), (1, 0)], (5, 3)),
    ({"strides": [2, 1], "pad_type": "custom", "pad": [2, 0, 0, 1]}, [(2, 0), (0, 1)], (3, 7)),
    ({"strides": [3, 2], "pad_type": "custom", "pad": [1, 1, 0, 0], "ceil_mode": True}, [(1, 1), (0, 0)], (2, 4)),
    ({"strides": [3, 3], "pad_type": "valid", "ceil_mode": True}, [(0, 0), (0, 0)], (2, 3)),
]


@pytest.mark.parametrize(("options", "pads", "sizes"), CASES)
def test_max_pool(
    options: dict[str, Any],
    pads: list[tuple[int, int]],
    sizes: tuple[int, int],
    run_one: Callable[..., Array],
    random: Callable[..., Array],
) -> None:
    # All negative: padding would win if it counted.
    x = random(2, 3, 5, 7) - 10
    result = run_one(lambda x: mb.max_pool(x=x, kernel_sizes=[3, 2], **options), {"x": x}, "max_pool")
    assert np.array_equal(result, pool(x, (3, 2), options["strides"], pads, sizes)[0])


@pytest.mark.parametrize(("options", "pads", "sizes"), CASES)
def test_avg_pool_without_padding(
    options: dict[str, Any],
    pads: list[tuple[int, int]],
    sizes: tuple[int, int],
    run_one: Callable[..., Array],
    random: Callable[..., Array],
) -> None:
    x = random(2, 3, 5, 7)
    result = run_one(
        lambda x: mb.avg_pool(x=x, kernel_sizes=[3, 2], exclude_padding_from_average=True, **options),
        {"x": x},
        "avg_pool",
    )
    _, total, count = pool(x, (3, 2), options["strides"], pads, sizes)
    assert np.allclose(result, total / count, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("options", "pads", "sizes"), CASES)
def test_avg_pool_counts_padding_but_nothing_beyond(
    options: dict[str, Any],
    pads: list[tuple[int, int]],
    sizes: tuple[int, int],
    run_one: Callable[..., Array],
    random: Callable[..., Array],
) -> None:
    x = random(2, 3, 5, 7)
    result = run_one(lambda x: mb.avg_pool(x=x, kernel_sizes=[3, 2], **options), {"x": x}, "avg_pool")
    padded = np.pad(x, [(0, 0), (0, 0), *pads])
    _, total, count = pool(padded, (3, 2), options["strides"], [(0, 0), (0, 0)], sizes)
    assert np.allclose(result, total / count, rtol=0, atol=TOLERANCE)


def test_ceil_mode_drops_a_window_that_starts_in_the_padding_behind(
    run_one: Callable[..., Array], random: Callable[..., Array]
) -> None:
    # Padded to 7; a window at 6 would start behind the 5 elements of the data.
    x = random(1, 1, 5)
    result = run_one(
        lambda x: mb.max_pool(x=x, kernel_sizes=[2], strides=[3], pad_type="custom", pad=[1, 1], ceil_mode=True),
        {"x": x},
        "max_pool",
    )
    assert result.tolist() == [[[x[0, 0, 0], x[0, 0, 2:4].max()]]]


def test_an_empty_window_is_refused(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    with pytest.raises(PackageError, match="its last window starts at 8, past the end of an axis of 7"):
        run_one(
            lambda x: mb.max_pool(x=x, kernel_sizes=[2], strides=[4], pad_type="valid", ceil_mode=True),
            {"x": random(1, 1, 7)},
        )
