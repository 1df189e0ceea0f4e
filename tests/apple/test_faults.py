from collections.abc import Callable
from pathlib import Path
from typing import Any

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from tests.apple.faults import faulty
from verification.executor.dtypes import Array
from verification.executor.operators.registry import operators
from verification.executor.reference import ReferenceModel

X = np.array([[-2.0, 0.5, 3.0]], np.float32)


def _cast(kind: str, **given: Any) -> Callable[[Any], Any]:
    """The operator, its result as fp32, which every package can give."""
    return lambda x: mb.cast(x=getattr(mb, kind)(x=x, **given), dtype="fp32")


@pytest.mark.parametrize(
    ("kind", "network", "right"),
    [
        ("square", lambda x: mb.square(x=x), [[4.0, 0.25, 9.0]]),
        ("greater", _cast("greater", y=1.0), [[0.0, 0.0, 1.0]]),
        ("reduce_argmax", _cast("reduce_argmax", axis=1), [2.0]),
    ],
)
def test_a_faulty_operator_gives_1_minus_x_until_it_is_right_again(
    kind: str, network: Callable[[Any], Any], right: list[Any], tmp_path: Path
) -> None:
    model = ct.convert(
        mb.program(input_specs=[mb.TensorSpec(X.shape)], opset_version=ct.target.iOS16)(network),
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS16,
        pass_pipeline=ct.PassPipeline.EMPTY,
        skip_model_load=True,
    )
    path = tmp_path / "program.mlpackage"
    model.save(str(path))
    with faulty(kind):
        assert np.array_equal(_executed(path), 1 - np.array(right))
    assert np.array_equal(_executed(path), right)


def test_a_fault_ends_with_an_error_too() -> None:
    before = operators()["relu"]
    with pytest.raises(ValueError, match="anything"), faulty("relu"):
        raise ValueError("anything")
    assert operators()["relu"] is before


def _executed(path: Path) -> Array:
    (value,) = ReferenceModel(path).predict({"x": X}).values()
    return value
