"""What Core ML is held to on a Mac is what the built packages mean here."""

import json
from pathlib import Path

import numpy as np
import pytest

from blazemesh.errors import InputError
from blazemesh.package_vectors import SURE_ROWS, WHAT, cases, document
from tests.golden_vectors import golden

ROUNDING = 2e-3
"""Of an output's tolerance: another processor's float32 sums differ in their last digits, which is 1000 times less."""


def test_the_packages_mean_what_the_committed_vectors_say(built: Path) -> None:
    committed = golden("packages")
    assert committed["what"] == WHAT
    for found, told in zip(cases(built), committed["cases"], strict=True):
        assert [found[key] for key in ("name", "side", "pixels")] == [told[key] for key in ("name", "side", "pixels")]
        for package, expected in zip(found["packages"], told["packages"], strict=True):
            assert package["name"] == expected["name"]
            for output, other in zip(package["outputs"], expected["outputs"], strict=True):
                assert {**output, "values": []} == {**other, "values": []}
                np.testing.assert_allclose(
                    output["values"], other["values"], rtol=0, atol=ROUNDING * other["tolerance"]
                )


def test_every_package_sees_what_it_is_for(built: Path) -> None:
    """Its vectors hold a face, or the limits would be met by zeros."""
    outputs = {
        (package["name"], output["name"]): output
        for case in cases(built)
        for package in case["packages"]
        for output in package["outputs"]
    }
    for (name, kind), output in outputs.items():
        if kind in ("confidence", "scores", "presence"):
            assert max(output["values"]) > 0.9, (name, kind)
        elif kind != "count":
            assert np.ptp(output["values"]) > 20 * output["tolerance"], (name, kind)
        if name.endswith("Proposals"):
            assert len(output["rows"]) == SURE_ROWS


def test_a_folder_without_packages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.json"):
        document(tmp_path)


def test_the_file_is_a_case_a_line(built: Path) -> None:
    lines = document(built).decode().splitlines()
    assert json.loads("\n".join(lines))["cases"][0]["name"] == "photograph, 128"
    assert len(lines) == len(cases(built)) + 6
