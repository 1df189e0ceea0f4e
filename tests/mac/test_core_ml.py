"""Every package in Core ML, on each compute unit, held to the oracle; `make mac` records the figures.

BLAZEMESH_UNITS names the units, by default the CPU alone, BLAZEMESH_RECORD the file that the figures are appended to.
tests/test_packages.py asks the same units for MediaPipe's own results.
"""

import os
import sys
from pathlib import Path

import pytest

from blazemesh.catalog import load_catalog
from blazemesh.mac.unit_parity import record_rows, unit_parity
from tests.core_ml_units import asked_units
from verification.engines import ComputeUnits

NAMES = [product.name for product in load_catalog().products]


@pytest.mark.skipif(sys.platform != "darwin", reason="Core ML's predict runs on macOS alone")
@pytest.mark.parametrize("units", asked_units() or ("CPU_ONLY",))
@pytest.mark.parametrize("name", NAMES)
def test_every_unit_stays_within_the_float16_limits(
    built: Path, models: dict[str, Path], name: str, units: ComputeUnits
) -> None:
    product = load_catalog().product(name)
    verdict = unit_parity(built / f"{name}.mlpackage", product, models[product.model.name], units)
    if record := os.environ.get("BLAZEMESH_RECORD"):
        record_rows(Path(record), name, verdict)
    assert verdict.failures == ()
    assert verdict.rows
