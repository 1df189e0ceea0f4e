"""The plan's worker, on coremltools' own classes of a plan, filled by hand: none can be had off a Mac."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from coremltools.models import compute_device, compute_plan

from blazemesh.mac import plan_worker
from blazemesh.mac.plan import _is_operator


def device(kind: str) -> Any:
    """A device of coremltools' class, which itself wants a Mac's native module."""
    return object.__new__(getattr(compute_device, f"ML{kind}ComputeDevice"))


def operation(name: str, kind: str, *blocks: Any) -> Any:
    output = compute_plan.MLModelStructureProgramNamedValueType(name, compute_plan.MLModelStructureProgramValueType())
    return compute_plan.MLModelStructureProgramOperation({}, kind, [output], list(blocks), None)


def block(*operations: Any) -> Any:
    return compute_plan.MLModelStructureProgramBlock([], list(operations), [])


def program(*operations: Any) -> Any:
    function = compute_plan.MLModelStructureProgramFunction([], block(*operations))
    return compute_plan.MLModelStructure(None, compute_plan.MLModelStructureProgram({"main": function}), None)


class Plan:
    """What MLComputePlan has, with the usage of operators by name."""

    def __init__(self, structure: Any, usages: dict[str, Any], costs: dict[str, float]) -> None:
        self.model_structure = structure
        self._usages, self._costs = usages, costs

    def get_compute_device_usage_for_mlprogram_operation(self, found: Any) -> Any:
        return self._usages.get(found.outputs[0].name)

    def get_estimated_cost_for_mlprogram_operation(self, found: Any) -> Any:
        weight = self._costs.get(found.outputs[0].name)
        return None if weight is None else compute_plan.MLComputePlanCost(weight)


def usage(preferred: str, *supported: str) -> Any:
    return compute_plan.MLComputePlanDeviceUsage(device(preferred), [device(kind) for kind in supported])


CONVOLUTION = operation("features", "ios16.conv")
USAGES = {"features": usage("NeuralEngine", "CPU", "GPU", "NeuralEngine"), "inner": usage("GPU", "CPU", "GPU")}
TOLD = {
    "name": "features",
    "kind": "ios16.conv",
    "preferred": "neural engine",
    "supported": ["cpu", "gpu", "neural engine"],
    "weight": 0.75,
}


def told(structure: Any) -> list[dict[str, Any]]:
    found = list(plan_worker.operators(Plan(structure, USAGES, {"features": 0.75})))
    assert all(map(_is_operator, found)), "the step would not understand its own worker"
    return found


def test_an_operator_is_told_with_devices_and_cost() -> None:
    assert told(program(CONVOLUTION)) == [TOLD]


def test_constants_are_left_out() -> None:
    assert told(program(operation("w", "const"), operation("v", "ios16.const"), CONVOLUTION)) == [TOLD]


def test_an_operator_without_usage_or_cost_is_unknown() -> None:
    (found,) = told(program(operation("odd", "add")))
    assert (found["preferred"], found["supported"], found["weight"]) == ("unknown", [], None)


def test_blocks_inside_operators_are_gone_through() -> None:
    found = told(program(operation("choice", "cond", block(operation("inner", "mul")))))
    assert [(each["name"], each["preferred"]) for each in found] == [("choice", "unknown"), ("inner", "gpu")]


@pytest.mark.parametrize("kind", [tuple, dict])
def test_a_pipeline_s_programs_are_gone_through_and_other_stages_are_not(kind: Any) -> None:
    """coremltools documents a tuple of pairs; its own model_structure_path iterates over pairs."""
    suppression = compute_plan.MLModelStructure(None, None, None)
    stages = kind([("detector", program(CONVOLUTION)), ("suppression", suppression)])
    pipeline = compute_plan.MLModelStructure(None, None, compute_plan.MLModelStructurePipeline(stages))
    assert told(pipeline) == [TOLD]


def test_a_device_of_a_class_that_is_not_known_is_unknown() -> None:
    assert [plan_worker.device(each) for each in (device("CPU"), SimpleNamespace())] == ["cpu", "unknown"]


def test_the_whole_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from coremltools.models import MLModel

    made = Plan(program(CONVOLUTION), USAGES, {"features": 0.75})
    monkeypatch.setattr(MLModel, "get_available_compute_devices", lambda: [device("NeuralEngine"), device("CPU")])
    monkeypatch.setattr(compute_plan.MLComputePlan, "load_from_path", lambda path: made)
    plan_worker.main(["X.mlmodelc"])
    assert json.loads(capsys.readouterr().out) == {"devices": ["cpu", "neural engine"], "operators": [TOLD]}


def test_a_coremltools_without_a_plan_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(compute_plan, "MLComputePlan")
    problem = plan_worker.plan("X.mlmodelc")["problem"]
    assert problem.startswith("not understood: MLComputePlan: ImportError: cannot import name 'MLComputePlan'")


def test_off_a_mac_the_worker_itself_says_that_it_can_t() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "blazemesh.mac.plan_worker", "X.mlmodelc"], capture_output=True, text=True, check=True
    )
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert answer["problem"].startswith("not understood: MLComputePlan: ")
