"""Operators that Apple's own tests, which ran on Macs, mark as failing.

The tests are in coremltools' wheel (converters/mil/mil/ops/tests, BSD-3-Clause); each rule fires under the condition
of the test's xfail or skip. Where that is any compute unit and no way to use the operator is left, it is an error.
"""

from collections.abc import Iterator

import numpy as np

from verification.executor.dtypes import FLOAT16
from verification.executor.program import Operation
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule

_TESTS = "coremltools converters/mil/mil/ops/tests"
_CRASHING_MODES = ("STRICT_ALIGN_CORNERS", "DEFAULT", "OFFSET_CORNERS")


@rule("prelu-float16", severity="warning", source=f"rdar://92175249; {_TESTS}/iOS14/test_activation.py (TestPReLU)")
def prelu_float16(package: Package) -> Problems:
    """PReLU in a float16 ML Program is an expected failure on every compute unit."""
    for operation in _in_float16(package, "prelu"):
        yield (
            place(operation),
            "found prelu in float16, which fails in Apple's tests (rdar://92175249): try it on a "
            "device, or build or convert with --expand-prelu",
        )


@rule(
    "nms-float16",
    severity="error",
    source=f"rdar://80662705 (CPU), rdar://80661262 (GPU); {_TESTS}/iOS14/test_tensor_operation.py "
    "(TestNonMaximumSuppression)",
)
def nms_float16(package: Package) -> Problems:
    """non_maximum_suppression in a float16 ML Program is an expected failure on the CPU and on the GPU."""
    for operation in _in_float16(package, "non_maximum_suppression"):
        yield (
            place(operation),
            "found non_maximum_suppression in float16, which fails in Apple's tests "
            "(rdar://80662705, rdar://80661262), expected float32: keep it and what feeds it in float32",
        )


@rule(
    "nms-threshold",
    severity="warning",
    source=f"rdar://78080118; {_TESTS}/iOS14/test_tensor_operation.py (TestNonMaximumSuppression)",
)
def nms_threshold(package: Package) -> Problems:
    """non_maximum_suppression with an IoU threshold of 0, or whatever is below all overlaps, is an expected failure."""
    for operation in package.operations("non_maximum_suppression"):
        threshold = package.value(operation, "iou_threshold")
        if threshold is not None and threshold.size == 1 and float(threshold.item()) <= 0:
            message = "found an IoU threshold of 0, which fails in Apple's tests (rdar://78080118), expected more"
            yield place(operation), f"{message}: raise it"


@rule(
    "resize-bilinear",
    severity="warning",
    source=f"rdar://78343191; {_TESTS}/iOS14/test_image_resizing.py (TestResizeBilinear); the sampling mode "
    "UNALIGN_CORNERS passes in iOS15/test_image_resizing.py",
)
def resize_bilinear(package: Package) -> Problems:
    """resize_bilinear in an ML Program is an expected failure, a crash on the GPU, with STRICT_ALIGN_CORNERS,
    DEFAULT or OFFSET_CORNERS."""
    for operation in package.operations("resize_bilinear"):
        mode = package.value(operation, "sampling_mode")
        found = "DEFAULT" if mode is None or mode.size != 1 else str(mode.item())
        if found in _CRASHING_MODES:
            message = f"found the sampling mode {found}, which crashes in Apple's tests (rdar://78343191)"
            yield place(operation), f"{message}, expected UNALIGN_CORNERS: use that, or upsample_bilinear"


@rule(
    "upsample-fraction",
    severity="warning",
    source=f"rdar://97398448; {_TESTS}/iOS15/test_image_resizing.py (TestUpsampleNearestNeighborFractionalScales)",
)
def upsample_fraction(package: Package) -> Problems:
    """upsample_nearest_neighbor by a fraction is an expected failure on all compute units but the CPU."""
    for operation in package.operations("upsample_nearest_neighbor"):
        factors = [package.value(operation, f"scale_factor_{side}") for side in ("height", "width")]
        if any(factor is not None and np.any(factor != np.floor(factor)) for factor in factors):
            message = "found a fractional factor, which fails off the CPU in Apple's tests (rdar://97398448)"
            yield place(operation), f"{message}, expected a whole one: use resize_nearest_neighbor"


@rule(
    "crop-resize",
    severity="warning",
    source=f"rdar://97398582, rdar://128585772; {_TESTS}/iOS14/test_image_resizing.py (TestCropResize)",
)
def crop_resize(package: Package) -> Problems:
    """crop_resize is an expected failure on the GPU below the iOS 17 opset, and with open sizes on all units."""
    for operation in package.operations("crop_resize"):
        found = package.type(operation, "x")
        if package.program.opset in ("CoreML5", "CoreML6") or (found is not None and not found.is_static):
            message = "found crop_resize, which fails on the GPU in Apple's tests (rdar://97398582, rdar://128585772)"
            yield place(operation), f"{message}: load the model for the CPU and the Neural Engine alone"


@rule("linear-gpu", severity="warning", source=f"rdar://97398733; {_TESTS}/iOS14/test_linear.py (TestLinear)")
def linear_gpu(package: Package) -> Problems:
    """linear in an ML Program is an expected failure on all compute units but the CPU."""
    for operation in package.operations("linear"):
        message = "found linear, which fails off the CPU in Apple's tests (rdar://97398733)"
        yield place(operation), f"{message}: try it on a device, or write it as a 1x1 conv"


@rule(
    "layer-norm-gpu",
    severity="warning",
    source=f"rdar://80662357; {_TESTS}/iOS14/test_normalization.py (TestNormalizationLayerNorm)",
)
def layer_norm_gpu(package: Package) -> Problems:
    """layer_norm in a float16 ML Program has numerical errors on the GPU."""
    for operation in _in_float16(package, "layer_norm"):
        message = "found layer_norm in float16, which is wrong on the GPU in Apple's tests (rdar://80662357)"
        yield place(operation), f"{message}, expected float32 there: keep it in float32"


@rule("lstm-width", severity="warning", source=f"rdar://148451040; {_TESTS}/iOS14/test_recurrent.py (TestLSTM)")
def lstm_width(package: Package) -> Problems:
    """lstm with 64 inputs a step is skipped as failing."""
    for operation in package.operations("lstm"):
        found = package.type(operation, "x")
        if found is not None and found.shape[-1:] == (64,):
            message = "found lstm with 64 inputs, which Apple's tests skip (rdar://148451040)"
            yield place(operation), f"{message}, expected another width: pad it with zeros"


@rule(
    "slice-backwards",
    severity="warning",
    source=f"rdar://99664032; {_TESTS}/iOS14/test_tensor_transformation.py (TestSliceByIndex)",
)
def slice_backwards(package: Package) -> Problems:
    """slice_by_index that takes a single element with a negative stride is an expected failure."""
    for operation in package.operations("slice_by_index"):
        begin, end, stride = (package.value(operation, name) for name in ("begin", "end", "stride"))
        if begin is None or end is None or stride is None or not begin.shape == end.shape == stride.shape:
            continue
        if np.any((stride < 0) & (begin.astype(np.int64) - end == 1) & ~_masked(package, operation, begin.shape)):
            message = "found one element taken backwards, which fails in Apple's tests (rdar://99664032)"
            yield place(operation), f"{message}, expected a positive stride: take it forwards"


def _masked(
    package: Package, operation: Operation, shape: tuple[int, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Axes whose begin or end is not looked at."""
    masks = [package.value(operation, name) for name in ("begin_mask", "end_mask")]
    masked = np.zeros(shape, np.bool_)
    for mask in masks:
        if mask is not None and mask.shape == shape:
            masked |= mask.astype(np.bool_)
    return masked


def _in_float16(package: Package, kind: str) -> Iterator[Operation]:
    """Operations of a kind that compute in float16: an input or a result is of it."""
    for operation in package.operations(kind):
        inputs = (package.type(operation, name) for name in operation.inputs)
        types = [found for found in inputs if found is not None] + [output.type for output in operation.outputs]
        if any(found.dtype == FLOAT16 for found in types):
            yield operation
