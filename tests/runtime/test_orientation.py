"""The eight orientations beside Pillow's, which knows Exif by itself."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from runtime.orientation import Orientation

TAG = 274


def upright(pixels: np.ndarray, orientation: Orientation) -> np.ndarray:
    """What Pillow makes of a picture with this tag."""
    exif = Image.Exif()
    exif[TAG] = int(orientation)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", exif=exif)
    return np.asarray(ImageOps.exif_transpose(Image.open(data)))


@pytest.mark.parametrize("orientation", Orientation)
def test_points_go_where_pillow_puts_the_pixels(orientation: Orientation) -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    turned = upright(pixels, orientation)
    assert (turned.shape[0] == 3) == orientation.swaps_sides
    for row, column in np.ndindex(2, 3):
        x, y = orientation.to_upright() @ [(column + 0.5) / 3, (row + 0.5) / 2, 1]
        assert turned[int(y * turned.shape[0]), int(x * turned.shape[1])] == pixels[row, column]


@pytest.mark.parametrize("orientation", Orientation)
def test_the_inverse_undoes_and_the_mirror_mirrors(orientation: Orientation) -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert np.array_equal(upright(upright(pixels, orientation), orientation.inverse), pixels)
    assert np.array_equal(upright(pixels, orientation.mirrored), upright(pixels, orientation)[:, ::-1])
