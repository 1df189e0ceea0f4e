"""Where frames come from: pictures, a video file, a camera."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from runtime.errors import SourceError
from runtime.frames import Bytes, Frame
from runtime.opencv import quiet_opencv

if TYPE_CHECKING:
    import cv2

USUAL_FPS = 30.0
"""Frames a second, where nothing says better."""
FASTEST_FPS = 1000.0
"""What claims to be faster is taken for a wrong header."""
SHORTFALL = 0.05
"""The part of its length by which a video may end before it says to: headers round, and cutters drop frames."""
SPARE_FRAMES = 2
CAMERAS = 100
"""OpenCV takes the hundreds of a camera's number for the way in which to look for it."""


@dataclass(frozen=True, eq=False)
class TimedFrame:
    """A frame called `name` (its file, its camera), `timestamp_ms` after its source's first one; 0 for stills."""

    name: str
    timestamp_ms: float
    image: Frame


class Source(Protocol):
    """Frames in order; iterated once."""

    @property
    def fps(self) -> float:
        """Frames a second."""

    @property
    def count(self) -> int | None:
        """How many there will be, if that is known."""

    def __iter__(self) -> Iterator[TimedFrame]:
        """The frames; SourceError where one can't be had."""


@dataclass(frozen=True)
class Pictures:
    """Picture files: the frames of a video at `fps`, or stills, if `video` is false. `read` opens one."""

    paths: tuple[Path, ...]
    read: Callable[[Path], Image.Image]
    video: bool = False
    fps: float = USUAL_FPS

    @property
    def count(self) -> int:
        """The number of files."""
        return len(self.paths)

    def __iter__(self) -> Iterator[TimedFrame]:
        """The pictures; whatever `read` raises."""
        for index, path in enumerate(self.paths):
            yield TimedFrame(str(path), 1000 * index / self.fps if self.video else 0.0, self.read(path))


class Video:
    """A video file's frames in RGB, upright where it says how it was held.

    Times are the file's own, where they advance; else frames follow each other at its frame rate, or at `fps`, which
    counts in any case where it is given. SourceError for a file that can't be read as a video, holds no frame, or ends
    before the length that it announces.
    """

    def __init__(self, path: Path, fps: float | None = None) -> None:
        if not path.is_file():
            found = f"{path}: a folder, pipe or device" if path.exists() else f"no file {str(path)!r}"
            raise SourceError(f"{found}; expected a video in a file")
        self._path, self._forced = path, fps
        with quiet_opencv() as library:
            # An absolute path is never taken for an address, whatever its first letters are.
            self._capture = library.VideoCapture(str(path.resolve()), library.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise SourceError(
                f"{path}: no video that can be read; expected a whole MP4, MOV, MKV, AVI or the like, by its content"
            )
        stated = _property(self._capture, library.CAP_PROP_FPS)
        self.fps = fps or (stated if 0 < stated <= FASTEST_FPS else USUAL_FPS)
        announced = _property(self._capture, library.CAP_PROP_FRAME_COUNT)
        self.count = int(announced) if 0 < announced < 2**31 else None

    def __iter__(self) -> Iterator[TimedFrame]:
        """The frames, read as they are asked for."""
        first = last = 0.0
        index = 0
        try:
            for index, (image, at) in enumerate(_frames(self._capture), 1):
                if index == 1:
                    first = at
                elif self._forced is None and at - first > last:
                    last = at - first
                else:
                    last += 1000 / self.fps
                yield TimedFrame(str(self._path), last, image)
        finally:
            self._capture.release()
        self._require_whole(index, last)

    def _require_whole(self, frames: int, last: float) -> None:
        """SourceError unless the video was as long as announced, by number or by time: either may be an estimate."""
        if frames == 0:
            raise SourceError(f"{self._path}: a video without a frame that can be read; expected at least one")
        if self.count is None or self._forced is not None:
            return
        length, spare = 1000 * self.count / self.fps, 1000 * SPARE_FRAMES / self.fps
        if frames + SPARE_FRAMES < self.count and last + spare < length * (1 - SHORTFALL):
            raise SourceError(
                f"{self._path}: ends after {frames} frames, expected {self.count}; it is cut off or broken"
            )


class Camera:
    """A camera's frames in RGB, timed as they arrive; it is asked for `fps` frames a second. They end with the camera.

    SourceError where there is none.
    """

    count = None

    def __init__(self, index: int, fps: float | None = None) -> None:
        self._name = str(index)
        missing = f"no camera {index}; expected the number of one that is connected and free, 0 is the first"
        if not 0 <= index < CAMERAS:
            raise SourceError(missing)
        with quiet_opencv() as library:
            self._capture = library.VideoCapture(index)
        if not self._capture.isOpened():
            raise SourceError(missing)
        if fps is not None:
            self._capture.set(library.CAP_PROP_FPS, fps)
        stated = _property(self._capture, library.CAP_PROP_FPS)
        self.fps = stated if 0 < stated <= FASTEST_FPS else USUAL_FPS

    def __iter__(self) -> Iterator[TimedFrame]:
        """The frames, as they come."""
        started: float | None = None
        try:
            for image, _ in _frames(self._capture):
                now = time.monotonic()
                started = now if started is None else started
                yield TimedFrame(self._name, 1000 * (now - started), image)
        finally:
            self._capture.release()


def _frames(capture: "cv2.VideoCapture") -> Iterator[tuple[Bytes, float]]:
    """Frames in RGB, and where in the video the reader says to be, in milliseconds."""
    while True:
        with quiet_opencv() as library:
            got, image = capture.read()
        if not got or image is None:
            return
        rgb = np.asarray(library.cvtColor(image, library.COLOR_BGR2RGB), np.uint8)
        yield rgb, _property(capture, library.CAP_PROP_POS_MSEC)


def _property(capture: "cv2.VideoCapture", which: int) -> float:
    """One of a video's properties; 0 for those that are no numbers."""
    value = float(capture.get(which))
    return value if math.isfinite(value) else 0.0
