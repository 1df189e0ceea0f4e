from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

KINDS: dict[str, Callable[[Array, Array], Array]] = {
    "equal": lambda x, y: x == y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
    "not_equal": lambda x, y: x != y,
}


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
@pytest.mark.parametrize("kind", KINDS)
def test_comparison(kind: str, dtype: type[np.generic], run_one: Callable[..., Array]) -> None:
    inputs = {"x": np.array([[-1], [2]], dtype), "y": np.array([-1, 2, 3], dtype)}

    def build(x: Any, y: Any) -> Any:
        return mb.cast(x=getattr(mb, kind)(x=x, y=y), dtype="int32")

    assert np.array_equal(run_one(build, inputs, kind), KINDS[kind](inputs["x"], inputs["y"]))


def test_select_takes_a_where_true(run_one: Callable[..., Array], random: Callable[..., Array]) -> None:
    inputs = {"x": random(2, 3), "a": random(2, 3), "b": random(2, 3)}

    def build(x: Any, a: Any, b: Any) -> Any:
        return mb.select(cond=mb.greater(x=x, y=np.float32(0)), a=a, b=b)

    expected = [a if x > 0 else b for x, a, b in zip(*(v.flat for v in inputs.values()), strict=True)]
    assert run_one(build, inputs, "select").ravel().tolist() == expected
