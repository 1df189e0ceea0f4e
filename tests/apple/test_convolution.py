"""Convolutions by their definition: Apple's cases compute what they expect with torch, which only `make judge` has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)
from numpy.lib.stride_tricks import sliding_window_view

from tests.apple.faults import faulty
from verification.executor.dtypes import Array
from verification.executor.reference import ReferenceModel

Pads = Sequence[tuple[int, int]]
Ints = Sequence[int]

# Absolute and relative. Sums of at most 150 products of up to 1, in another order; halves are rounded once, to 2^-11.
TOLERANCES = {"float32": 1e-5, "float16": 1e-3}


@dataclass(frozen=True)
class Setting:
    """Sizes and options of a convolution over three axes; over fewer, it has the first ones."""

    sizes: tuple[int, int, int]
    kernel: tuple[int, int, int]
    pad_type: str
    pad: tuple[int, int, int]
    strides: tuple[int, int, int]
    dilations: tuple[int, int, int]
    groups: int
    bias: bool

    def over(self, axes: int) -> dict[str, Any]:
        """The options as MIL takes them."""
        options = {"strides": self.strides[:axes], "dilations": self.dilations[:axes], "groups": self.groups}
        custom = {"pad": [size for pad in self.pad[:axes] for size in (pad, pad)]} if self.pad_type == "custom" else {}
        return options | {"pad_type": self.pad_type} | custom

    def pads(self, axes: int) -> Pads:
        """What a convolution pads: "same" as much as makes ceil(size / stride) results, the odd one behind."""
        if self.pad_type == "custom":
            return [(pad, pad) for pad in self.pad[:axes]]
        if self.pad_type == "valid":
            return [(0, 0)] * axes
        sides = zip(self.sizes, self.kernel, self.strides, self.dilations, strict=True)
        totals = [max(0, (-(-n // s) - 1) * s + (k - 1) * d + 1 - n) for n, k, s, d in sides][:axes]
        halves = [(total // 2, total - total // 2) for total in totals]
        return [half[::-1] for half in halves] if self.pad_type == "same_lower" else halves


# The first four are the strides, dilations, paddings and groups of Apple's cases (coremltools, iOS14/test_conv.py).
SETTINGS = (
    Setting((10, 12, 7), (3, 2, 4), "custom", (1, 2, 3), (2, 1, 1), (1, 1, 1), 1, bias=False),
    Setting((10, 12, 7), (3, 2, 4), "custom", (2, 2, 2), (2, 2, 2), (2, 1, 1), 2, bias=False),
    Setting((7, 7, 7), (2, 2, 2), "custom", (1, 2, 3), (2, 2, 2), (2, 1, 1), 1, bias=True),
    Setting((7, 7, 7), (2, 2, 2), "custom", (2, 2, 2), (2, 1, 1), (1, 1, 1), 2, bias=True),
    Setting((8, 5, 6), (3, 3, 2), "valid", (0, 0, 0), (2, 1, 2), (1, 2, 1), 1, bias=True),
)
SAME = (
    Setting((4, 5, 6), (2, 4, 3), "same", (0, 0, 0), (1, 1, 1), (1, 1, 1), 1, bias=False),
    Setting((4, 5, 6), (2, 4, 3), "same_lower", (0, 0, 0), (1, 1, 1), (1, 1, 1), 1, bias=False),
    Setting((8, 7, 4), (5, 5, 3), "same", (0, 0, 0), (2, 2, 2), (1, 1, 1), 3, bias=True),
)


def convolved(x: Array, weight: Array, pads: Pads, strides: Ints, dilations: Ints, groups: int) -> Array:
    """x [n, g·c, …] with weight [g·o, c, …]: each result is the sum over one window, times the weights, in float64."""
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0), *pads])
    reaches = [(size - 1) * dilation + 1 for size, dilation in zip(weight.shape[2:], dilations, strict=True)]
    windows = sliding_window_view(padded, reaches, axis=tuple(range(2, x.ndim)))
    windows = windows[_last(slice(None, None, step) for step in (*strides, *dilations))]
    places = windows.shape[2 : x.ndim]
    columns = windows.reshape(len(x), groups, weight.shape[1], int(np.prod(places)), -1)
    rows = weight.astype(np.float64).reshape(groups, -1, weight.shape[1], columns.shape[-1])
    result: Array = np.einsum("ngcpt,goct->ngop", columns, rows).reshape(len(x), len(weight), *places)
    return result


def transposed(x: Array, weight: Array, pads: Pads, strides: Ints, dilations: Ints, groups: int) -> Array:
    """x [n, g·c, …] with weight [g·c, o, …]: zeros put between x's elements, then convolved with the turned kernel.

    `pads` is cut off what every element of x contributes to.
    """
    axes = tuple(range(2, x.ndim))
    spread = np.zeros((*x.shape[:2], *((n - 1) * s + 1 for n, s in zip(x.shape[2:], strides, strict=True))))
    spread[_last(slice(None, None, stride) for stride in strides)] = x
    split = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    turned = np.flip(split.reshape(-1, len(weight) // groups, *weight.shape[2:]), axes)
    reaches = [(size - 1) * dilation for size, dilation in zip(weight.shape[2:], dilations, strict=True)]
    full = convolved(spread, turned, [(reach, reach) for reach in reaches], [1] * len(axes), dilations, groups)
    kept = zip(full.shape[2:], pads, strict=True)
    cut: Array = full[_last(slice(before, size - after) for size, (before, after) in kept)]
    return cut


def _last(slices: Iterable[slice]) -> tuple[Any, ...]:
    """The index that takes these slices of the last axes."""
    return (..., *slices)


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., None]:
    """Saves a convolution in a precision, executes the package and holds it against the definition."""

    def judge(kind: str, setting: Setting, axes: int, precision: str) -> None:
        x, weight, bias = (array.astype(precision) for array in _operands(kind, setting, axes))
        options = setting.over(axes)
        given = options | {"weight": weight} | ({"bias": bias} if setting.bias else {})
        path = _saved(lambda x: getattr(mb, kind)(x=x, **given), x, tmp_path)
        reference = ReferenceModel(path, "float16" if precision == "float16" else "float32")
        (operation,) = (operation for operation in reference.program.operations if operation.kind == kind)
        assert {output.type.dtype for output in operation.outputs} == {precision}
        (result,) = reference.predict({"x": x}).values()
        define = convolved if kind == "conv" else transposed
        wanted = define(x, weight, setting.pads(axes), options["strides"], options["dilations"], setting.groups)
        wanted += bias.reshape(-1, *[1] * axes) if setting.bias else 0.0
        np.testing.assert_allclose(result, wanted, rtol=TOLERANCES[precision], atol=TOLERANCES[precision])

    return judge


def _saved(network: Callable[..., Any], x: Array, folder: Path) -> Path:
    """The package of a network of one input, as it is: without any optimisation."""
    import coremltools as ct
    from coremltools.converters.mil.mil import types

    spec = mb.TensorSpec(x.shape, types.numpy_type_to_builtin_type(x.dtype))
    model = ct.convert(
        mb.program(input_specs=[spec], opset_version=ct.target.iOS16)(network),
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS16,
        pass_pipeline=ct.PassPipeline.EMPTY,
        skip_model_load=True,
    )
    path = folder / "convolution.mlpackage"
    model.save(str(path))
    return path


def _operands(kind: str, setting: Setting, axes: int) -> tuple[Array, Array, Array]:
    """Two batches of x with two channels a group, the weights for three results a group, and a bias."""
    generator = np.random.default_rng(0)
    into, out = 2 * setting.groups, 3 * setting.groups
    ends = (out, 2) if kind == "conv" else (into, 3)
    shapes = ((2, into, *setting.sizes[:axes]), (*ends, *setting.kernel[:axes]), (out,))
    x, weight, bias = (generator.uniform(-1, 1, shape).astype(np.float32) for shape in shapes)
    return x, weight, bias


@pytest.mark.parametrize("precision", ["float32", "float16"])
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("setting", [*SETTINGS, *SAME])
def test_conv(judge: Callable[..., None], setting: Setting, axes: int, precision: str) -> None:
    judge("conv", setting, axes, precision)


@pytest.mark.parametrize("precision", ["float32", "float16"])
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("setting", SETTINGS)
def test_conv_transpose(judge: Callable[..., None], setting: Setting, axes: int, precision: str) -> None:
    judge("conv_transpose", setting, axes, precision)


@pytest.mark.parametrize("kind", ["conv", "conv_transpose"])
def test_a_wrong_convolution_is_noticed(judge: Callable[..., None], kind: str) -> None:
    with faulty(kind), pytest.raises(AssertionError, match="Not equal to tolerance"):
        judge(kind, SETTINGS[0], 2, "float32")
