"""The loop of `blazemesh run`: frames from a source, their faces, and whoever wants to have them."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from statistics import median

from blazemesh.seen import Seen
from blazemesh.sinks import Sink
from blazemesh.window import WindowClosed
from runtime.landmarker import STAGES, Landmarker
from runtime.overlay import Style
from runtime.sources import Source

EVERY = 2.0
"""Seconds between two lines of progress."""
RECENT = 1000
"""Frames of which the stages' times are kept: a camera runs for days."""


class Tally:
    """What a run has come to, so far."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._spent: dict[str, deque[float]] = {stage: deque(maxlen=RECENT) for stage in (*STAGES, "total")}
        self.frames = self.faces = 0

    def add(self, seen: Seen) -> None:
        """Count a frame."""
        self.frames += 1
        self.faces += len(seen.faces)
        for stage, spent in self._spent.items():
            spent.append(seen.milliseconds[stage])

    def describe(self, backend: str) -> str:
        """Frames, faces, frames a second in all (reading, drawing and writing too), medians of the latest stages."""
        stages = ", ".join(f"{stage} {median(spent or [0.0]):.2f}" for stage, spent in self._spent.items())
        return f"{self.progress()}; milliseconds a frame, median: {stages}; {backend}"

    def progress(self, of: int | None = None) -> str:
        """The same without the stages."""
        total = "" if of is None else f" of {of}"
        per_second = self.frames / max(time.perf_counter() - self._started, 1e-9)
        return f"frames: {self.frames}{total}, faces: {self.faces}, {per_second:.1f} frames/s"


def run_frames(
    source: Source,
    landmarker: Landmarker,
    track: bool,
    style: Style,
    sinks: Sequence[Sink],
    tally: Tally,
    tell: Callable[[str], None],
) -> None:
    """Every frame of the source to every sink, with its faces as `style` draws them.

    `tally` counts, `tell` hears of it now and then. With `track` the frames are one video's, else stills. It ends with
    the source, when a window is closed, or when there were sinks and none wants more. Whatever the source, the
    landmarker and the sinks raise.
    """
    told = time.monotonic()
    with ExitStack() as stack:
        takers = [stack.enter_context(sink) for sink in sinks]
        stack.enter_context(suppress(WindowClosed))
        for seen in _seen(source, landmarker, track, style):
            tally.add(seen)
            takers = [take for take in takers if take(seen)]
            if sinks and not takers:
                break
            if time.monotonic() > told + EVERY:
                told = time.monotonic()
                tell(tally.progress(source.count))


def _seen(source: Source, landmarker: Landmarker, track: bool, style: Style) -> Iterator[Seen]:
    for index, frame in enumerate(source):
        faces = landmarker.track(frame.image, frame.timestamp_ms) if track else landmarker.detect(frame.image)
        yield Seen(index, frame, faces, dict(landmarker.milliseconds), style)
