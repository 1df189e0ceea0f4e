from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("opset", ["iOS15", "iOS16"])
def test_topk(opset: str, ascending: bool, run: Callable[..., dict[str, Array]], random: Random) -> None:
    x = random(3, 6)
    found = run(lambda x: mb.topk(x=x, k=4, axis=1, ascending=ascending), {"x": x}, "topk", opset=opset)
    values, indices = found.values()
    for row in range(3):
        order = sorted(range(6), key=lambda column, row=row: x[row, column], reverse=not ascending)[:4]  # type: ignore[misc]
        assert indices[row].tolist() == order
        assert values[row].tolist() == x[row, order].tolist()


def test_topk_without_indices_of_all(run_one: Run) -> None:
    x = np.array([3, -1, 7, 5], np.int32)
    result = run_one(lambda x: mb.topk(x=x, k=4, axis=0, return_indices=False), {"x": x}, "topk")
    assert result.tolist() == [7, 5, 3, -1]


def test_topk_without_an_order_is_refused(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="found sort off"):
        run_one(lambda x: mb.topk(x=x, k=2, axis=0, sort=False, return_indices=False), {"x": random(4)})


@pytest.mark.parametrize("ascending", [True, False])
def test_argsort(ascending: bool, run_one: Run, random: Random) -> None:
    x = random(4, 3)
    result = run_one(lambda x: mb.argsort(x=x, axis=0, ascending=ascending), {"x": x}, "argsort")
    for column in range(3):
        order = sorted(range(4), key=lambda row, column=column: x[row, column], reverse=not ascending)  # type: ignore[misc]
        assert result[:, column].tolist() == order


@pytest.mark.parametrize(
    ("exclusive", "reverse", "expected"),
    [
        (False, False, [1, 3, 6, 10]),
        (True, False, [0, 1, 3, 6]),
        (False, True, [10, 9, 7, 4]),
        (True, True, [9, 7, 4, 0]),
    ],
)
def test_cumsum(exclusive: bool, reverse: bool, expected: list[int], run_one: Run) -> None:
    x = np.array([[1], [2], [3], [4]], np.float32) * np.array([1, 10], np.float32)
    result = run_one(lambda x: mb.cumsum(x=x, axis=0, exclusive=exclusive, reverse=reverse), {"x": x}, "cumsum")
    assert np.array_equal(result, np.outer(expected, [1, 10]))
