from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]


def pack(bits: str) -> Array:
    """Bytes from bits in the order of the elements, the first in the lowest bit."""
    padded = bits + "0" * (-len(bits) % 8)
    return np.array([int(padded[i : i + 8][::-1], 2) for i in range(0, len(padded), 8)], np.uint8)


def zeros_plus(constant: Callable[[], Any], run_one: Run, kind: str, shape: tuple[int, ...]) -> Array:
    """A constant as a program's output: added to an input of zeros."""
    return run_one(lambda x: mb.add(x=x, y=constant()), {"x": np.zeros(shape, np.float32)}, kind)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_sparse_weights(dtype: type[np.floating[Any]], run_one: Run, random: Random) -> None:
    x = random(1, 2, 3, 3)
    values = random(5).astype(dtype)

    def build(x: Any) -> Any:
        x = mb.cast(x=x, dtype="fp16") if dtype == np.float16 else x
        weight = mb.constexpr_sparse_to_dense(
            nonzero_data=values, mask=pack("0110010010001"[:12]), shape=np.array([3, 2, 2, 1], np.uint32)
        )
        return mb.cast(x=mb.conv(x=x, weight=weight), dtype="fp32")

    values = values[:4]
    result = run_one(build, {"x": x}, "constexpr_sparse_to_dense")
    dense = np.zeros(12)
    dense[[1, 2, 5, 8]] = values
    weight = dense.reshape(3, 2, 2)
    expected = np.einsum("ock,bcnkw->bonw", weight, np.stack([x[:, :, 0:2], x[:, :, 1:3]], 2))
    # Sums of 4 products of about 1; halves are not rounded in fp32 arithmetic.
    assert np.allclose(result, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 8])
def test_lut_indices_run_over_bytes(bits: int, run_one: Run) -> None:
    table = np.array(np.arange(2**bits) * 1.5 - 3, np.float32)
    indices = [(7 * i + 3) % 2**bits for i in range(15)]
    packed = pack("".join(format(index, f"0{bits}b")[::-1] for index in indices))
    result = zeros_plus(
        lambda: mb.constexpr_lut_to_dense(indices=packed, lut=table, shape=np.array([3, 5], np.uint32)),
        run_one,
        "constexpr_lut_to_dense",
        (3, 5),
    )
    assert result.ravel().tolist() == [table[index] for index in indices]


@pytest.mark.parametrize(
    ("scale", "zero_point"),
    [
        (np.array([0.5, 2.0, 0.25], np.float32), np.array([3, -1, 0], np.int8)),
        (np.array(0.125, np.float32), np.array(-5, np.int8)),
    ],
)
def test_affine_dequantize(scale: Array, zero_point: Array, run_one: Run) -> None:
    data = np.array([[-128, 127, 5], [0, -1, 64]], np.int8)
    result = zeros_plus(
        lambda: mb.constexpr_affine_dequantize(quantized_data=data, zero_point=zero_point, scale=scale, axis=-1),
        run_one,
        "constexpr_affine_dequantize",
        (2, 3),
    )
    scales, points = np.broadcast_to(scale, 3), np.broadcast_to(zero_point, 3)
    expected = [[float(scales[j]) * (int(data[i, j]) - int(points[j])) for j in range(3)] for i in range(2)]
    assert result.tolist() == expected


def test_constexpr_cast(run_one: Run, random: Random) -> None:
    values = random(2, 3).astype(np.float16)
    result = zeros_plus(
        lambda: mb.constexpr_cast(source_val=values, output_dtype="fp32"), run_one, "constexpr_cast", (2, 3)
    )
    assert np.array_equal(result, values)


def test_the_sparse_form_of_ios18_is_refused(run_one: Run) -> None:
    from coremltools.converters.mil.mil import types

    mask = np.array([1, 0, 1], types.np_uint1_dtype)
    with pytest.raises(PackageError, match=r"constexpr_sparse_to_dense\): .* uint1 \[3\], which can't be read"):
        run_one(
            lambda x: mb.add(x=x, y=mb.constexpr_sparse_to_dense(nonzero_data=np.array([1, 2], np.float32), mask=mask)),
            {"x": np.zeros(3, np.float32)},
            opset="iOS18",
        )
