from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array

Run = Callable[..., Array]
Random = Callable[..., Array]

# Sums of 4 products of about 1, in another order.
TOLERANCE = 1e-6


@pytest.mark.parametrize(("transpose_x", "transpose_y"), [(False, False), (True, False), (False, True), (True, True)])
def test_matmul_broadcasts_and_transposes(transpose_x: bool, transpose_y: bool, run_one: Run, random: Random) -> None:
    inputs = {
        "x": random(2, 1, 4, 3) if transpose_x else random(2, 1, 3, 4),
        "y": random(5, 2, 4) if transpose_y else random(5, 4, 2),
    }
    result = run_one(
        lambda x, y: mb.matmul(x=x, y=y, transpose_x=transpose_x, transpose_y=transpose_y), inputs, "matmul"
    )
    assert result.shape == (2, 5, 3, 2)
    for a, b, i, j in np.ndindex(result.shape):
        row = inputs["x"][a, 0, :, i] if transpose_x else inputs["x"][a, 0, i]
        column = inputs["y"][b, j] if transpose_y else inputs["y"][b, :, j]
        assert abs(result[a, b, i, j] - sum(row.astype(np.float64) * column)) <= TOLERANCE


@pytest.mark.parametrize("has_bias", [True, False])
def test_linear(has_bias: bool, run_one: Run, random: Random) -> None:
    x, weight, bias = random(2, 3, 4), random(5, 4), random(5)
    options = {"bias": bias} if has_bias else {}
    result = run_one(lambda x: mb.linear(x=x, weight=weight, **options), {"x": x}, "linear")
    for a, b, i in np.ndindex(2, 3, 5):
        expected = sum(x[a, b].astype(np.float64) * weight[i]) + (bias[i] if has_bias else 0)
        assert abs(result[a, b, i] - expected) <= TOLERANCE


def test_linear_with_weights_of_another_type(run_one: Run, random: Random) -> None:
    x, weight, bias = random(2, 4), np.arange(20, dtype=np.int32).reshape(5, 4), np.arange(5, dtype=np.int32)
    result = run_one(lambda x: mb.linear(x=x, weight=weight, bias=bias), {"x": x}, "linear", opset="iOS17")
    # Four products of up to 20.
    assert np.allclose(result, x.astype(np.float64) @ weight.T + bias, rtol=0, atol=2e-5)


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [("nchw,nwhu->nchu", [(1, 4, 5, 3), (2, 3, 1, 6)]), ("abc,cbd->abd", [(4, 5, 3), (3, 5, 2)])],
)
def test_einsum(equation: str, shapes: list[tuple[int, ...]], run_one: Run, random: Random) -> None:
    x, y = (random(*shape) for shape in shapes)
    result = run_one(lambda x, y: mb.einsum(values=(x, y), equation=equation), {"x": x, "y": y}, "einsum")
    # One product for each c, h, w and u, summed over w.
    expected = (x[..., None] * np.moveaxis(y, -3, -2)[..., None, :, :, :].astype(np.float64)).sum(-2)
    assert result.shape == expected.shape
    assert np.allclose(result, expected, rtol=0, atol=TOLERANCE)
