"""Where `blazemesh run` puts what it saw: lines, pictures, a video. Each sink is a context that gives a function."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from blazemesh.errors import InputError
from blazemesh.files import made_aside, write_atomically
from blazemesh.pictures import SUFFIXES
from blazemesh.prediction import fit
from blazemesh.seen import Seen
from blazemesh.staging import made_folders
from blazemesh.text_table import printable
from runtime.opencv import quiet_opencv

if TYPE_CHECKING:
    import cv2

Take = Callable[[Seen], bool]
"""Takes a frame; False where it wants no more."""
Sink = AbstractContextManager[Take]

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
QUALITY = 92
"""Of a JPEG or WebP: 1 to 100."""
CODECS = {".mp4": "mp4v", ".m4v": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}
"""What OpenCV's own FFmpeg writes everywhere: it has no encoder of H.264."""


@contextmanager
def json_lines(write: Callable[[str], bool]) -> Iterator[Take]:
    """One JSON object a frame and line, as long as `write` says that somebody reads."""
    yield lambda seen: write(json.dumps(seen.record(), allow_nan=False))


@contextmanager
def text_lines(write: Callable[[str], bool]) -> Iterator[Take]:
    """How many faces, and how sure, a line a frame."""
    yield lambda seen: write(_described(seen))


def _described(seen: Seen) -> str:
    count = len(seen.faces)
    scores = [f"{face.detection.score:.2f}" for face in seen.faces if face.detection is not None]
    sure = f" (score {', '.join(scores)})" if scores else ""
    return f"{printable(seen.frame.name)}: {count} face{'' if count == 1 else 's'}{sure}"


@contextmanager
def picture_files(folder: Path, path_of: Callable[[Seen], Path]) -> Iterator[Take]:
    """The frames with their faces drawn, each whole or not at all in a file of `folder`, which `path_of` names.

    InputError where that is the file that the frame was read from.
    """

    def take(seen: Seen) -> bool:
        path, read = path_of(seen), Path(seen.frame.name)
        if path.exists() and read.exists() and path.samefile(read):
            raise InputError(f"--save {path}: it is what is read; expected another place")
        write_atomically(path, encoded(seen.drawn, path))
        return True

    with made_folders(folder):
        yield take


def encoded(picture: Image.Image, path: Path) -> bytes:
    """The picture as its name says: .png, .jpg or .webp; InputError where it has more pixels than these take."""
    file = BytesIO()
    try:
        picture.save(file, FORMATS[path.suffix.lower()], quality=QUALITY)
    except (ValueError, OSError) as error:  # more pixels than the format has room for
        width, height = picture.size
        raise InputError(f"{path}: a picture of {width} x {height} pixels can't be written so; try .png") from error
    return file.getvalue()


def name_in(folder: Path) -> Callable[[Seen], Path]:
    """Names the files in a folder: as the frames' own, with .png behind what can't be written; a video's by number."""

    def path_of(seen: Seen) -> Path:
        name = Path(seen.frame.name).name
        if Path(name).suffix.lower() not in SUFFIXES:
            return folder / f"{seen.index:06}.jpg"
        return folder / (name if Path(name).suffix.lower() in FORMATS else f"{name}.png")

    return path_of


@contextmanager
def video_file(path: Path, fps: float) -> Iterator[Take]:
    """The frames with their faces drawn as a video, which is there when it is whole; Ctrl-C makes it whole.

    All frames have the first one's size, less what is odd about it; others are fitted into it. InputError where it
    can't be written.
    """
    with made_folders(path.parent), made_aside(path) as aside:
        writer = _Writer(path, aside, fps)
        try:
            yield writer.take
        finally:
            writer.close()


class _Writer:
    """OpenCV's, opened when the first frame says how large it is."""

    def __init__(self, path: Path, aside: Path, fps: float) -> None:
        self._path, self._aside, self._fps = path, aside, fps
        self._size = (0, 0)
        self._writer: cv2.VideoWriter | None = None

    def take(self, seen: Seen) -> bool:
        if self._writer is None:
            self._size = seen.drawn.size
            self._writer = self._opened()
        drawn = seen.drawn if seen.drawn.size == self._size else fit(seen.drawn, *self._size)
        with quiet_opencv():
            self._writer.write(np.asarray(drawn)[..., ::-1].copy())
        return True

    def close(self) -> None:
        """Finish the file; InputError where it can't be read afterwards: OpenCV doesn't say that the disk is full."""
        if self._writer is None:
            return
        with quiet_opencv() as library:
            self._writer.release()
            written = library.VideoCapture(str(self._aside.resolve()), library.CAP_FFMPEG)
            whole = written.isOpened() and written.read()[0]
            written.release()
        if not whole:
            raise InputError(f"{self._path}: the video could not be written whole; is the disk full?")

    def _opened(self) -> "cv2.VideoWriter":
        with quiet_opencv() as library:
            code = library.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
            writer: cv2.VideoWriter = library.VideoWriter(
                str(self._aside.resolve()), library.CAP_FFMPEG, code, self._fps, self._size
            )
        if not writer.isOpened():
            what = f"{self._size[0]} x {self._size[1]} pixels at {self._fps:g} frames/s"
            raise InputError(f"{self._path}: OpenCV can't write {what}; try another suffix")
        return writer
