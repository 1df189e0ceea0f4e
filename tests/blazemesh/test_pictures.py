import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import facts
from blazemesh.errors import InputError
from blazemesh.pictures import LARGEST_PICTURE, astronaut, pictures_in, read_picture, spot

RED, GREEN, BLUE, WHITE = (254, 0, 0), (0, 255, 1), (0, 0, 254), (255, 255, 255)
CORNERS = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)
"""The picture that every one below is, corner by corner: no turn or mirror of it is another's."""
ORIENTATIONS = {
    1: CORNERS,
    2: CORNERS[:, ::-1],
    3: CORNERS[::-1, ::-1],
    4: CORNERS[::-1],
    5: CORNERS.transpose(1, 0, 2),
    6: np.rot90(CORNERS),
    7: CORNERS[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(CORNERS, -1),
}
"""How the pixels lie in the file for each EXIF orientation (Exif 2.32, tag 274) so that CORNERS is seen."""


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_picture_is_turned_as_its_orientation_says(tmp_path: Path, orientation: int, suffix: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / f"x{suffix}"
    Image.fromarray(np.ascontiguousarray(ORIENTATIONS[orientation])).save(path, exif=exif)
    picture = read_picture(path)
    np.testing.assert_array_equal(np.asarray(picture), CORNERS)
    assert picture.mode == "RGB"


def test_grey_and_binary_pictures_become_rgb(tmp_path: Path) -> None:
    Image.new("L", (2, 2), 77).save(tmp_path / "grey.png")
    Image.new("1", (2, 2), 1).save(tmp_path / "binary.png")
    Image.new("LA", (2, 2), (77, 0)).save(tmp_path / "transparent.png")
    for name, value in (("grey", 77), ("binary", 255), ("transparent", 77)):
        assert np.asarray(read_picture(tmp_path / f"{name}.png")).tolist() == [[[value] * 3] * 2] * 2


@pytest.mark.parametrize("alpha", [0, 128, 255])
def test_transparency_is_ignored(tmp_path: Path, alpha: int) -> None:
    Image.new("RGBA", (1, 1), (10, 20, 30, alpha)).save(tmp_path / "x.png")
    assert np.asarray(read_picture(tmp_path / "x.png")).tolist() == [[[10, 20, 30]]]


def test_palettes_become_rgb_with_and_without_transparency(tmp_path: Path) -> None:
    picture = Image.fromarray(CORNERS).quantize(4)
    picture.save(tmp_path / "plain.png")
    picture.save(tmp_path / "transparent.png", transparency=bytes([0, 100, 200, 255]))
    picture.save(tmp_path / "x.gif")
    for name in ("plain.png", "transparent.png", "x.gif"):
        np.testing.assert_array_equal(np.asarray(read_picture(tmp_path / name)), CORNERS)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_become_eight(tmp_path: Path, suffix: str) -> None:
    values = np.array([[0, 257, 256 * 100], [32896, 65534, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / f"x{suffix}")
    assert np.asarray(read_picture(tmp_path / f"x{suffix}"))[..., 0].tolist() == [[0, 1, 100], [128, 255, 255]]


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_numbers_that_are_no_channels_are_refused(tmp_path: Path, dtype: type) -> None:
    Image.fromarray(np.ones((2, 2), dtype)).save(tmp_path / "x.tif")
    with pytest.raises(InputError, match=r"x\.tif: pixels of 32 bits, expected 8 or 16"):
        read_picture(tmp_path / "x.tif")


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG of 8-bit grey that says to be of this size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (20_000, 20_000), (1 << 30, 1 << 30)])
def test_a_decompression_bomb_is_refused_unread(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png(width, height, bytes(100)))
    assert width * height > LARGEST_PICTURE
    with pytest.raises(InputError, match=r"bomb\.png: more than 100,000,000 pixels; expected a photograph, scale it"):
        read_picture(tmp_path / "bomb.png")


def test_a_picture_just_below_the_limit_is_read_without_a_warning(tmp_path: Path) -> None:
    Image.new("1", (9_500, 10_000)).save(tmp_path / "large.png")  # beyond Pillow's own warning
    assert read_picture(tmp_path / "large.png").size == (9_500, 10_000)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".tif", ".webp", ".bmp"])
def test_a_broken_picture_is_one_line(tmp_path: Path, suffix: str, keep: float) -> None:
    path = tmp_path / f"x{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(InputError, match=rf"x\{suffix}: (a broken picture|no picture that Pillow can read)") as caught:
        read_picture(path)
    assert "\n" not in str(caught.value)


def test_what_is_no_picture_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for path, said in (
        (tmp_path / "text.png", "no picture that Pillow can read; expected PNG, JPEG or the like"),
        (tmp_path / "missing.png", "it, or a folder on its path, does not exist; check the path"),
        (tmp_path, "it is a folder, expected a file; name a file"),
    ):
        with pytest.raises(InputError, match=rf"{path}.*{said}$"):
            read_picture(path)


def test_the_astronaut_is_the_projects_picture_and_face() -> None:
    picture = astronaut()
    assert (picture.name, picture.pixels.shape) == ("astronaut", (512, 512, 3))
    (face,) = picture.spots
    left, top, right, bottom = facts.load("astronaut")["face"]["box"]
    assert left < face.eyes[0][0] < face.eyes[1][0] < right
    assert top < face.eyes[0][1] < bottom
    assert face.size == max(right - left, bottom - top)


def test_a_spot_is_the_middle_and_longer_side_of_a_box() -> None:
    made = spot((10, 20, 50, 40), [(15, 25), (45, 26), (0, 0)])
    assert (made.center, made.size, made.eyes) == ((30, 30), 40, ((15, 25), (45, 26)))


def test_the_pictures_of_a_folder_come_in_the_order_of_their_names(models: dict[str, Path], tmp_path: Path) -> None:
    detector = models["BlazeFaceShortRange"].read_bytes()
    Image.fromarray(astronaut().pixels).save(tmp_path / "b.PNG")
    Image.new("RGB", (30, 20), "green").save(tmp_path / "a.jpg")
    (tmp_path / "notes.txt").write_text("no picture")
    green, face = pictures_in(tmp_path, detector)
    assert (green.name, green.pixels.shape, green.spots) == ("a.jpg", (20, 30, 3), ())
    assert face.name == "b.PNG"
    (found,), (expected,) = face.spots, astronaut().spots
    # One pixel of the detector's input is 4 of the picture's, and another resampling moves a box by a part of it.
    np.testing.assert_allclose([*found.center, found.size], [*expected.center, expected.size], atol=4)


def test_a_folder_without_pictures_is_one_line(models: dict[str, Path], tmp_path: Path) -> None:
    detector = models["BlazeFaceShortRange"].read_bytes()
    with pytest.raises(InputError, match=r"holds no picture; expected files ending in \.bmp, "):
        pictures_in(tmp_path, detector)
    with pytest.raises(InputError, match=r"is no folder; expected one with pictures"):
        pictures_in(tmp_path / "missing", detector)


def test_what_libtiff_remarks_is_not_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.tif"
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(noise).save(path, compression="tiff_deflate")
    data = bytearray(path.read_bytes())
    data[8:40] = bytes(32)  # in the compressed pixels
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"odd\.tif: a broken picture \([^\n]+\)$"):
        read_picture(path)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
