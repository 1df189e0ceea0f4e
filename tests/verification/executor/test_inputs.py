from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)
from PIL import Image

from verification.executor.dtypes import Array, ValueType
from verification.executor.errors import PackageError
from verification.executor.inputs import Given, feed
from verification.executor.package import load_program
from verification.executor.program import Color, Feature
from verification.executor.reference import ReferenceModel

Save = Callable[..., Path]


def feature(
    shape: tuple[int, ...], dtype: str = "float32", color: Color | None = None, default: float | None = None
) -> Feature:
    kind: Literal["image", "tensor"] = "tensor" if color is None else "image"
    return Feature("x", kind, ValueType(dtype, shape), color, default is not None, default, "")


def carried(wanted: Feature, given: Given) -> Array:
    return feed((wanted,), {"x": given})["x"]


PIXELS = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)


@pytest.mark.parametrize(("color", "channels"), [("RGB", [0, 1, 2]), ("BGR", [2, 1, 0])])
def test_a_picture_becomes_planes_in_the_order_of_the_layout(color: Color, channels: list[int]) -> None:
    planes = carried(feature((1, 3, 4, 6), color=color), Image.fromarray(PIXELS))
    assert planes.shape == (1, 3, 4, 6)
    assert planes.dtype == np.float32
    assert planes.flags.c_contiguous
    for plane, channel in zip(planes[0], channels, strict=True):
        assert np.array_equal(plane, PIXELS[..., channel])


def test_a_grey_picture() -> None:
    planes = carried(feature((1, 1, 4, 6), "float16", "GRAYSCALE"), Image.fromarray(PIXELS[..., 0]))
    # Halves are carried as fp32; 0 to 255 are exact in both.
    assert planes.shape == (1, 1, 4, 6)
    assert planes.dtype == np.float32
    assert np.array_equal(planes[0, 0], PIXELS[..., 0])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (Image.new("RGB", (4, 6)), "found a picture of 4x6 in mode RGB"),
        (Image.new("RGBA", (6, 4)), "found a picture of 6x4 in mode RGBA"),
        (Image.new("L", (6, 4)), "found a picture of 6x4 in mode L"),
        (np.zeros((1, 3, 4, 6), np.float32), "found ndarray"),
    ],
)
def test_pictures_that_do_not_fit(given: Given, found: str) -> None:
    with pytest.raises(PackageError) as caught:
        carried(feature((1, 3, 4, 6), color="RGB"), given)
    assert str(caught.value) == f"input 'x': {found}, expected a PIL picture of 6x4 in mode RGB"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (np.zeros((3, 2), np.float32), "found an array of float32 [3, 2]"),
        (np.zeros((2, 3), np.complex64), "found an array of complex64 [2, 3]"),
        (np.full((2, 3), "text", object), "found an array of object [2, 3]"),
        (Image.new("RGB", (3, 2)), "found Image"),
        ([[1.0, 2.0, 3.0]] * 2, "found list"),
    ],
)
def test_arrays_that_do_not_fit(given: Any, found: str) -> None:
    with pytest.raises(PackageError) as caught:
        carried(feature((2, 3)), given)
    assert str(caught.value) == f"input 'x': {found}, expected an array of float32 [2, 3]"


def test_floats_are_not_made_integers() -> None:
    with pytest.raises(PackageError, match=r"found an array of float32 \[3\], expected an array of int32 \[3\]"):
        carried(feature((3,), "int32"), np.zeros(3, np.float32))
    assert carried(feature((3,), "int32"), np.arange(3, dtype=np.int64)).dtype == np.int32


def test_arrays_take_the_declared_type_first() -> None:
    values = carried(feature((3,), "float16"), np.array([2049, 1e6, 0.1]))
    assert values.dtype == np.float32
    assert values.tolist() == [2048, np.inf, np.float16(0.1)]


def test_missing_and_unknown_names() -> None:
    with pytest.raises(PackageError, match="input 'x' is missing, expected an array of float32"):
        feed((feature((2, 3)),), {})
    with pytest.raises(PackageError, match=r"found an input named 'y', expected \['x'\]"):
        feed((feature((2, 3)),), {"x": np.zeros((2, 3)), "y": np.zeros(1)})


def test_a_default_stands_in_for_an_optional_input() -> None:
    assert feed((feature((2,), default=0.5),), {})["x"].tolist() == [0.5, 0.5]


def test_a_saved_default(save: Save) -> None:
    import coremltools as ct

    path = save(
        lambda x, threshold: mb.sub(x=x, y=threshold, name="difference"),
        {"x": np.zeros(3, np.float32), "threshold": np.zeros(1, np.float32)},
        pass_pipeline=ct.PassPipeline(),
        compute_precision=ct.precision.FLOAT32,
        inputs=[
            ct.TensorType("x", (3,)),
            ct.TensorType("threshold", (1,), default_value=np.array([0.25], np.float32)),
        ],
    )
    threshold = load_program(path).inputs[1]
    assert (threshold.optional, threshold.default) == (True, 0.25)
    model = ReferenceModel(path)
    x = np.array([1, 2, 3], np.float32)
    assert model.predict({"x": x})["difference"].tolist() == [0.75, 1.75, 2.75]
    assert model.predict({"x": x, "threshold": np.array([1], np.float32)})["difference"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(("layout", "color", "mode"), [("BGR", "BGR", "RGB"), ("GRAYSCALE", "GRAYSCALE", "L")])
def test_saved_layouts(save: Save, layout: str, color: str, mode: str) -> None:
    import coremltools as ct

    shape = (1, 3 if mode == "RGB" else 1, 4, 6)
    path = save(
        lambda image: mb.mul(x=image, y=np.float32(2), name="doubled"),
        {"image": np.zeros(shape, np.float32)},
        inputs=[ct.ImageType("image", shape, color_layout=getattr(ct.colorlayout, layout))],
        pass_pipeline=ct.PassPipeline(),
        compute_precision=ct.precision.FLOAT32,
    )
    assert load_program(path).inputs[0].color == color
    picture = Image.fromarray(PIXELS).convert(mode)
    doubled = ReferenceModel(path).predict({"image": picture})["doubled"]
    expected = PIXELS[..., ::-1].transpose(2, 0, 1) if mode == "RGB" else np.asarray(picture)[None]
    assert np.array_equal(doubled[0], expected * np.float32(2))
