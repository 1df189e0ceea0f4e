"""A sound package, copies of it to break, and packages of single operators."""

import gc
import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verification.executor.proto import load_proto
from verification.lint.findings import Report
from verification.lint.linter import lint

# Progress bars of the conversion; tqdm reads this when coremltools imports it.
os.environ["TQDM_DISABLE"] = "1"
load_proto()
logging.getLogger("coremltools").setLevel(logging.ERROR)
# ct.convert collects garbage each time, 50 ms for what the imports have left; frozen objects aren't looked at.
gc.freeze()

_MODEL = "Data/com.apple.CoreML/model.mlmodel"
_WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin"


def pytest_configure(config: pytest.Config) -> None:
    # ct.convert leaves the folder of its weights to the garbage collector.
    config.addinivalue_line("filterwarnings", "ignore:Implicitly cleaning up:ResourceWarning")


class Lab:
    """One test's packages, all in its own folder."""

    def __init__(self, sound: Path, folder: Path) -> None:
        self.path = Path(shutil.copytree(sound, folder / sound.name))
        self._folder = folder

    def specification(self, change: Callable[[Any], object]) -> None:
        """Changes the specification: `change` gets the Model message."""
        file = self.path / _MODEL
        specification = load_proto().model.Model()
        specification.ParseFromString(file.read_bytes())
        change(specification)
        file.write_bytes(specification.SerializeToString(deterministic=True))

    def operation(self, kind: str, change: Callable[[Any], object]) -> None:
        """Changes the first operation of a kind: `change` gets its message."""
        self.specification(lambda model: change(first(model, kind)))

    def manifest(self, change: Callable[[Any], object]) -> None:
        """Changes Manifest.json: `change` gets the object."""
        file = self.path / "Manifest.json"
        content = json.loads(file.read_text())
        change(content)
        file.write_text(json.dumps(content))

    def weights(self, change: Callable[[bytearray], object]) -> None:
        """Changes the weights file: `change` gets its bytes."""
        file = self.path / _WEIGHTS
        content = bytearray(file.read_bytes())
        change(content)
        file.write_bytes(content)

    def build(self, function: Callable[..., Any], *shapes: tuple[int, ...], **options: Any) -> None:
        """Makes `path` the package of a MIL function of float32 inputs, nothing optimised."""
        self.path = save(function, self._folder / "Built.mlpackage", shapes, **options)

    def lint(self) -> Report:
        return lint(self.path)


def block(model: Any) -> Any:
    """The Block message of the function "main"."""
    function = model.mlProgram.functions["main"]
    return function.block_specializations[function.opset]


def first(model: Any, kind: str) -> Any:
    """The first Operation message of a kind."""
    return next(operation for operation in block(model).operations if operation.type == kind)


def save(
    function: Callable[..., Any], path: Path, shapes: tuple[tuple[int, ...], ...], opset: str = "iOS16", **options: Any
) -> Path:
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    target = getattr(ct.target, opset)
    program = mb.program(input_specs=[mb.TensorSpec(shape) for shape in shapes], opset_version=target)(function)
    model = ct.convert(
        program,
        convert_to="mlprogram",
        minimum_deployment_target=target,
        skip_model_load=True,
        pass_pipeline=ct.PassPipeline.EMPTY,
        **options,
    )
    model.author, model.license, model.version = "An author", "Apache-2.0", "3"
    model.short_description = "A test"
    for feature in model.get_spec().description.input:
        model.input_description[feature.name] = "Values"
    for feature in model.get_spec().description.output:
        model.output_description[feature.name] = "Values"
    model.user_defined_metadata["com.blazemesh.source"] = "{}"
    model.save(str(path))
    return path


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package without any finding: image in, array in, weights in the file (also sparse ones), float32 out."""
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    generator = np.random.default_rng(0)

    def network(image: Any, threshold: Any) -> Any:
        weight = generator.standard_normal((4, 3, 3, 3)).astype(np.float16)
        x = mb.conv(x=mb.cast(x=image, dtype="fp16"), weight=weight, strides=[2, 2], pad_type="same", name="features")
        sparse = mb.constexpr_sparse_to_dense(
            nonzero_data=generator.standard_normal(16).astype(np.float16),
            mask=np.full(4, 0b10101010, np.uint8),
            shape=np.array([8, 4, 1, 1], np.uint32),
        )
        x = mb.relu(x=mb.conv(x=x, weight=sparse, pad_type="valid"))
        x = mb.sub(x=x, y=mb.cast(x=threshold, dtype="fp16"))
        x = mb.reshape(x=mb.transpose(x=x, perm=[0, 2, 3, 1]), shape=[-1, 8])
        return mb.cast(x=x, dtype="fp32", name="landmarks")

    return save(
        network,
        tmp_path_factory.mktemp("sound") / "Face.mlpackage",
        ((1, 3, 6, 8), (1,)),
        inputs=[
            ct.ImageType("image", (1, 3, 6, 8)),
            ct.TensorType("threshold", (1,), default_value=np.zeros(1, np.float32)),
        ],
    )


@pytest.fixture
def lab(sound: Path, tmp_path: Path) -> Lab:
    return Lab(sound, tmp_path)


@pytest.fixture
def pipeline(sound_pipeline: Path, tmp_path: Path) -> Lab:
    return Lab(sound_pipeline, tmp_path / "pipeline")
