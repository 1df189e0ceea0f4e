"""What is known to leave the Neural Engine.

There is no public list of what it takes, and it varies by device (apple/coremltools#1780): these are measurements that
others published. Only Xcode's performance report or MLComputePlan on a device tells.
"""

from verification.executor.dtypes import FLOAT32
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule

_MEASURE = "measure it by Xcode's performance report"
_LARGEST_DIMENSION = 16384
_NO_COMPUTATION = frozenset({"const", "cast", "identity", "shape"})
_GATHERING = ("topk", "argsort", "gather", "gather_along_axis", "gather_nd", "non_zero")
_RECURRENT = ("lstm", "gru", "rnn")


@rule("ane-resample", severity="warning", source="apple/coremltools#1875, #2299")
def resample(package: Package) -> Problems:
    """resample runs on the CPU, neither on the GPU nor on the Neural Engine."""
    for operation in package.operations("resample"):
        yield place(operation), f"found resample, which leaves the Neural Engine for the CPU: {_MEASURE}"


@rule("ane-gather", severity="warning", source="roboflow/rf-detr#1495 (MLComputePlan on an M3); apple/coremltools#1103")
def gather(package: Package) -> Problems:
    """topk, sorting and what gathers by computed indices run on the CPU."""
    for operation in package.operations(*_GATHERING):
        if "indices" in operation.inputs and package.parameter(operation, "indices") is not None:
            continue  # constant indices are slices
        yield place(operation), f"found {operation.kind}, which leaves the Neural Engine for the CPU: {_MEASURE}"


@rule("ane-recurrent", severity="warning", source="apple/coremltools#1780 (a maintainer's answer)")
def recurrent(package: Package) -> Problems:
    """Recurrent layers are not supported on the Neural Engine."""
    for operation in package.operations(*_RECURRENT):
        yield place(operation), f"found {operation.kind}, which the Neural Engine doesn't have: {_MEASURE}"


@rule("ane-float32", severity="warning", source="coremltools guide, Typed Execution (float32 runs on the CPU or GPU)")
def float32(package: Package) -> Problems:
    """The Neural Engine computes in float16 alone: operations with float32 results run on the CPU or GPU."""
    for operation in package.program.operations:
        if operation.kind in _NO_COMPUTATION or operation.kind.startswith("constexpr_"):
            continue
        if any(output.type.dtype == FLOAT32 for output in operation.outputs):
            message = "found a float32 result, which the Neural Engine doesn't compute, expected float16"
            yield place(operation), f"{message} where the precision allows it: cast what it reads"


@rule(
    "ane-rank",
    severity="warning",
    source="Apple Machine Learning Research, Deploying Transformers on the Apple Neural Engine (4-D, channels first)",
)
def rank(package: Package) -> Problems:
    """The Neural Engine works on values of four dimensions: those of five may run elsewhere."""
    for operation in package.program.operations:
        if operation.kind not in _NO_COMPUTATION and any(len(output.type.shape) == 5 for output in operation.outputs):
            yield place(operation), f"found a value of rank 5, expected at most 4 for the Neural Engine: {_MEASURE}"


@rule(
    "ane-dimension",
    severity="warning",
    source="microsoft/onnxruntime core/providers/coreml/builders/helper.cc (input dim > 16384)",
)
def dimension(package: Package) -> Problems:
    """A dimension of more than 16,384 keeps a value off the Neural Engine."""
    for operation in package.program.operations:
        largest = max((size for output in operation.outputs for size in output.type.shape), default=0)
        if operation.kind not in _NO_COMPUTATION and largest > _LARGEST_DIMENSION:
            message = f"found a dimension of {largest}, expected at most {_LARGEST_DIMENSION} for the Neural Engine"
            yield place(operation), f"{message}: split it, or reshape"
