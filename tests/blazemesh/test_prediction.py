import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blazemesh.errors import InputError
from blazemesh.pictures import astronaut
from blazemesh.prediction import fit, predict
from tests.converters.tflite_builder import TfliteBuilder
from verification.executor.errors import PackageError
from verification.executor.reference import ReferenceModel


def test_a_package_is_run_on_a_picture(built: Path, tmp_path: Path) -> None:
    picture = Image.fromarray(astronaut().pixels)
    picture.save(tmp_path / "astronaut.png")
    package = built / "BlazeFaceShortRange.mlpackage"
    found = predict(package, tmp_path / "astronaut.png")
    assert {name: (value.shape, value.dtype.name) for name, value in found.items()} == {
        "landmarks": ((16, 8, 2), "float32"),
        "confidence": ((16,), "float32"),
        "count": ((1,), "int32"),
    }
    assert found["count"] == 1
    assert found["confidence"][0] > 0.9
    fitted = picture.resize((128, 128), Image.Resampling.BILINEAR)
    expected = ReferenceModel(package, "float16").predict({"image": fitted})
    for name, value in found.items():
        np.testing.assert_array_equal(value, expected[name])


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((10, 10), (0, 0, 64, 32)),
        ((400, 100), (0, 8, 64, 24)),
        ((1, 1000), (31, 0, 32, 32)),
        ((2000, 1), (0, 15, 64, 16)),
    ],
)
def test_a_picture_is_fitted_whole_between_black_bars(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    fitted = fit(Image.new("RGB", size, "white"), 64, 32)
    assert fitted.size == (64, 32)
    if size == (10, 10):
        box = (16, 0, 48, 32)
    assert fitted.getbbox() == box


def test_a_grey_input_takes_a_grey_picture(tmp_path: Path) -> None:
    from blazemesh.conversion import convert

    builder = TfliteBuilder()
    grey = builder.input("grey", (1, 4, 4, 1))
    builder.output(builder.operator("MUL", [grey, builder.constant("two", [2.0])], (1, 4, 4, 1), "doubled"))
    (tmp_path / "grey.tflite").write_bytes(builder.build())
    convert(tmp_path / "grey.tflite", tmp_path / "Grey.mlpackage", check=False)
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "green.png")
    (doubled,) = predict(tmp_path / "Grey.mlpackage", tmp_path / "green.png").values()
    # ITU-R 601: green's luma is 150 of 255; a float16 of 1 to 2 steps by 2^-10.
    np.testing.assert_allclose(doubled, 2 * 150 / 255, atol=2**-10)


def test_an_input_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    from blazemesh.conversion import convert

    builder = TfliteBuilder()
    numbers = builder.input("numbers", (1, 7))
    builder.output(builder.operator("MUL", [numbers, builder.constant("two", [2.0])], (1, 7), "doubled"))
    (tmp_path / "x.tflite").write_bytes(builder.build())
    convert(tmp_path / "x.tflite", tmp_path / "X.mlpackage", check=False)
    Image.new("RGB", (8, 8)).save(tmp_path / "black.png")
    with pytest.raises(InputError, match=r"X\.mlpackage: expected one image input, found numbers$"):
        predict(tmp_path / "X.mlpackage", tmp_path / "black.png")


def test_a_damaged_package_is_one_line(tiny_package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "X.mlpackage"
    shutil.copytree(tiny_package, copy)
    (copy / "Data/com.apple.CoreML/weights/weight.bin").write_bytes(b"")
    Image.new("RGB", (8, 8)).save(tmp_path / "black.png")
    with pytest.raises(PackageError, match=r"X\.mlpackage.*weight\.bin: found 0 bytes"):
        predict(copy, tmp_path / "black.png")
