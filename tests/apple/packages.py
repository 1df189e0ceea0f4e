"""The operators that a saved package has, and in which precision."""

from pathlib import Path

from verification.executor.dtypes import FLOAT16, ValueType
from verification.executor.package import load_program
from verification.executor.program import Operation


def package_operators(path: Path) -> set[tuple[str, str]]:
    """Each kind with "fp16" or "fp32": halves, if an operation takes or gives any. Plain constants don't compute."""
    program = load_program(path)
    types: dict[str, ValueType] = {feature.name: feature.type for feature in program.inputs}
    types |= {output.name: output.type for operation in program.operations for output in operation.outputs}
    computing = [operation for operation in program.operations if operation.kind != "const"]
    return {(operation.kind, _precision(operation, types)) for operation in computing}


def _precision(operation: Operation, types: dict[str, ValueType]) -> str:
    values = [output.type for output in operation.outputs]
    for bindings in operation.inputs.values():
        values += [types[binding] if isinstance(binding, str) else binding.type for binding in bindings]
    return "fp16" if any(value.dtype == FLOAT16 for value in values) else "fp32"
