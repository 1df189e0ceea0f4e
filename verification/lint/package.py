"""A package as the rules see it: read in stages, each of which may fail on a damaged one."""

import json
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from verification.executor.bundle import (
    LARGEST_MANIFEST,
    LARGEST_SPECIFICATION,
    LARGEST_WEIGHTS,
    Bundle,
    bounded,
    inside,
    open_bundle,
)
from verification.executor.constants import Constant
from verification.executor.dtypes import Array, ValueType
from verification.executor.errors import PackageError
from verification.executor.package import load_program
from verification.executor.program import Operation, Program
from verification.executor.proto import load_proto

Stage = Literal["path", "folder", "manifest", "root", "specification", "function", "program"]
"""How far a package must be readable for a rule to run, each stage building on those before it; "path" runs always."""

STAGES: tuple[Stage, ...] = get_args(Stage)
MANIFEST = "Manifest.json"
MAIN = "main"


class Package:
    """The stages of one package; each attribute raises PackageError where the package is too broken for it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def failure(self) -> tuple[Stage, str] | None:
        """The first stage that can't be read, and why; None for a package that can be read to its end."""
        for stage in STAGES:
            try:
                getattr(self, stage)
            except (PackageError, OSError) as error:
                return stage, str(error).removeprefix(f"{self.path}: ")
        return None

    def reaches(self, stage: Stage) -> bool:
        """Whether the package can be read up to `stage`."""
        return self.failure is None or STAGES.index(stage) < STAGES.index(self.failure[0])

    @cached_property
    def folder(self) -> Path:
        """The package's own folder."""
        if not self.path.is_dir():
            found = "a file" if self.path.exists() else "nothing"
            raise PackageError(f"found {found}, expected an .mlpackage folder")
        return self.path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Manifest.json, an object whose entries nobody has looked at yet."""
        file = bounded(inside(self.path, self.path, MANIFEST), LARGEST_MANIFEST)
        try:
            manifest = json.loads(file.read_bytes())
        except OSError as error:
            raise PackageError(f"{MANIFEST} can't be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise PackageError(f"{MANIFEST} is no valid JSON: {error}") from None
        if not isinstance(manifest, dict):
            raise PackageError(f"found {type(manifest).__name__} in {MANIFEST}, expected an object")
        return manifest

    @cached_property
    def bundle(self) -> Bundle:
        """The folder with the specification that its manifest names."""
        return open_bundle(self.path)

    @cached_property
    def specification(self) -> Any:
        """The ML Program's Model message (Model.proto): the package's own, or a pipeline's first."""
        kind = self.root.WhichOneof("Type")
        specification = self.root.pipeline.models[0] if kind == "pipeline" and self.root.pipeline.models else self.root
        kind = specification.WhichOneof("Type")
        if kind != "mlProgram":
            raise PackageError(f"found a model of type {kind}, expected an ML Program (mlProgram)")
        return specification

    @cached_property
    def root(self) -> Any:
        """The package's own Model message."""
        proto = load_proto()
        specification = proto.model.Model()
        try:
            specification.ParseFromString(bounded(self.bundle.model, LARGEST_SPECIFICATION).read_bytes())
        except proto.decode_error:
            raise PackageError(f"{self.bundle.model.name} is no Core ML specification") from None
        except OSError as error:
            raise PackageError(f"{self.bundle.model.name} can't be read: {error.strerror}") from None
        return specification

    @cached_property
    def pipeline(self) -> Any:
        """The Pipeline message of the package; None for a single model."""
        return self.root.pipeline if self.root.WhichOneof("Type") == "pipeline" else None

    @cached_property
    def function(self) -> Any:
        """The Function message "main" (MIL.proto), whose opset has a block."""
        functions = self.specification.mlProgram.functions
        if MAIN not in functions:
            raise PackageError(f"found the functions {sorted(functions)}, expected one named {MAIN!r}")
        function = functions[MAIN]
        if function.opset not in function.block_specializations:
            found = sorted(function.block_specializations)
            raise PackageError(f"found operations for the opsets {found}, expected some for {function.opset!r}")
        return function

    @cached_property
    def program(self) -> Program:
        """The function "main" as plain values, a pipeline's first model's."""
        program = load_program(self.path)
        program = program.stages.program if program.stages else program
        for constant in program.weights():
            bounded(constant.source.file.path, LARGEST_WEIGHTS)
        return program

    @cached_property
    def types(self) -> dict[str, ValueType]:
        """The declared type of every value of the program by its name."""
        inputs = {feature.name: feature.type for feature in self.program.inputs}
        return inputs | {output.name: output.type for o in self.program.operations for output in o.outputs}

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """The values of the program's "const" operations by their names."""
        consts = (operation for operation in self.operations("const") if "val" in operation.attributes)
        return {output.name: operation.attributes["val"] for operation in consts for output in operation.outputs}

    def operations(self, *kinds: str) -> Iterator[Operation]:
        """The operations of these kinds, in order."""
        return (operation for operation in self.program.operations if operation.kind in kinds)

    def parameter(self, operation: Operation, name: str) -> Constant | None:
        """The constant that a parameter is bound to; None if it has none or is computed."""
        bindings = operation.inputs.get(name, ())
        if len(bindings) != 1:
            return operation.attributes.get(name)
        return self.constants.get(bindings[0]) if isinstance(bindings[0], str) else bindings[0]

    def value(self, operation: Operation, name: str) -> Array | None:
        """The value of a parameter that is constant and can be read."""
        constant = self.parameter(operation, name)
        return None if constant is None else readable(constant)

    def type(self, operation: Operation, name: str) -> ValueType | None:
        """The declared type of what a parameter with one binding is bound to."""
        bindings = operation.inputs.get(name, ())
        if len(bindings) != 1:
            return None
        return self.types.get(bindings[0]) if isinstance(bindings[0], str) else bindings[0].type

    def files(self) -> list[Path]:
        """All files and links in the package, relative to it, in order; links are not followed."""
        found = []
        for parent, folders, names in os.walk(self.path):
            links = [name for name in folders if (Path(parent) / name).is_symlink()]
            found += [(Path(parent) / name).relative_to(self.path) for name in (*names, *links)]
        return sorted(found)


def readable(constant: Constant) -> Array | None:
    """The constant's value; None where its bytes don't fit its type, which rules of their own report."""
    try:
        return constant.array()
    except PackageError:
        return None


def place(operation: Operation) -> str:
    """How findings name an operation."""
    return f"{operation.kind} {operation.name!r}"
