from fractions import Fraction

import numpy as np
import pytest

from pipelines.detections import Detections
from pipelines.errors import ShapeError
from pipelines.suppression import SHORT_RANGE_THRESHOLDS, Thresholds, overlaps, running_mean, suppress, weighted_mean

Box = tuple[float, float, float, float]


def scene(*rows: tuple[float, Box]) -> Detections:
    """Candidates of (score, box); keypoint k lies at the box's minimum plus (k, 2k)."""
    landmarks = [[box[:2], box[2:], *[(box[0] + k, box[1] + 2 * k) for k in range(6)]] for _, box in rows]
    scores = np.array([score for score, _ in rows], np.float32)
    return Detections(np.array(landmarks, np.float32).reshape(-1, 8, 2), scores)


def exact_iou(a: list[Fraction], b: list[Fraction]) -> Fraction:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return Fraction(0)
    area_a, area_b = (a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area_a + area_b - width * height)


def slow_suppress(candidates: Detections, score: Fraction, iou: Fraction) -> list[tuple[float, list[float]]]:
    """The definition in rational numbers: (score, 16 coordinates) of each face."""
    rows = [[Fraction(float(value)) for value in row.ravel()] for row in candidates.landmarks]
    scores = [Fraction(float(value)) for value in candidates.scores]
    waiting = [i for i in range(len(rows)) if scores[i] >= score]
    waiting = [i for i in waiting if rows[i][2] >= rows[i][0] and rows[i][3] >= rows[i][1]]
    waiting.sort(key=lambda i: (-scores[i], i))
    faces = []
    while waiting:
        first = waiting[0]
        group = [i for i in waiting if exact_iou(rows[first][:4], rows[i][:4]) > iou]
        total = sum(scores[i] for i in group)
        mean = [sum(scores[i] * rows[i][c] for i in group) / total for c in range(16)] if group else rows[first]
        faces.append((float(scores[first]), [float(value) for value in mean]))
        if not group:
            break
        waiting = [i for i in waiting if i not in group]
    return faces


@pytest.mark.parametrize("seed", range(60))
def test_suppression_is_the_definition(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 60))
    # On a lattice of 1/32, so that no IoU comes close to the threshold without being equal to it, and ties are common.
    corner = random.integers(0, 24, (count, 2)) / 32
    size = random.integers(-1, 10, (count, 2)) / 32
    keypoints = random.integers(0, 64, (count, 6, 2)) / 32
    landmarks = np.concatenate([corner[:, np.newaxis], (corner + size)[:, np.newaxis], keypoints], axis=1)
    scores = random.integers(8, 33, count) / 32
    candidates = Detections(landmarks.astype(np.float32), scores.astype(np.float32))
    found = suppress(candidates, SHORT_RANGE_THRESHOLDS)
    expected = slow_suppress(candidates, Fraction(1, 2), Fraction(3, 10))
    assert [float(score) for score in found.scores] == [score for score, _ in expected]
    # Sums of up to 60 float32 products of about 1: 60 roundings of 6e-8 at the most.
    np.testing.assert_allclose(
        found.landmarks.reshape(-1, 16), np.array([r for _, r in expected]).reshape(-1, 16), atol=4e-6
    )


def test_nothing_in_nothing_out() -> None:
    empty = scene()
    assert len(suppress(empty, SHORT_RANGE_THRESHOLDS)) == 0
    found = suppress(scene((0.4, (0, 0, 1, 1))), SHORT_RANGE_THRESHOLDS)
    assert found.landmarks.shape == (0, 8, 2)
    assert found.scores.shape == (0,)


def test_a_score_at_the_threshold_counts() -> None:
    assert len(suppress(scene((0.5, (0, 0, 1, 1))), SHORT_RANGE_THRESHOLDS)) == 1


def test_an_overlap_at_the_threshold_does_not_merge() -> None:
    # Intersection 1, union 2: IoU ½ exactly in float32.
    pair = scene((0.9, (0, 0, 2, 1)), (0.8, (0, 0, 1, 1)))
    assert len(suppress(pair, Thresholds(score=0.5, iou=0.5))) == 2
    assert len(suppress(pair, Thresholds(score=0.5, iou=0.49))) == 1


def test_the_face_is_the_weighted_mean_under_its_best_score() -> None:
    found = suppress(scene((0.5, (1, 0, 5, 4)), (1.0, (0, 0, 4, 4))), SHORT_RANGE_THRESHOLDS)
    assert found.scores.tolist() == [1.0]
    np.testing.assert_allclose(found.boxes, [[1 / 3, 0, 13 / 3, 4]], rtol=1e-6)
    np.testing.assert_allclose(found.landmarks[0, 2:], [(1 / 3 + k, 2 * k) for k in range(6)], rtol=1e-6)


def test_equal_scores_go_by_index() -> None:
    left, right = (0.0, 0.0, 1.0, 1.0), (5.0, 0.0, 6.0, 1.0)
    assert suppress(scene((0.7, right), (0.7, left)), SHORT_RANGE_THRESHOLDS).boxes[:, 0].tolist() == [5, 0]
    assert suppress(scene((0.7, left), (0.7, right)), SHORT_RANGE_THRESHOLDS).boxes[:, 0].tolist() == [0, 5]


def test_a_chain_is_cut_where_the_first_does_not_reach() -> None:
    # Each box overlaps its neighbour by 0.6 of its width (IoU 3/7), the one after that by 0.2 (IoU 1/9).
    chain = scene((0.9, (0, 0, 10, 10)), (0.8, (4, 0, 14, 10)), (0.7, (8, 0, 18, 10)), (0.6, (12, 0, 22, 10)))
    found = suppress(chain, SHORT_RANGE_THRESHOLDS)
    np.testing.assert_allclose(found.scores, [0.9, 0.7])
    np.testing.assert_allclose(found.boxes[:, 0], [3.2 / 1.7, (5.6 + 7.2) / 1.3], rtol=1e-6)


def test_a_box_without_area_ends_the_search() -> None:
    flat, face = (3.0, 3.0, 3.0, 5.0), (0.0, 0.0, 1.0, 1.0)
    found = suppress(scene((0.9, flat), (0.8, face), (0.7, (9, 9, 10, 10))), SHORT_RANGE_THRESHOLDS)
    np.testing.assert_array_equal(found.boxes, [flat])
    found = suppress(scene((0.7, flat), (0.8, face), (0.6, (9, 9, 10, 10))), SHORT_RANGE_THRESHOLDS)
    np.testing.assert_array_equal(found.boxes, [face, flat])


@pytest.mark.parametrize(
    "bad",
    [
        (1, 0, 0, 1),
        (0, 1, 1, 0),
        (np.nan, 0, 1, 1),
        (0, 0, 1, np.nan),
        (np.inf, 0, np.inf, 1),
        (-np.inf, 0, -np.inf, 1),
    ],
)
def test_boxes_of_negative_or_nan_size_are_dropped(bad: Box) -> None:
    found = suppress(scene((0.9, bad), (0.8, (0, 0, 1, 1))), SHORT_RANGE_THRESHOLDS)
    np.testing.assert_array_equal(found.boxes, [[0, 0, 1, 1]])


def test_an_infinite_box_spoils_no_face_before_it() -> None:
    infinite = (-np.inf, -np.inf, np.inf, np.inf)
    found = suppress(scene((0.8, infinite), (0.9, (0, 0, 1, 1)), (0.7, (5, 5, 6, 6))), SHORT_RANGE_THRESHOLDS)
    # It gathers nobody, not even itself: given out as it is, the search ends.
    np.testing.assert_array_equal(found.boxes, [(0, 0, 1, 1), infinite])


@pytest.mark.parametrize("score", [np.nan, 0.0, -np.inf])
def test_scores_that_are_none_are_dropped_whatever_the_threshold(score: float) -> None:
    assert len(suppress(scene((score, (0, 0, 1, 1))), Thresholds(score=0))) == 0


@pytest.mark.parametrize(("most", "expected"), [(0, 0), (1, 1), (2, 2), (9, 3), (None, 3)])
def test_the_best_faces_are_kept(most: int | None, expected: int) -> None:
    three = scene((0.6, (0, 0, 1, 1)), (0.8, (2, 0, 3, 1)), (0.7, (4, 0, 5, 1)))
    found = suppress(three, SHORT_RANGE_THRESHOLDS, max_faces=most)
    np.testing.assert_allclose(found.scores, [0.8, 0.7, 0.6][:expected])


def test_boxes_that_touch_do_not_overlap() -> None:
    box = np.array([0, 0, 1, 1], np.float32)
    others = np.array([[1, 0, 2, 1], [1, 1, 2, 2], [-3, -3, -2, -2], [0, 0, 1, 1], [0, 0, 2, 2]], np.float32)
    np.testing.assert_array_equal(overlaps(box, others), np.array([0, 0, 0, 1, 0.25], np.float32))


def test_detections_of_other_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected landmarks \[M, 8, 2\] and scores \[M\]"):
        Detections(np.zeros((2, 7, 2), np.float32), np.zeros(2, np.float32))


def test_the_running_mean_is_summed_one_after_the_other_in_float32() -> None:
    generator = np.random.default_rng(8)
    group = Detections(
        generator.uniform(0, 1, (60, 8, 2)).astype(np.float32), generator.uniform(0.5, 1, 60).astype(np.float32)
    )
    total, sums = np.float32(0), np.zeros((8, 2), np.float32)
    for points, score in zip(group.landmarks, group.scores, strict=True):
        corner_and_size = points.copy()
        corner_and_size[1] = points[0] + (points[1] - points[0])
        sums = sums + corner_and_size * score
        total = total + score
    mean = sums / total
    mean[1] = mean[0] + (mean[1] - mean[0])
    np.testing.assert_array_equal(running_mean(group), mean)
    np.testing.assert_allclose(running_mean(group), weighted_mean(group), atol=1e-6)


def test_another_mean_may_be_asked_for() -> None:
    boxes = np.zeros((2, 8, 2), np.float32)
    boxes[:, 1] = 1
    found = suppress(
        Detections(boxes, np.array([0.9, 0.8], np.float32)), Thresholds(0.5), mean=lambda group: boxes[0] + 7
    )
    np.testing.assert_array_equal(found.landmarks, boxes[:1] + 7)
