"""Which compute units a machine has."""

from typing import Any

import pytest

from blazemesh.mac.units import UNITS, missing
from tests.core_ml_units import UNITS as TESTED
from tests.core_ml_units import asked_units

LAPTOP, HOSTED = {"virtual": False, "model": "Mac15,12"}, {"virtual": True, "model": "VirtualMac2,1"}
ALL_DEVICES = ["cpu", "gpu", "neural engine"]


def plans(devices: list[str], could: int) -> list[dict[str, Any]]:
    return [{"devices": devices, "engine_could": 0}, {"devices": devices, "engine_could": could}]


@pytest.mark.parametrize(
    ("machine", "told", "tried"),
    [
        (LAPTOP, plans(ALL_DEVICES, 3), UNITS),
        (LAPTOP, plans(ALL_DEVICES, 0), UNITS),  # a plan that says nothing is no reason not to try
        (LAPTOP, [], UNITS),
        (LAPTOP, plans(["cpu", "gpu"], 0), ("CPU_ONLY", "CPU_AND_GPU")),
        (LAPTOP, plans(["cpu"], 0), ("CPU_ONLY",)),
        (HOSTED, plans(["cpu", "gpu"], 0), ("CPU_ONLY", "CPU_AND_GPU")),
        (HOSTED, plans(ALL_DEVICES, 0), ("CPU_ONLY", "CPU_AND_GPU")),  # listed, but no plan uses it
        (HOSTED, [], ("CPU_ONLY", "CPU_AND_GPU")),
        (HOSTED, plans(ALL_DEVICES, 1), UNITS),
        ({}, [], UNITS),
    ],
)
def test_units_are_tried_where_they_are(machine: Any, told: Any, tried: tuple[str, ...]) -> None:
    reasons = {unit: missing(unit, told, machine) for unit in UNITS}
    assert tuple(unit for unit, reason in reasons.items() if not reason) == tried


def test_the_tests_know_the_same_units(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TESTED == UNITS
    monkeypatch.setenv("BLAZEMESH_UNITS", "CPU_AND_NE ALL")
    assert asked_units() == ("CPU_AND_NE", "ALL")
    monkeypatch.setenv("BLAZEMESH_UNITS", "CPU_AND_TOASTER")
    with pytest.raises(ValueError, match="BLAZEMESH_UNITS names CPU_AND_TOASTER, expected some of CPU_ONLY"):
        asked_units()
    monkeypatch.delenv("BLAZEMESH_UNITS")
    assert asked_units() == ()
