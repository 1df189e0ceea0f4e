import tracemalloc

import numpy as np

from blazemesh.running import RECENT, Tally
from blazemesh.seen import Seen
from runtime.landmarker import STAGES
from runtime.overlay import Style
from runtime.sources import TimedFrame


def seen(index: int, milliseconds: float) -> Seen:
    frame = TimedFrame("0", 33.0 * index, np.zeros((1, 1, 3), np.uint8))
    return Seen(index, frame, [], dict.fromkeys((*STAGES, "total"), milliseconds), Style())


def test_a_tally_does_not_grow_with_the_frames() -> None:
    tally = Tally()
    tracemalloc.start()
    for index in range(3 * RECENT):
        if index == RECENT:
            before = tracemalloc.get_traced_memory()[0]
        tally.add(seen(index, float(index)))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    # Kept of each of 2,000 frames, the five would be 130 kB.
    assert grown < 20_000
    middle = 2 * RECENT + (RECENT - 1) / 2
    assert tally.describe("litert").startswith(f"frames: {3 * RECENT}, faces: 0, ")
    assert tally.describe("litert").endswith(f"total {middle:.2f}; litert")
