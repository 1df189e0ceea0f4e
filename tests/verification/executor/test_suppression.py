"""Core ML's NonMaximumSuppression model by hand: which rows it keeps, in which order."""

from typing import Any

import numpy as np
import pytest

from verification.executor.errors import PackageError
from verification.executor.suppression import Suppression


def kept(
    scores: list[list[float]],
    boxes: list[list[float]],
    iou: float = 0.5,
    confidence: float = 0.5,
    per_class: bool = False,
    given: dict[str, float] | None = None,
) -> list[int]:
    """The rows that are kept, by their place; every box is told by its x."""
    suppression = Suppression("s", "b", "iou", "least", "c", "xy", iou, confidence, per_class, len(scores[0]))
    values = {"s": np.array(scores, np.float32), "b": np.array(boxes, np.float32)}
    thresholds: dict[str, Any] = {name: np.array(value) for name, value in (given or {}).items()}
    found = suppression.run(values, thresholds)
    assert found["c"].dtype == found["xy"].dtype == np.float32
    rows = [int(np.flatnonzero((values["b"] == row).all(axis=1))[0]) for row in found["xy"]]
    np.testing.assert_array_equal(found["c"], values["s"][rows].reshape(-1, len(scores[0])))
    return rows


APART = [[float(10 * row), 0, 1, 1] for row in range(4)]
# Boxes of 2 x 2 whose middles are 1 apart along x: intersection 2, union 6, an IoU of 1/3.
CHAIN = [[0.0, 0, 2, 2], [1.0, 0, 2, 2], [2.0, 0, 2, 2]]


def test_rows_come_by_falling_confidence_and_the_threshold_itself_is_enough() -> None:
    assert kept([[0.5], [0.9], [0.49], [0.7]], APART) == [1, 3, 0]
    assert kept([[0.5], [0.9], [0.49], [0.7]], APART, confidence=0.0) == [1, 3, 0, 2]


def test_of_equal_confidences_the_first_comes_first() -> None:
    assert kept([[0.9], [0.8], [0.9], [0.8]], APART) == [0, 2, 1, 3]


@pytest.mark.parametrize(("iou", "rows"), [(0.34, [0, 1, 2]), (0.33, [0, 2]), (0.0, [0, 2]), (1.0, [0, 1, 2])])
def test_what_overlaps_a_kept_box_by_more_is_dropped(iou: float, rows: list[int]) -> None:
    # The last box overlaps only the second one: where that is dropped, it stays.
    assert kept([[0.9], [0.8], [0.7]], CHAIN, iou) == rows


def test_an_overlap_of_exactly_the_threshold_stays() -> None:
    halves = [[1.0, 0, 2, 2], [1.5, 0, 1, 2]]  # one in the other: an IoU of 2/4, which is exact
    assert kept([[0.9], [0.8]], halves, 0.5) == [0, 1]
    assert kept([[0.9], [0.8]], halves, 0.4999) == [0]


def test_boxes_that_touch_do_not_overlap() -> None:
    assert kept([[0.9], [0.8]], [[0.0, 0, 2, 2], [2.0, 0, 2, 2]], 0.0) == [0, 1]
    assert kept([[0.9], [0.8]], [[0.0, 0, 0, 0], [0.0, 1, 0, 0]], 0.0) == [0, 1]  # without any area


@pytest.mark.parametrize(("per_class", "rows"), [(True, [0, 1]), (False, [0])])
def test_only_boxes_of_one_class_are_rivals_where_it_says_so(per_class: bool, rows: list[int]) -> None:
    """A row's class is the one of its highest score; rows 0 and 2 are of one, row 1 of the other."""
    same = [[0.0, 0, 2, 2], [0.1, 0, 2, 2], [0.2, 0, 2, 2]]
    assert kept([[0.9, 0.1], [0.3, 0.8], [0.7, 0.6]], same, 0.5, per_class=per_class) == rows


def test_a_rows_confidence_is_its_highest_score() -> None:
    assert kept([[0.1, 0.6], [0.2, 0.3]], APART[:2]) == [0]


@pytest.mark.parametrize(
    ("given", "rows"),
    [({}, [0, 1]), ({"iou": 0.2}, [0]), ({"least": 0.85}, [0]), ({"iou": 1.0, "least": 0.0}, [0, 1, 2])],
)
def test_given_thresholds_go_before_the_stored_ones(given: dict[str, float], rows: list[int]) -> None:
    assert kept([[0.9], [0.8], [0.1]], [*CHAIN[:2], [9.0, 9, 1, 1]], 0.5, 0.5, given=given) == rows


def test_no_rows_are_no_failure() -> None:
    assert kept([[0.1], [0.2]], APART[:2]) == []


@pytest.mark.parametrize(
    ("scores", "boxes"), [((3, 2), (3, 4)), ((3,), (3, 4)), ((3, 1), (2, 4)), ((3, 1), (3, 5)), ((3, 1), (12,))]
)
def test_shapes_that_do_not_fit_are_one_line(scores: tuple[int, ...], boxes: tuple[int, ...]) -> None:
    suppression = Suppression("s", "b", "", "", "c", "xy", 0.5, 0.5, False, 1)
    with pytest.raises(PackageError, match=r"^its suppression gets scores .* expected \[N, 1\] and \[N, 4\]$"):
        suppression.run({"s": np.zeros(scores, np.float32), "b": np.zeros(boxes, np.float32)}, {})
