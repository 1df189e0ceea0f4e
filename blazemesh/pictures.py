"""Pictures out of files: NASA's astronaut, one of the user's, or a folder of them."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import facts
from blazemesh.errors import InputError
from blazemesh.files import describe_os_error
from pipelines.silence import no_native_messages
from runtime.frames import rgb_bytes
from verification.pictures import Picture, Spot

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".gif"}
LARGEST_PICTURE = 100_000_000
"""Pixels; more is a decompression bomb, not a photograph."""


def read_picture(path: Path) -> Image.Image:
    """A picture as 8-bit RGB, turned as its EXIF orientation says, transparency ignored.

    InputError where the file is none, a broken or too large one, or of numbers that are no 8- or 16-bit channels.
    """
    return _read(path, "RGB")


def read_texture(path: Path) -> Image.Image:
    """A picture as `read_picture` reads it, with its transparency: 8-bit RGBA."""
    return _read(path, "RGBA")


def _read(path: Path, mode: str) -> Image.Image:
    try:
        # Odd metadata is remarked upon; bombs see below.
        with warnings.catch_warnings(action="ignore"), no_native_messages(), Image.open(path) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise _too_large(path)
            return _in_mode(mode, ImageOps.exif_transpose(opened), path)
    except (InputError, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: no picture that Pillow can read; expected PNG, JPEG or the like") from error
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except Exception as error:  # Pillow answers broken bytes with errors of many classes
        if isinstance(error, OSError) and error.errno is not None:
            raise InputError(describe_os_error(error)) from error
        raise InputError(f"{path}: a broken picture ({' '.join(str(error).split())})") from error


def _too_large(path: Path) -> InputError:
    return InputError(f"{path}: more than {LARGEST_PICTURE:,} pixels; expected a photograph, scale it down")


def _in_mode(mode: str, picture: Image.Image, path: Path) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray(rgb_bytes(picture)).convert(mode)
    if picture.mode in ("I", "F"):
        raise InputError(f"{path}: pixels of 32 bits, expected 8 or 16; nothing says which of their values is white")
    return picture.convert(mode)


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

    paths = picture_paths(folder)
    finder = FaceFinder(detector)
    return [Picture(path.name, pixels, finder.find(pixels)) for path, pixels in _opened(paths)]


def picture_paths(folder: Path) -> list[Path]:
    """The files of a folder that have a picture's suffix, in the order of their names; InputError if there is none.

    What is hidden is none of them: some systems keep a picture's metadata in a file of its name with "._" before it.
    """
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is no folder; expected one with pictures")
    entries = [entry for entry in os.scandir(folder) if not entry.is_dir() and not entry.name.startswith(".")]
    paths = sorted(Path(entry) for entry in entries if Path(entry).suffix.lower() in SUFFIXES)
    if not paths:
        raise InputError(f"{str(folder)!r} holds no picture; expected files ending in {', '.join(sorted(SUFFIXES))}")
    return paths


def _opened(paths: Sequence[Path]) -> list[tuple[Path, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]]:
    return [(path, np.asarray(read_picture(path))) for path in paths]
