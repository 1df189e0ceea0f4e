"""Packages with one thing wrong in them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from blazemesh.pictures import astronaut as the_astronaut
from verification.executor.constants import BlobSource
from verification.executor.package import load_program
from verification.executor.program import Operation
from verification.pictures import Picture

NAMES = ["BlazeFaceShortRange", "BlazeFaceFullRange", "FaceMesh", "IrisLandmarks"]

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
        weights = package / "Data/com.apple.CoreML/weights/weight.bin"
        content = np.frombuffer(weights.read_bytes(), np.uint8).copy()
        change(content)
        weights.write_bytes(content.tobytes())
        return package

    return damage


def convolutions(package: Path) -> list[tuple[str, slice]]:
    """The convolutions of a package in order: the name of the result, and where their weights lie in the file."""
    operations = {output.name: o for o in load_program(package).operations for output in o.outputs}
    found = []
    for operation in operations.values():
        if operation.kind == "conv":
            (weight,) = operation.inputs["weight"]
            assert isinstance(weight, str)
            found.append((operation.outputs[0].name, _place(operations[weight])))
    return found


def _place(weight: Operation) -> slice:
    constant = weight.attributes["nonzero_data" if weight.kind == "constexpr_sparse_to_dense" else "val"]
    assert isinstance(constant.source, BlobSource)
    blob = constant.source.file.metadata(constant.source.offset)
    assert blob.dtype == "float16"
    return slice(blob.offset, blob.offset + blob.size)
