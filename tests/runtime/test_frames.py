import numpy as np
import pytest
from PIL import Image

from runtime.errors import FrameError
from runtime.frames import rgb_bytes

COLOUR = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)


def test_eight_bits_stay_what_they_are() -> None:
    np.testing.assert_array_equal(rgb_bytes(COLOUR), COLOUR)
    np.testing.assert_array_equal(rgb_bytes(np.dstack([COLOUR, np.zeros((1, 2, 1), np.uint8)])), COLOUR)
    np.testing.assert_array_equal(rgb_bytes(Image.fromarray(COLOUR)), COLOUR)
    assert rgb_bytes(COLOUR[:, ::-1]).flags.c_contiguous


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 1), (1, 2, 2)])
def test_grey_becomes_three_channels(shape: tuple[int, ...]) -> None:
    grey = np.full(shape, 9, np.uint8)
    np.testing.assert_array_equal(rgb_bytes(grey), np.full((1, 2, 3), 9))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 128, 129, 65535], np.uint16), [0, 0, 1, 255]),
        (np.array([0, 0.5, 1, 2, -1, np.nan, np.inf, -np.inf]), [0, 128, 255, 255, 0, 0, 255, 0]),
        (np.array([0.25, 1], np.float16), [64, 255]),
        (np.array([True, False]), [255, 0]),
    ],
)
def test_other_numbers_are_scaled(values: np.ndarray, expected: list[int]) -> None:
    np.testing.assert_array_equal(rgb_bytes(values[np.newaxis])[0, :, 0], expected)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK"])
def test_pictures_of_any_mode_are_taken(mode: str) -> None:
    picture = Image.new("RGB", (3, 2), (0, 0, 0)).convert(mode)
    np.testing.assert_array_equal(rgb_bytes(picture), np.zeros((2, 3, 3)))


@pytest.mark.parametrize("kind", ["<u2", ">u2"])
def test_16_bits_are_the_same_in_arrays_and_pictures(kind: str) -> None:
    values = np.array([[0, 300, 30000, 65535]], kind)
    picture = Image.frombytes("I;16" if kind == "<u2" else "I;16B", (4, 1), values.tobytes())
    for frame in (values, picture):
        np.testing.assert_array_equal(rgb_bytes(frame)[0, :, 0], [0, 1, 117, 255])


def test_pictures_of_32_bits_are_taken_as_arrays_are() -> None:
    floats = Image.fromarray(np.array([[0, 0.5, 1, 2]], np.float32))
    np.testing.assert_array_equal(rgb_bytes(floats)[0, :, 0], [0, 128, 255, 255])
    with pytest.raises(FrameError, match="frame of int32; expected uint8, uint16"):
        rgb_bytes(Image.fromarray(np.array([[0, 70000]], np.int32)))


@pytest.mark.parametrize("shape", [(), (4,), (0, 4), (4, 0, 3), (4, 4, 5), (1, 4, 4, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(FrameError, match=r"frame of shape .* expected \[height, width\]"):
        rgb_bytes(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("kind", ["int64", "complex64", "U1", "object"])
def test_other_types_are_refused(kind: str) -> None:
    with pytest.raises(FrameError, match="expected uint8"):
        rgb_bytes(np.zeros((2, 2, 3), kind))
