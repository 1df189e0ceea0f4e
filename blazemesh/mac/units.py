"""Which of Core ML's compute units a Mac has: asked of Core ML itself, and of what the machine is."""

from collections.abc import Mapping, Sequence
from typing import Any

from blazemesh.mac.outcome import Row

UNITS = ("CPU_ONLY", "CPU_AND_GPU", "CPU_AND_NE", "ALL")
"""coremltools.ComputeUnit's names."""


def missing(unit: str, plans: Sequence[Row], machine: Mapping[str, Any]) -> str:
    """Why a unit can't be tried on this machine, in one line; empty where it can.

    A plan that gives the Neural Engine any operator decides. Else a virtual machine has none (hosted Macs may list
    one that can't be used), nor has one for which Core ML lists none. Without plans a real Mac's is tried.
    """
    devices = {device for plan in plans for device in plan["devices"]}
    if unit == "CPU_AND_GPU" and devices and "gpu" not in devices:
        return "Core ML lists no GPU on this machine"
    if unit not in ("CPU_AND_NE", "ALL") or any(plan["engine_could"] for plan in plans):
        return ""
    if machine.get("virtual"):
        return f"no Neural Engine on a virtual machine ({machine.get('model')}): no plan gives it an operator"
    return "Core ML lists no Neural Engine on this machine" if devices and "neural engine" not in devices else ""
