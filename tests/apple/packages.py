"""The operators that a saved package has, and in which precision."""

from dataclasses import dataclass
from pathlib import Path

from tests.apple.definitions import SELF_EVIDENT
from verification.executor.dtypes import FLOAT16, ValueType
from verification.executor.package import load_program
from verification.executor.program import Operation


@dataclass(frozen=True)
class Use:
    """An operator as a package has it: its kind, the opset ("iOS16"), and "fp16" if it takes or gives halves."""

    kind: str
    opset: str
    precision: str

    def __str__(self) -> str:
        return f"{self.kind} {self.precision}"


# Program.opset of MIL.proto, by the deployment target that coremltools writes it for (coremltools, AvailableTarget).
_OPSETS = {"CoreML5": "iOS15", "CoreML6": "iOS16", "CoreML7": "iOS17", "CoreML8": "iOS18"}


def package_operators(path: Path) -> set[Use]:
    """Each operator of a package. Plain constants don't compute."""
    program = load_program(path)
    types: dict[str, ValueType] = {feature.name: feature.type for feature in program.inputs}
    types |= {output.name: output.type for operation in program.operations for output in operation.outputs}
    computing = [operation for operation in program.operations if operation.kind not in SELF_EVIDENT]
    return {Use(operation.kind, _OPSETS[program.opset], _precision(operation, types)) for operation in computing}


def _precision(operation: Operation, types: dict[str, ValueType]) -> str:
    values = [output.type for output in operation.outputs]
    for bindings in operation.inputs.values():
        values += [types[binding] if isinstance(binding, str) else binding.type for binding in bindings]
    return "fp16" if any(value.dtype == FLOAT16 for value in values) else "fp32"
