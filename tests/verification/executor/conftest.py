"""Small programs, written in MIL, saved by coremltools and executed by the reference."""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verification.executor.dtypes import Array
from verification.executor.lowering import Arithmetic
from verification.executor.proto import load_proto
from verification.executor.reference import ReferenceModel

# Progress bars of the conversion; tqdm reads this when coremltools imports it.
os.environ["TQDM_DISABLE"] = "1"
load_proto()
logging.getLogger("coremltools").setLevel(logging.ERROR)
# ct.convert collects garbage each time, 50 ms for what the imports have left; frozen objects aren't looked at.
gc.freeze()

_DTYPES = {"float32": "fp32", "float16": "fp16", "int32": "int32"}


def pytest_configure(config: pytest.Config) -> None:
    # ct.convert leaves the folder of its weights to the garbage collector.
    config.addinivalue_line("filterwarnings", "ignore:Implicitly cleaning up:ResourceWarning")


Save = Callable[..., Path]
Run = Callable[..., dict[str, Array]]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a MIL function as a package: `save(function, {"x": array}, opset=…, **options of ct.convert)`.

    The function's parameters are the inputs, by name. Without a `pass_pipeline` nothing is optimised: the package
    holds the operators that the function calls.
    """
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)
    from coremltools.converters.mil.mil import types

    def save(
        function: Callable[..., Any], examples: Mapping[str, Array], /, opset: str = "iOS16", **options: Any
    ) -> Path:
        specs = [mb.TensorSpec(v.shape, getattr(types, _DTYPES[v.dtype.name])) for v in examples.values()]
        target = getattr(ct.target, opset)
        program = mb.program(input_specs=specs, opset_version=target)(function)
        model = ct.convert(
            program,
            convert_to="mlprogram",
            minimum_deployment_target=target,
            skip_model_load=True,
            **({"pass_pipeline": ct.PassPipeline.EMPTY} | options),
        )
        path = tmp_path / "program.mlpackage"
        model.save(str(path))
        return path

    return save


@pytest.fixture
def run(save: Save) -> Run:
    """Saves a MIL function and executes the package on the given inputs: outputs by name.

    `kind` names the operator that the test is about: the saved package must contain it.
    """

    def run(
        function: Callable[..., Any],
        inputs: Mapping[str, Array],
        kind: str | None = None,
        arithmetic: Arithmetic = "float32",
        **options: Any,
    ) -> dict[str, Array]:
        model = ReferenceModel(save(function, inputs, **options), arithmetic)
        assert kind is None or kind in model.program.histogram()
        return model.predict(inputs)

    return run


@pytest.fixture
def run_one(run: Run) -> Callable[..., Array]:
    """As `run`, for a function with one output: its value."""

    def run_one(function: Callable[..., Any], inputs: Mapping[str, Array], *args: Any, **options: Any) -> Array:
        (value,) = run(function, inputs, *args, **options).values()
        return value

    return run_one


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with an image input, weights in its file (also sparse ones), fp16 and fp32 operations, and metadata."""
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    generator = np.random.default_rng(0)

    def network(image: Any) -> Any:
        weight = generator.standard_normal((4, 3, 3, 3)).astype(np.float32)
        x = mb.conv(x=image, weight=weight, strides=[2, 2], pad_type="same", name="features")
        mask = np.full(4, 0b10101010, np.uint8)
        sparse = mb.constexpr_sparse_to_dense(
            nonzero_data=generator.standard_normal(16).astype(np.float16),
            mask=mask,
            shape=np.array([8, 4, 1, 1], np.uint32),
        )
        x = mb.conv(x=mb.cast(x=x, dtype="fp16"), weight=sparse, pad_type="valid")
        x = mb.relu(x=mb.cast(x=x, dtype="fp32"))
        x = mb.upsample_bilinear(x=x, scale_factor_height=2, scale_factor_width=2, align_corners=False)
        return mb.reshape(x=mb.transpose(x=x, perm=[0, 2, 3, 1]), shape=[-1, 8], name="landmarks")

    model = ct.convert(
        mb.program(input_specs=[mb.TensorSpec((1, 3, 6, 8))], opset_version=ct.target.iOS16)(network),
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS16,
        skip_model_load=True,
        pass_pipeline=ct.PassPipeline.EMPTY,
        inputs=[ct.ImageType("image", (1, 3, 6, 8))],
    )
    model.author, model.license, model.version = "An author", "Apache-2.0", "3"
    model.short_description = "A test"
    model.input_description["image"] = "A face"
    model.user_defined_metadata["source"] = "nowhere"
    path = tmp_path_factory.mktemp("pristine") / "face.mlpackage"
    model.save(str(path))
    return path


@pytest.fixture
def package(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the pristine package, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / pristine.name))


@pytest.fixture
def edit(package: Path) -> Callable[[Callable[[Any], None]], None]:
    """Changes the specification of `package`: `edit(lambda specification: …)` gets the Model message."""
    file = package / "Data/com.apple.CoreML/model.mlmodel"

    def edit(change: Callable[[Any], None]) -> None:
        specification = load_proto().model.Model()
        specification.ParseFromString(file.read_bytes())
        change(specification)
        file.write_bytes(specification.SerializeToString())

    return edit


@pytest.fixture
def random() -> Callable[..., Array]:
    """`random(2, 3)` is an fp32 array of that shape, normally distributed, the same in every run of a test."""
    generator = np.random.default_rng(0)
    return lambda *shape: generator.standard_normal(shape).astype(np.float32)
