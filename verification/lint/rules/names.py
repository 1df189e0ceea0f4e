"""Names: what MIL takes as an identifier, and what Swift makes of a feature's."""

import re
from collections.abc import Iterator

from verification.lint.declared import features
from verification.lint.package import Package, place
from verification.lint.registry import Problems, rule
from verification.lint.swift import GENERATED_MEMBERS, KEYWORDS

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_@]*")
_RESERVED = frozenset(
    """
    any bool program func tensor list dict tuple true false string bf16 fp16 fp32 fp64 int8 int16 int32 int64 uint8
    uint16 uint32 uint64 state
    """.split()  # noqa: SIM905 — a paragraph of words reads better than a list of strings
)


@rule("identifiers", severity="error", source="apple/coremltools mlmodel/format/MIL.proto (Identifiers)")
def identifiers(package: Package) -> Problems:
    """Names of features, operations and values match [A-Za-z_][A-Za-z0-9_@]*, else the program can't be parsed."""
    for where, name in _names(package):
        if _IDENTIFIER.fullmatch(name) is None:
            yield where, f"found the name {name!r}, expected [A-Za-z_][A-Za-z0-9_@]*: rename it"


@rule(
    "reserved-names",
    severity="error",
    source="coremltools converters/mil/mil/passes/defs/preprocess.py (NameSanitizer, reserved_names)",
)
def reserved_names(package: Package) -> Problems:
    """Words of MIL's text form can't be names: coremltools never writes one, it appends "_workaround"."""
    for where, name in _names(package):
        if name in _RESERVED:
            yield where, f"found the name {name!r}, a word of MIL's own, expected another: rename it"


@rule("unique-names", severity="error", source="apple/coremltools mlmodel/format/MIL.proto (Operation.outputs)")
def unique_names(package: Package) -> Problems:
    """A value's name is unique among the function's inputs and all results, and no operation has an input's name."""
    inputs = {feature.name for feature in package.program.inputs}
    taken = set(inputs)
    for operation in package.program.operations:
        names = [output.name for output in operation.outputs]
        for name in names:
            if name in taken:
                yield place(operation), f"found a second value named {name!r}, expected unique names: rename it"
            taken.add(name)
        if operation.name in inputs and operation.name not in names:
            yield place(operation), "found an input's name, expected one of its own: rename the operation"


@rule(
    "swift-names",
    severity="warning",
    source="The Swift Programming Language, Lexical Structure; the members of the classes that Xcode generates "
    "(MLFeatureProvider in Apple's Core ML documentation)",
    stage="function",
)
def swift_names(package: Package) -> Problems:
    """Features become properties of the classes that Xcode generates: Swift's keywords need backticks, and names of
    the class's own members collide, as does x with an array x's second property xShapedArray."""
    described = list(features(package))
    arrays = {message.name for _, _, message in described if message.type.WhichOneof("Type") == "multiArrayType"}
    for _, where, message in described:
        name = message.name
        if name in KEYWORDS:
            yield where, f"found the Swift keyword {name!r}, expected another name: rename it"
        elif name in GENERATED_MEMBERS or name.removesuffix("ShapedArray") in arrays - {name}:
            yield where, f"found {name!r}, a member of the class that Xcode generates, expected another: rename it"


def _names(package: Package) -> Iterator[tuple[str, str]]:
    """Every name of the program and where it stands; an operation's and its only result's are one."""
    for role, group in (("input", package.program.inputs), ("output", package.program.outputs)):
        yield from ((f"{role} {feature.name!r}", feature.name) for feature in group)
    outputs = {feature.name for feature in package.program.outputs}
    for operation in package.program.operations:
        names = dict.fromkeys((operation.name, *(output.name for output in operation.outputs)))
        yield from ((place(operation), name) for name in names if name not in outputs)
