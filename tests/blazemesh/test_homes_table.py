"""The table in docs/keras.md."""

from pathlib import Path
from typing import Any

import pytest

from blazemesh import homes_table
from blazemesh.catalog import load_catalog
from blazemesh.readme import read_part

ROOT = Path(__file__).parents[2]


def entry(home: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"name": "FaceMesh", "home": home, "bytes": 2442212, "parity": list(rows)}


def row(oracle: str, greatest: float) -> dict[str, Any]:
    return {"oracle": oracle, "max": greatest, "range": 200.0, "faces": 24}


def test_the_worst_output_of_each_oracle_counts() -> None:
    text = homes_table.table([entry("onnx", row("litert", 1e-4), row("litert", 3e-4), row("mediapipe", 2e-4))])
    assert text.splitlines()[-1] == "| FaceMesh | onnx | 2,442,212 | 1.5e-06 | 1.0e-06 | 24 |"


def test_what_nobody_measured_is_a_dash() -> None:
    assert homes_table.table([entry("keras", row("litert", 1e-4))]).endswith("| 5.0e-07 | – | 24 |")


@pytest.mark.parametrize("home", ["keras", "onnx"])
def test_the_document_has_every_model_in_each_home(home: str) -> None:
    text = read_part((ROOT / "docs" / "keras.md").read_text(encoding="utf-8"), homes_table.PART)
    assert all(f"| {model.name} | {home} |" in text for model in load_catalog().models)
