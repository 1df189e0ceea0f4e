"""What Core ML says of one compiled package's operators: where each would run, and where it could.

`python -m blazemesh.mac.plan_worker X.mlmodelc` writes one JSON object. It is a process of its own, since Core ML may
take it down. The API is coremltools.models.compute_plan's (coremltools 8.1 or later, macOS 14.4 or later).
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blazemesh.mac.outcome import not_understood

DEVICES = {
    "MLNeuralEngineComputeDevice": "neural engine",
    "MLGPUComputeDevice": "gpu",
    "MLCPUComputeDevice": "cpu",
}
"""coremltools' classes of devices, by what they are called here."""
UNKNOWN = "unknown"


def plan(compiled: str) -> dict[str, Any]:
    """`{devices, operators: [{name, kind, preferred, supported, weight}]}`, constants left out.

    Where coremltools has no compute plan, or another one than is known, `{problem}` says so in one line.
    """
    try:
        from coremltools.models import MLModel
        from coremltools.models.compute_plan import MLComputePlan

        devices = sorted({device(each) for each in MLModel.get_available_compute_devices()})
        return {"devices": devices, "operators": list(operators(MLComputePlan.load_from_path(compiled)))}
    except Exception as error:  # whatever a native library of another version raises
        return {"problem": not_understood(f"MLComputePlan: {type(error).__name__}: {' '.join(str(error).split())}")}


def device(found: Any) -> str:
    """What a device of coremltools is called here."""
    return DEVICES.get(type(found).__name__, UNKNOWN)


def operators(found: Any) -> Iterator[dict[str, Any]]:
    """Every operator of an MLComputePlan's model, of a pipeline's all stages that are ML Programs."""
    for program in programs(found.model_structure):
        for function in program.functions.values():
            for operation in operations(function.block):
                if operation.operator_name.rsplit(".", 1)[-1] != "const":
                    yield _operator(found, operation)


def programs(structure: Any) -> Iterator[Any]:
    """The ML Programs of a model's structure. coremltools reads a pipeline's stages as pairs of name and structure."""
    if structure.program is not None:
        yield structure.program
    if structure.pipeline is not None:
        stages = structure.pipeline.sub_models
        for _, stage in stages.items() if isinstance(stages, Mapping) else stages:
            yield from programs(stage)


def operations(block: Any) -> Iterator[Any]:
    """A block's operations and those of the blocks inside them."""
    for operation in block.operations:
        yield operation
        for inner in operation.blocks:
            yield from operations(inner)


def _operator(found: Any, operation: Any) -> dict[str, Any]:
    usage = found.get_compute_device_usage_for_mlprogram_operation(operation)
    cost = found.get_estimated_cost_for_mlprogram_operation(operation)
    return {
        "name": operation.outputs[0].name if operation.outputs else "",
        "kind": operation.operator_name,
        "preferred": UNKNOWN if usage is None else device(usage.preferred_compute_device),
        "supported": [] if usage is None else sorted({device(each) for each in usage.supported_compute_devices}),
        "weight": None if cost is None else float(cost.weight),
    }


def main(arguments: Sequence[str]) -> None:
    """Write the answer as one line."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    print(json.dumps(plan(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
