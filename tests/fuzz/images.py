"""Pictures that are broken, odd, or far larger than their bytes."""

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from tests.fuzz.mutations import LIMITS, NUMBERS, Random, changed

FORMATS = {
    "png": ("RGB", "RGBA", "P", "L", "LA", "1", "I;16"),
    "jpeg": ("RGB", "L", "CMYK"),
    "gif": ("P", "L"),
    "tiff": ("RGB", "RGBA", "L", "F", "I", "I;16", "CMYK", "LAB", "1"),
    "webp": ("RGB", "RGBA"),
    "bmp": ("RGB", "L", "P"),
}
"""The modes that each format is tried in."""


def file_name(kind: str) -> str:
    """A name for a picture of that format."""
    return f"hostile.{kind}"


def hostile(kind: str, source: Random) -> bytes:
    """A picture of the format, with changed bytes, changed fields behind right checksums, or a size that it has not."""
    data = _sound(kind, source.choice(FORMATS[kind]), source.randrange(4))
    what = source.choice(("bytes", "bytes", "field", "bomb"))
    if what == "bytes":
        return changed(data, source)
    if kind == "png":
        return _png(data, source, what == "bomb")
    return _header(data, source)


@cache
def _sound(kind: str, mode: str, variant: int) -> bytes:
    """A small picture; the variants carry an orientation, several frames, or another compression."""
    pixels = np.random.default_rng(variant).integers(0, 256, (9, 13, 3), np.uint8)
    picture = Image.fromarray(pixels).convert(
        "RGB" if mode in ("CMYK", "LAB") else "L" if mode in ("F", "I", "I;16") else mode
    )
    picture = _as_mode(picture, mode)
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    options: dict[str, dict[str, Any]] = {
        "png": {"exif": exif} if variant == 1 else {},
        "jpeg": {"exif": exif, "progressive": variant == 2} if variant else {},
        "gif": {"save_all": True, "append_images": [picture] * variant},
        "tiff": {"compression": (None, "tiff_lzw", "tiff_deflate", "packbits")[variant]},
        "webp": {"lossless": variant == 1},
        "bmp": {},
    }
    picture.save(file, kind, **options[kind])
    return file.getvalue()


def _as_mode(picture: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    if mode == "LAB":
        return Image.frombytes("LAB", picture.size, picture.tobytes())
    return picture.convert(mode)


def _png(data: bytes, source: Random, bomb: bool) -> bytes:
    """A PNG with one chunk's content changed and its checksum right again: Pillow gets to read what is in it."""
    chunks = _chunks(data)
    if bomb:
        size = source.choice(((60_000, 60_000), (30_000, 5_000), (2**31 - 1, 1), (10_000, 9_999), (0, 5)))
        chunks[0] = (b"IHDR", struct.pack(">II", *size) + chunks[0][1][8:])
        if source.random() < 0.5:
            chunks[-2] = (b"IDAT", zlib.compress(bytes(30_000_000), 9))
    else:
        index = source.randrange(len(chunks))
        chunks[index] = (
            source.choice((chunks[index][0], b"zTXt", b"iCCP", b"PLTE")),
            changed(chunks[index][1], source),
        )
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return data[:8] + b"".join(parts)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


def _header(data: bytes, source: Random) -> bytes:
    """Numbers near the beginning, where sizes and offsets stand, become limits, in either byte order."""
    content = bytearray(data)
    for _ in range(source.randint(1, 3)):
        size = source.choice((2, 4))
        place = source.randrange(min(200, len(content) - size))
        value = source.choice((*NUMBERS, *LIMITS)) % 256**size
        content[place : place + size] = value.to_bytes(size, source.choice(("little", "big")))
    return bytes(content)
