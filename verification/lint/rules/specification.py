"""The specification as a whole: its version, its opset, its functions."""

from verification.lint.opsets import known_versions, specification_version
from verification.lint.package import MAIN, Package
from verification.lint.registry import Problems, rule

_OPSET_TABLE = "coremltools/__init__.py (_OPSET, _LOWEST_ALLOWED_SPECIFICATION_VERSION_FOR_MILPROGRAM)"


@rule(
    "specification-version",
    severity="error",
    source=f"{_OPSET_TABLE}; apple/coremltools mlmodel/src/Model.cpp (validateGeneric)",
    stage="function",
)
def version(package: Package) -> Problems:
    """The specification version is one that ML Programs have (6, iOS 15, and later), and at least that of the opset:
    an older system would be given operators that it doesn't have."""
    found, opset = package.specification.specificationVersion, package.function.opset
    needed, known = specification_version(opset), known_versions()
    if found not in known:
        yield "specification", f"found version {found}, expected {known[0]} to {known[-1]}: convert for one of them"
    if needed is None:
        yield f"function {MAIN!r}", f"found the opset {opset!r}, expected CoreML5 to CoreML9: convert for one of them"
    elif found < needed:
        message = f"found the opset {opset} in version {found}, expected version {needed}: convert for its system"
        yield f"function {MAIN!r}", message


@rule("opset-behind", severity="warning", source=_OPSET_TABLE, stage="function")
def opset_behind(package: Package) -> Problems:
    """A specification version newer than the opset keeps older systems from a program that they could run."""
    found, opset = package.specification.specificationVersion, package.function.opset
    needed = specification_version(opset)
    if needed is not None and found in known_versions() and found > needed:
        yield "specification", f"found version {found} with the opset {opset}, expected {needed}: lower the version"


@rule(
    "entry-point",
    severity="error",
    source="apple/coremltools mlmodel/format/MIL.proto (Program, Function); "
    "mlmodel/src/Validation/InterfaceValidators.cpp (validateMultiFunctionDescription)",
    stage="specification",
)
def entry_point(package: Package) -> Problems:
    """A program of version 1 has a function "main" with a block for its opset: it is what Core ML calls where the
    description names no other function."""
    program, description = package.specification.mlProgram, package.specification.description
    if program.version != 1:
        yield "program", f"found version {program.version}, expected 1: write the program in that format"
    if description.functions or description.defaultFunctionName:
        yield "description", f"found functions described one by one, expected {MAIN!r} alone: save it by itself"
    if MAIN not in program.functions:
        found = ", ".join(sorted(program.functions)) or "none"
        yield "program", f"found the functions {found}, expected one named {MAIN!r}: rename the default one"
    elif program.functions[MAIN].opset not in program.functions[MAIN].block_specializations:
        yield f"function {MAIN!r}", "found no block for its opset, expected its operations there: name the right opset"


@rule(
    "coverage",
    severity="warning",
    source="apple/coremltools mlmodel/format/MIL.proto (Program.functions, Operation.blocks)",
    stage="function",
)
def coverage(package: Package) -> Problems:
    """Functions besides "main" and the blocks of loops and conditionals are rebuilt by `reinference` but no other rule
    looks into them."""
    for name in sorted(package.specification.mlProgram.functions):
        if name != MAIN:
            yield f"function {name!r}", f"found a function besides {MAIN!r}, which is not looked into"
    block = package.function.block_specializations[package.function.opset]
    for operation in block.operations:
        if operation.blocks:
            outputs = [output.name for output in operation.outputs]
            yield f"{operation.type} {outputs}", "found an operation with blocks of its own, which are not looked into"
