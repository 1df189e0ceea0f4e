import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from runtime.crop import Border, crop, crop_image
from runtime.errors import FrameError
from runtime.regions import Region


def homography(region: Region, side: int) -> NDArray[np.float64]:
    """Crop pixels → frame pixels, solved from the four corners that the crop's corners must come from."""
    (x, y), (a, b), t = region.center, region.size, region.rotation
    across = np.array([math.cos(t), math.sin(t)]) * a / 2
    down = np.array([-math.sin(t), math.cos(t)]) * b / 2
    center = np.array([x, y])
    source = [center - across + down, center - across - down, center + across - down, center + across + down]
    target = [(0, side), (0, 0), (side, 0), (side, side)]
    rows, values = [], []
    for (u, v), (sx, sy) in zip(target, source, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * sx, -v * sx], [0, 0, 0, u, v, 1, -u * sy, -v * sy]]
        values += [sx, sy]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values)), 1).reshape(3, 3)


def slow_crop(frame: NDArray[np.uint8], region: Region, side: int, border: Border) -> NDArray[np.float64]:
    """Pixel by pixel through the homography, each tap looked up on its own."""
    height, width, _ = frame.shape
    matrix = homography(region, side)

    def tap(x: int, y: int) -> NDArray[np.float64]:
        if border == "zero" and not (0 <= x < width and 0 <= y < height):
            return np.zeros(3)
        pixel: NDArray[np.float64] = frame[min(max(y, 0), height - 1), min(max(x, 0), width - 1)].astype(float)
        return pixel

    out = np.zeros((side, side, 3))
    for row in range(side):
        for column in range(side):
            x, y, w = matrix @ (column, row, 1)
            x, y = x / w, y / w
            for dx in (0, 1):
                for dy in (0, 1):
                    px, py = math.floor(x) + dx, math.floor(y) + dy
                    out[row, column] += (1 - abs(x - px)) * (1 - abs(y - py)) * tap(px, py)
    return out


@pytest.mark.parametrize("border", ["zero", "replicate"])
@pytest.mark.parametrize(
    "region",
    [
        Region((15.3, 9.8), (12.5, 12.5), 0.4),
        Region((2.0, 1.0), (30.0, 30.0), -2.5),
        Region((12.0, 8.0), (24.0, 24.0)),
        Region((-40.0, 90.0), (9.0, 7.0), 3.0),
    ],
)
def test_crops_are_the_definition(region: Region, border: Border) -> None:
    frame = np.random.default_rng(1).integers(0, 256, (16, 24, 3), np.uint8)
    found = crop(frame, region, 11, border)
    assert found.dtype == np.float32
    # Both compute in float64; the result is rounded to float32, 8e-6 at 255 each way.
    np.testing.assert_allclose(found, slow_crop(frame, region, 11, border), atol=2e-5)


def test_the_whole_frame_at_its_own_size_is_the_frame() -> None:
    frame = np.random.default_rng(2).integers(0, 256, (8, 8, 3), np.uint8)
    np.testing.assert_array_equal(crop(frame, Region((4, 4), (8, 8)), 8, "zero"), frame)


def test_a_quarter_turn_turns_the_frame() -> None:
    frame = np.random.default_rng(3).integers(0, 256, (9, 9, 3), np.uint8)
    # Around pixel (4, 4), over ± 4 pixels, the last row and column left out as in every crop.
    turned = crop(frame, Region((4, 4), (8, 8), math.pi / 2), 8, "replicate")
    np.testing.assert_allclose(turned, np.rot90(frame)[:-1, :-1], atol=1e-4)


def test_a_ramp_shows_where_each_pixel_comes_from() -> None:
    y, x = np.mgrid[0:100, 0:100].astype(float)
    region = Region((52.0, 47.0), (30.0, 40.0), 0.7)
    found = crop(np.stack([x, y], axis=-1), region, 20, "replicate")
    row, column = np.mgrid[0:20, 0:20]
    np.testing.assert_allclose(found, region.to_frame(np.stack([column, row], axis=-1) / 20), atol=1e-4)


def test_outside_of_the_frame_is_black_or_the_border() -> None:
    frame = np.full((4, 4, 3), 200, np.uint8)
    far = Region((50, 50), (4, 4))
    np.testing.assert_array_equal(crop(frame, far, 3, "zero"), np.zeros((3, 3, 3)))
    np.testing.assert_array_equal(crop(frame, far, 3, "replicate"), np.full((3, 3, 3), 200))


def test_a_mirrored_region_reverses_the_columns() -> None:
    frame = np.random.default_rng(4).integers(0, 256, (20, 20, 3), np.uint8)
    region = Region((9.5, 8.2), (7.0, 7.0), 0.2)
    plain, mirrored = crop(frame, region, 6, "replicate"), crop(frame, region.mirrored(), 6, "replicate")
    np.testing.assert_array_equal(mirrored, plain[:, ::-1])
    assert mirrored.flags.c_contiguous


def test_pictures_are_rounded_to_the_nearest_of_8_bits() -> None:
    frame = np.random.default_rng(5).integers(0, 256, (16, 24, 3), np.uint8)
    region = Region((11.0, 7.0), (10.0, 10.0), 0.3)
    picture = crop_image(Image.fromarray(frame), region, 12, "replicate")
    assert (picture.mode, picture.size) == ("RGB", (12, 12))
    assert np.abs(np.asarray(picture) - crop(frame, region, 12, "replicate")).max() <= 0.5


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_pictures_of_other_modes_are_taken_as_rgb(mode: str) -> None:
    picture = Image.new("RGB", (6, 5), (10, 200, 30)).convert(mode)
    found = crop_image(picture, Region((3, 2.5), (6, 5)), 4, "replicate")
    np.testing.assert_array_equal(found, crop_image(picture.convert("RGB"), Region((3, 2.5), (6, 5)), 4, "replicate"))
    assert found.mode == "RGB"


@pytest.mark.parametrize("shape", [(4, 4), (0, 4, 3), (4, 0, 3), (4, 4, 0), (1, 4, 4, 3)])
def test_what_is_no_frame_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(FrameError, match=r"expected \[height, width, channels\]"):
        crop(np.zeros(shape), Region((1, 1), (2, 2)), 4, "zero")
