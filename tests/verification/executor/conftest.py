"""Small programs, written in MIL, saved by coremltools and executed by the reference."""

import logging
import os
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

    def save(function: Callable[..., Any], inputs: Mapping[str, Array], opset: str = "iOS16", **options: Any) -> Path:
        specs = [mb.TensorSpec(v.shape, getattr(types, _DTYPES[v.dtype.name])) for v in inputs.values()]
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


@pytest.fixture
def random() -> Callable[..., Array]:
    """`random(2, 3)` is an fp32 array of that shape, normally distributed, the same in every run of a test."""
    generator = np.random.default_rng(0)
    return lambda *shape: generator.standard_normal(shape).astype(np.float32)
