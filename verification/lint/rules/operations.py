"""Operations: do they exist, with these parameters, bound to values that are there."""

from verification.executor.program import Operation
from verification.lint import opsets
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule

_REGISTRY = "coremltools converters/mil/mil/ops/registry.py (SSAOpRegistry.core_ops)"


@rule("operators", severity="error", source=f"{_REGISTRY} and ops/defs/iOS15 to iOS18")
def operators(package: Package) -> Problems:
    """Every operator exists in the program's opset: a system has those of its own opset and of older ones."""
    opset = package.program.opset
    for operation in package.program.operations:
        if opsets.parameters(operation.kind, opset) is None:
            first = opsets.first_opset(operation.kind)
            expected = f"an opset of at least {first}" if first else "an operator of MIL's"
            advice = "raise the target" if first else "write it with others"
            yield place(operation), f"found {operation.kind} in {opset}, expected {expected}: {advice}"


@rule("parameters", severity="error", source="coremltools converters/mil/mil/ops/defs (each operator's input_spec)")
def parameters(package: Package) -> Problems:
    """An operation has every parameter that its operator requires, each bound, and none that it doesn't know."""
    for operation in package.program.operations:
        known = opsets.parameters(operation.kind, package.program.opset)
        if known is None:
            continue  # reported by `operators`
        given = _given(operation)
        for name in sorted(given - set(known)):
            expected = ", ".join(known) or "none"
            yield place(operation), f"found the unknown parameter {name!r}, expected {expected}: remove it"
        for name in (name for name, required in known.items() if required and name not in given):
            yield place(operation), f"found no {name!r}, expected the required parameter: add it"


def _given(operation: Operation) -> set[str]:
    """The parameters that are bound to something, in the inputs or, as constants have it, in the attributes."""
    return {name for name, bindings in operation.inputs.items() if bindings} | set(operation.attributes) - {"name"}


@rule(
    "bindings",
    severity="error",
    source="apple/coremltools mlmodel/format/MIL.proto (Block: topologically sorted operations); "
    "mlmodel/src/Validation/ProgramValidator.cpp (OP_ARG_VALUE_UNDEFINED)",
)
def bindings(package: Package) -> Problems:
    """A parameter names an input of the function or the result of an earlier operation."""
    known = {feature.name for feature in package.program.inputs}
    for operation in package.program.operations:
        for parameter, bound in sorted(operation.inputs.items()):
            for name in (name for name in bound if isinstance(name, str) and name not in known):
                found = "a later one" if name in package.types else "an unknown one"
                yield place(operation), f"{parameter} is bound to {name!r}, {found}, expected an earlier value: bind it"
        known.update(output.name for output in operation.outputs)
