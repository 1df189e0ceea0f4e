"""OpenCV, which reads and writes videos and sees cameras; imported when it is first needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from pipelines.silence import no_native_messages


@contextmanager
def quiet_opencv() -> Iterator[ModuleType]:
    """The module cv2. Neither it nor FFmpeg are heard within this block, nor FFmpeg's threads afterwards."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # read once, at the first video
    import cv2

    with no_native_messages():
        yield cv2
