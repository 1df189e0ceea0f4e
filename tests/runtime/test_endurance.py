"""A long video through the real networks: the process must not grow with the number of its frames."""

import subprocess
import sys

import pytest

FRAMES, WARM_UP = 10_000, 2_000
MOST = 1_000_000
"""Bytes: 125 a frame after the warm-up, where a face that is kept back is 7,000. Measured: 0."""
SCRIPT = """
import ctypes, os, sys
import numpy as np
from PIL import Image
import facts
from blazemesh import FaceLandmarker

def resident():
    ctypes.CDLL(None).malloc_trim(0)  # what was freed is not to hide what is kept
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

frames, warm_up, leak = map(int, sys.argv[1:])
face = np.asarray(Image.open(facts.path("astronaut.png")).convert("RGB").crop((140, 32, 310, 202)).resize((96, 96)))
nobody = np.zeros_like(face)
landmarker = FaceLandmarker(backend="litert")
seen, kept = 0, []
for index in range(frames):
    if index == warm_up:
        before = resident()
    found = landmarker.track(nobody if index % 100 == 99 else np.roll(face, index % 5, axis=1), index * 33)
    seen += len(found)
    if leak:
        kept.append(found)
print(resident() - before, seen)
"""


def growth(frames: int, warm_up: int, leak: bool) -> int:
    """Bytes by which a process grows after its warm-up; every hundredth frame loses the face."""
    given = [sys.executable, "-c", SCRIPT, str(frames), str(warm_up), str(int(leak))]
    grown, seen = map(int, subprocess.run(given, capture_output=True, text=True, check=True).stdout.split())
    assert seen == frames - frames // 100
    return grown


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_ten_thousand_frames_do_not_grow() -> None:
    assert growth(FRAMES, WARM_UP, leak=False) < MOST


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_faces_that_are_kept_would_be_seen() -> None:
    assert growth(1_000, 200, leak=True) > MOST
