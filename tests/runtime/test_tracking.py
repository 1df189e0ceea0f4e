import numpy as np

from runtime.rects import Rect
from runtime.tracking import Candidate, associate, carried_ids


def rect(x: float) -> Rect:
    """0.2 wide: two of them overlap by 0.5 where they are 1/15 apart."""
    return Rect((np.float32(x), np.float32(0.5)), (np.float32(0.2), np.float32(0.2)), np.float32(0), (100, 100))


def at(x: float, id: int | None = None) -> Candidate:
    return Candidate(rect(x), id=id)


def test_tracked_faces_replace_detections_that_overlap_and_come_last() -> None:
    near, far, tracked = at(0.3), at(0.7), at(0.31, 5)
    assert associate([near, far], [tracked]) == [far, tracked]
    assert associate([near, far], []) == [near, far]
    assert associate([], [tracked]) == [tracked]


def test_of_two_tracked_faces_that_meet_the_later_stays() -> None:
    assert associate([], [at(0.3, 1), second := at(0.32, 2)]) == [second]


def test_similar_means_more_than_half() -> None:
    beside, apart = at(0.3 + 0.9 / 15), at(0.3 + 1.1 / 15)
    assert associate([at(0.3), beside], []) == [beside]
    assert len(associate([at(0.3), apart], [])) == 2


def test_ids_go_to_the_closest_once() -> None:
    tracked = [(7, rect(0.3)), (8, rect(0.6))]
    assert carried_ids([rect(0.61), rect(0.32), rect(0.31), rect(0.9)], tracked) == [8, None, 7, None]
    assert carried_ids([], tracked) == []
    assert carried_ids([rect(0.3)], []) == [None]
