"""Packages with one thing wrong in them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.catalog import load_catalog
from blazemesh.pictures import astronaut as the_astronaut
from verification.executor.constants import BlobSource
from verification.executor.package import load_program
from verification.executor.program import Operation
from verification.pictures import Picture

PRODUCTS = {product.name: product.model.name for product in load_catalog().products}
"""Each package's model."""
NAMES = list(PRODUCTS)

Damage = Callable[[str, Callable[["np.ndarray[tuple[int], np.dtype[np.uint8]]"], None]], Path]


@pytest.fixture(scope="session")
def astronaut() -> Picture:
    return the_astronaut()


@pytest.fixture
def damaged(built: Path, tmp_path: Path) -> Damage:
    """Copies a package and changes its weights file: `damaged("FaceMesh", change)`, where `change` takes its bytes."""

    def damage(name: str, change: Callable[["np.ndarray[tuple[int], np.dtype[np.uint8]]"], None]) -> Path:
        package = tmp_path / f"{name}.mlpackage"
        shutil.copytree(built / package.name, package)
        (weights,) = (package / "Data/com.apple.CoreML/weights").iterdir()  # a pipeline's has a number before its name
        content = np.frombuffer(weights.read_bytes(), np.uint8).copy()
        change(content)
        weights.write_bytes(content.tobytes())
        return package

    return damage


@pytest.fixture(scope="session")
def sound_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Vision pipeline without any error: three slots, in weights, whose scores are the array that goes in."""
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    from blazemesh.packages import visible_as
    from converters.features import Features, InputFeature
    from converters.package import write_package
    from pipelines.detector import DETECTORS
    from pipelines.forms.detections import Vision
    from pipelines.mil.vision_pipeline import vision_pipeline

    def network(image: Any) -> Any:
        boxes = mb.mul(x=image, y=np.linspace(0, 1, 240, dtype=np.float32).reshape(3, 80), name="scores")
        return (
            boxes,
            mb.slice_by_size(x=boxes, begin=[0, 0], size=[3, 4], name="boxes"),
            mb.reshape(x=mb.slice_by_size(x=boxes, begin=[0, 0], size=[3, 16]), shape=[3, 8, 2], name="landmarks"),
        )

    target = ct.target.iOS16
    program = mb.program(input_specs=[mb.TensorSpec((3, 80))], opset_version=target)(network)
    detector = ct.convert(
        program,
        convert_to="mlprogram",
        minimum_deployment_target=target,
        skip_model_load=True,
        compute_precision=ct.precision.FLOAT32,
    )
    path = tmp_path_factory.mktemp("sound") / "Vision.mlpackage"
    form = Vision(DETECTORS["BlazeFaceShortRange"])
    features = Features((InputFeature(0, "image", "tensor", meaning="Values"),), (), "A test", "A", "Apache-2.0", "3")
    write_package(vision_pipeline(detector, form), visible_as(features, form), form.metadata(), path)
    return path


def convolutions(package: Path) -> list[tuple[str, slice]]:
    """The convolutions of a package in order: the name of the result, and where their weights lie in the file."""
    operations = {output.name: o for o in load_program(package).operations for output in o.outputs}
    found = []
    for operation in operations.values():
        if operation.kind == "conv":
            (weight,) = operation.inputs["weight"]
            assert isinstance(weight, str)
            if (place := _place(operations[weight])) is not None:
                found.append((operation.outputs[0].name, place))
    return found


def _place(weight: Operation) -> slice | None:
    """Where the weight lies in the file; a few numbers stand in the program itself."""
    constant = weight.attributes["nonzero_data" if weight.kind == "constexpr_sparse_to_dense" else "val"]
    if not isinstance(constant.source, BlobSource):
        return None
    blob = constant.source.file.metadata(constant.source.offset)
    assert blob.dtype == "float16"
    return slice(blob.offset, blob.offset + blob.size)
