"""Videos written here and read back, and such as are none; cameras are faked, as no machine for tests has one."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from runtime.errors import SourceError
from runtime.sources import Camera, Pictures, Video

WIDTH, HEIGHT, COUNT, FPS = 64, 48, 20, 25.0
SUFFIXES = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}


def frames(count: int = COUNT) -> list[NDArray[np.uint8]]:
    """Red on the left, blue on the right, and a green bar that grows: each frame is known by its width."""
    made = []
    for index in range(count):
        frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        frame[:, : WIDTH // 2, 0] = frame[:, WIDTH // 2 :, 2] = 200
        frame[: HEIGHT // 2, : 3 * (index + 1)] = (0, 200, 0)
        made.append(frame)
    return made


def write(path: Path, pictures: Sequence[NDArray[np.uint8]] = tuple(frames()), fps: float = FPS) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*SUFFIXES[path.suffix]), fps, (WIDTH, HEIGHT))
    for picture in pictures:
        writer.write(np.ascontiguousarray(picture[..., ::-1]))
    writer.release()
    return path


class Capture:
    """What cv2.VideoCapture answers, from a list of frames and of times."""

    def __init__(self, pictures: Sequence[NDArray[np.uint8]], times: Sequence[float], fps: float = FPS) -> None:
        self.pictures, self.times, self.fps = pictures, times, fps
        self.next, self.released = 0, False

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        if self.next == len(self.pictures):
            return False, None
        self.next += 1
        return True, np.ascontiguousarray(self.pictures[self.next - 1][..., ::-1])

    def get(self, which: int) -> float:
        known = {cv2.CAP_PROP_FPS: self.fps, cv2.CAP_PROP_FRAME_COUNT: float("nan")}
        return known.get(which, self.times[self.next - 1] if self.next else 0.0)

    def set(self, which: int, value: float) -> None:
        if which == cv2.CAP_PROP_FPS:
            self.fps = value

    def release(self) -> None:
        self.released = True


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Capture]:
    """Whatever is opened next is this capture."""

    def put(*arguments: Any, **keywords: Any) -> Capture:
        capture = Capture(*arguments, **keywords)
        monkeypatch.setattr(cv2, "VideoCapture", lambda *_: capture)
        return capture

    return put


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_video_gives_its_frames_in_rgb_with_its_times(tmp_path: Path, suffix: str) -> None:
    video = Video(write(tmp_path / f"x{suffix}"))
    assert (video.fps, video.count) == (FPS, COUNT)
    seen = list(video)
    assert {frame.name for frame in seen} == {str(tmp_path / f"x{suffix}")}
    for index, (frame, expected) in enumerate(zip(seen, frames(), strict=True)):
        assert frame.timestamp_ms == pytest.approx(1000 * index / FPS, abs=0.51)  # Matroska counts whole milliseconds
        # Both codecs blur the colours of such hard edges; swapped channels or a neighbour's frame are farther off.
        off = np.abs(np.asarray(frame.image).astype(int) - expected)
        assert off.mean() < 8
        assert off[-4:, [4, -4]].max() < 40


def test_times_that_do_not_advance_are_counted_on(tmp_path: Path, captured: Callable[..., Capture]) -> None:
    path = tmp_path / "x.mp4"
    path.touch()
    for times, expected in (
        ([500, 520, 580, 600], [0, 20, 80, 100]),
        ([0, 0, 0, 0], [0, 40, 80, 120]),
        ([10, 30, 30, 5], [0, 20, 60, 100]),
        ([float("nan")] * 4, [0, 40, 80, 120]),
    ):
        capture = captured(frames(4), times)
        found = [frame.timestamp_ms for frame in Video(path)]
        assert found == pytest.approx(expected)
        assert all(later > earlier for earlier, later in pairwise(found))
        assert capture.released


@pytest.mark.parametrize(
    ("stated", "used"), [(0.0, 30.0), (-1.0, 30.0), (float("nan"), 30.0), (1e6, 30.0), (12.5, 12.5)]
)
def test_a_frame_rate_that_cannot_be_is_the_usual_one(
    tmp_path: Path, captured: Callable[..., Capture], stated: float, used: float
) -> None:
    (tmp_path / "x.mp4").touch()
    captured(frames(1), [0.0], stated)
    video = Video(tmp_path / "x.mp4")
    assert (video.fps, video.count) == (used, None)


def test_a_frame_rate_that_is_given_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", frames(4))
    assert [frame.timestamp_ms for frame in Video(path, 10)] == [0, 100, 200, 300]


def test_what_is_no_video_is_one_line_and_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.mp4").write_text("no video\n" * 100)
    (tmp_path / "empty.mp4").touch()
    whole = write(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])  # its index, at the end, is missing
    for name in ("text.mp4", "empty.mp4", "cut.mp4"):
        with pytest.raises(SourceError, match=rf"{name}: no video that can be read; expected a whole MP4") as caught:
            Video(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(SourceError, match=r"no file '.*none\.mp4'; expected a video"):
        Video(tmp_path / "none.mp4")
    with pytest.raises(SourceError, match=r": a folder, pipe or device; expected a video in a file"):
        Video(tmp_path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_a_video_that_is_cut_off_is_told_after_its_frames(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], suffix: str
) -> None:
    path = write(tmp_path / f"x{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    seen: list[float] = []
    with pytest.raises(
        SourceError, match=rf"x{suffix}: ends after \d+ frames, expected {COUNT}; it is cut off or broken"
    ):
        seen.extend(frame.timestamp_ms for frame in Video(path))
    assert 0 < len(seen) < COUNT
    assert capfd.readouterr().err == ""


def test_a_video_without_frames_is_one_line(tmp_path: Path, captured: Callable[..., Capture]) -> None:
    (tmp_path / "x.mp4").touch()
    captured([], [])
    with pytest.raises(SourceError, match="a video without a frame that can be read"):
        list(Video(tmp_path / "x.mp4"))


def test_a_camera_that_is_not_there_is_one_line_and_silent(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match="no camera 97; expected the number of one that is connected and free"):
        Camera(97)
    assert capfd.readouterr().err == ""


def test_a_camera_gives_frames_as_they_come(captured: Callable[..., Capture], monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([100.0, 100.04, 100.1])
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    capture = captured(frames(3), [0.0] * 3)
    camera = Camera(2, 60)
    seen = list(camera)
    assert (camera.fps, camera.count, capture.released) == (60, None, True)
    assert [frame.name for frame in seen] == ["2"] * 3
    assert [frame.timestamp_ms for frame in seen] == pytest.approx([0, 40, 100])
    np.testing.assert_array_equal(np.asarray(seen[2].image), frames(3)[2])


def test_a_frame_that_nobody_asks_for_is_not_read(tmp_path: Path, captured: Callable[..., Capture]) -> None:
    capture = captured(frames(3), [0.0, 40.0, 80.0])
    reading = iter(Camera(0))
    next(reading)
    assert (capture.next, capture.released) == (1, False)
    reading.close()  # type: ignore[attr-defined]
    assert capture.released


def test_pictures_are_stills_or_a_video(tmp_path: Path) -> None:
    paths = (tmp_path / "b.png", tmp_path / "a.png")
    read: Callable[[Path], Image.Image] = lambda path: Image.new("RGB", (1, 1))  # noqa: E731
    stills, video = Pictures(paths, read), Pictures(paths, read, video=True, fps=10)
    assert [(frame.name, frame.timestamp_ms) for frame in stills] == [(str(path), 0) for path in paths]
    assert [frame.timestamp_ms for frame in video] == [0, 100]
    assert (stills.count, video.fps) == (2, 10)
