"""The declared types of the program's values."""

from collections.abc import Iterator

from verification.executor.dtypes import FLEXIBLE, LARGEST_ELEMENTS, ValueType
from verification.executor.program import Operation
from verification.lint import opsets
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule

_LARGEST_RANK = 5
_NO_TENSORS = frozenset({"list", "tuple", "dictionary", "state"})


@rule(
    "value-dtypes",
    severity="error",
    source="coremltools converters/mil/mil/ops/defs (the type domains of all operators of the opset)",
)
def value_dtypes(package: Package) -> Problems:
    """Every value has an element type that some operator of the opset takes; float64 and int64 no operator takes."""
    known = opsets.element_types(package.program.opset)
    for operation, value in _values(package):
        if known and value.dtype not in known | _NO_TENSORS:
            expected = ", ".join(sorted(known))
            yield place(operation), f"found a value of {value.dtype}, expected {expected}: cast it or raise the target"


@rule(
    "value-ranks",
    severity="error",
    source="coremltools converters/mil/mil/program.py (_check_invalid_tensor_rank); apple/coremltools#1723",
)
def value_ranks(package: Package) -> Problems:
    """Core ML has values of at most five dimensions; constants that only constexpr operators read may have more."""
    exempt = _read_by_constexpr_alone(package)
    for operation, value in _values(package):
        if len(value.shape) > _LARGEST_RANK and operation.name not in exempt:
            yield place(operation), f"found {value}, expected rank <= {_LARGEST_RANK}: join axes by a reshape"


@rule(
    "empty-values",
    severity="error",
    source="microsoft/onnxruntime core/providers/coreml/builders/helper.cc (dimension values of 0); "
    "apple/coremltools#1635",
)
def empty_values(package: Package) -> Problems:
    """Core ML has no values without elements."""
    for operation, value in _values(package):
        if 0 in value.shape:
            yield place(operation), f"found {value}, expected at least one element: leave out what is computed from it"


@rule(
    "value-sizes",
    severity="error",
    source="this project's own limit (LARGEST_ELEMENTS in verification/executor/dtypes.py): a GB of float32, near "
    "what iOS leaves an app",
)
def value_sizes(package: Package) -> Problems:
    """No value has more than 2^28 elements, so that neither a phone nor whoever checks the package runs out of
    memory."""
    inputs = ((f"input {feature.name!r}", feature.type) for feature in package.program.inputs)
    results = ((place(operation), value) for operation, value in _values(package))
    for where, value in (*inputs, *results):
        elements = ValueType(value.dtype, tuple(1 if size == FLEXIBLE else size for size in value.shape)).elements
        if elements > LARGEST_ELEMENTS:
            yield where, f"found {value}, expected at most {LARGEST_ELEMENTS} elements: make it smaller"


def _values(package: Package) -> Iterator[tuple[Operation, ValueType]]:
    return ((operation, output.type) for operation in package.program.operations for output in operation.outputs)


def _read_by_constexpr_alone(package: Package) -> set[str]:
    readers: dict[str, set[bool]] = {}
    for operation in package.program.operations:
        for bindings in operation.inputs.values():
            for name in (name for name in bindings if isinstance(name, str)):
                readers.setdefault(name, set()).add(operation.kind.startswith("constexpr_"))
    foldable = (o for o in package.program.operations if o.kind == "const" or o.kind.startswith("constexpr_"))
    return {o.name for o in foldable if all(readers.get(output.name) == {True} for output in o.outputs)}
