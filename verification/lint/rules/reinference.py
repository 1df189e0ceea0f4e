"""Types inferred anew by coremltools, held against the declared ones."""

from typing import Any

from verification.executor.dtypes import FLEXIBLE, ValueType
from verification.lint.opsets import dtype_name
from verification.lint.package import MAIN, Package
from verification.lint.rebuilding import RebuildError, rebuild
from verification.lint.registry import Problems, rule

# What these rules refuse would stop coremltools too, with a reason that says less.
_BEFORE = (
    "specification-version",
    "entry-point",
    "operators",
    "parameters",
    "bindings",
    "unique-names",
    "value-dtypes",
    "value-sizes",
    "immediates",
    "weights-blobs",
)


@rule(
    "split-results",
    severity="error",
    source="coremltools converters/mil/mil/ops/defs/iOS15/tensor_transformation.py (split)",
)
def split_results(package: Package) -> Problems:
    """A split declares as many results as it is asked for; `reinference` counts those of all other operators, but would
    first make as many as a split says."""
    for operation in package.operations("split"):
        count, sizes = package.value(operation, "num_splits"), package.value(operation, "split_sizes")
        wanted = int(count.item()) if count is not None and count.size == 1 else None
        wanted = sizes.size if sizes is not None else wanted
        if wanted is not None and wanted != len(operation.outputs):
            message = f"found {len(operation.outputs)} results, expected {wanted}: declare them all"
            yield f"split {operation.name!r}", message


@rule(
    "reinference",
    severity="error",
    source="coremltools converters/mil/frontend/milproto/load.py (rebuilds a program from its specification)",
    after=(*_BEFORE, "split-results"),
)
def reinference(package: Package) -> Problems:
    """coremltools can rebuild the program, and each operator's inferred result has the declared shape and type."""
    try:
        functions = rebuild(package).functions
    except RebuildError as error:
        yield _place(error.operation), f"coremltools can't rebuild the program: {error}: correct what it names"
        return
    for operation in functions[MAIN].operations:
        for result in operation.outputs or ():
            declared, inferred = package.types.get(result.name), _type(result)
            if declared is not None and inferred is not None and not _agree(declared, inferred):
                place = f"{operation.op_type} {result.name!r}"
                yield place, f"found {declared} declared, expected {inferred}, as inferred: declare that"


def _place(operation: Any) -> str:
    """How findings name an Operation message."""
    if operation is None:
        return "program"
    names = [output.name for output in operation.outputs]
    return f"{operation.type} {names[0]!r}" if names else str(operation.type)


def _type(result: Any) -> ValueType | None:
    """The type of a variable of coremltools'; None for lists and states, which are no tensors."""
    from coremltools.converters.mil.mil import types
    from coremltools.converters.mil.mil.types.symbolic import is_symbolic

    found = result.sym_type
    if not (types.is_tensor(found) or types.is_scalar(found)):
        return None
    element = found.get_primitive() if types.is_tensor(found) else found
    shape = found.get_shape() if types.is_tensor(found) else ()
    return ValueType(dtype_name(element), tuple(FLEXIBLE if is_symbolic(size) else int(size) for size in shape))


def _agree(declared: ValueType, inferred: ValueType) -> bool:
    """Whether two types can be those of one value; an open size agrees with any."""
    return (
        declared.dtype == inferred.dtype
        and len(declared.shape) == len(inferred.shape)
        and all(FLEXIBLE in pair or len(set(pair)) == 1 for pair in zip(declared.shape, inferred.shape, strict=True))
    )
