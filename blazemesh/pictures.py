"""The pictures that verification shows to the networks: NASA's astronaut, or a folder of the user's."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import facts
from blazemesh.errors import InputError
from verification.pictures import Picture, Spot

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".gif"}
LARGEST_PICTURE = 100_000_000
"""Pixels; more is a decompression bomb, not a photograph."""


def read_picture(path: Path) -> Image.Image:
    """A picture as 8-bit RGB, turned as its EXIF orientation says; InputError where the file is none."""
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise InputError(f"{path}: {opened.width} × {opened.height} pixels, expected at most {LARGEST_PICTURE}")
            return ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: no picture that Pillow can read; expected PNG, JPEG or the like") from error
    except (SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: a broken picture ({' '.join(str(error).split())})") from error


def astronaut() -> Picture:
    """The picture that comes with the project, and the face in it as facts/astronaut.json has it."""
    table = facts.load("astronaut")
    pixels = np.asarray(read_picture(facts.path("astronaut.png")))
    return Picture("astronaut", pixels, (spot(table["face"]["box"], table["face"]["keypoints"]),))


def spot(box: Sequence[float], keypoints: Sequence[Sequence[float]]) -> Spot:
    """A face from its box (x min, y min, x max, y max) and keypoints (right eye, left eye, …), in pixels."""
    left, top, right, bottom = box
    eyes = ((keypoints[0][0], keypoints[0][1]), (keypoints[1][0], keypoints[1][1]))
    return Spot(((left + right) / 2, (top + bottom) / 2), max(right - left, bottom - top), eyes)


def pictures_in(folder: Path, detector: bytes) -> list[Picture]:
    """The pictures of a folder in the order of their names, with the faces that `detector` finds in them.

    `detector` is BlazeFace short range as a .tflite: the original in LiteRT, not a package, says where the faces are.
    InputError where the folder holds no picture, or one that is broken.
    """
    from verification.oracles.faces import FaceFinder

    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is no folder; expected one with pictures")
    paths = sorted(Path(entry) for entry in os.scandir(folder) if Path(entry).suffix.lower() in SUFFIXES)
    if not paths:
        raise InputError(f"{str(folder)!r} holds no picture; expected files ending in {', '.join(sorted(SUFFIXES))}")
    finder = FaceFinder(detector)
    return [Picture(path.name, pixels, finder.find(pixels)) for path, pixels in _opened(paths)]


def _opened(paths: Sequence[Path]) -> list[tuple[Path, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]]:
    return [(path, np.asarray(read_picture(path))) for path in paths]
