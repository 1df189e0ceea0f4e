"""README's tables of the packages are what the manifest says; its written parts are found and replaced."""

from pathlib import Path
from typing import Any

import pytest

from blazemesh import tables as module
from blazemesh.errors import InputError
from blazemesh.manifest import read_manifest
from blazemesh.readme import END, README, read_part, write_part
from blazemesh.tables import PARITY, PART, features, main, parity, tables
from tests.conftest import ROOT

OTHER_PROCESSOR = 3.0
"""Each figure is a maximum or a mean of rounding errors, and the width of a processor's vectors orders the sums."""

BEGIN = f"<!-- written by python -m blazemesh.{PART} -->"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture(scope="module")
def stated() -> tuple[list[list[str]], list[list[str]]]:
    """Both tables of README, headers and rules left out."""
    text = read_part((ROOT / "README.md").read_text(encoding="utf-8"), PART)
    first, second = (part.splitlines() for part in text.split("\n\n"))
    assert (cells(first[0]), cells(second[0])) == (list(module.FEATURES), list(PARITY))
    return [cells(line) for line in first[2:]], [cells(line) for line in second[2:]]


def test_readme_says_what_goes_in_and_comes_out(built: Path, stated: Any) -> None:
    assert stated[0] == [list(row) for row in features(read_manifest(built).models)]
    assert len(stated[0]) == 9


def test_readme_says_how_exact_the_packages_are(built: Path, stated: Any) -> None:
    ours = parity(read_manifest(built).models)
    assert [row[:3] for row in stated[1]] == [list(row[:3]) for row in ours]
    for told, row in zip(stated[1], ours, strict=True):
        for theirs, mine in zip(told[3:], row[3:], strict=True):
            for known, found in zip(theirs.split(", "), mine.split(", "), strict=True):
                assert float(found) <= OTHER_PROCESSOR * float(known), (told, row)


def entry(**changed: Any) -> Any:
    inputs = [
        {"name": "image", "kind": "image", "shape": [1, 3, 20, 10], "default": None},
        {"name": "least", "kind": "scalar", "shape": [], "default": 0.30000001192},
    ]
    outputs = [
        {"name": "rows", "shape": [-1, 4], "dtype": "float32"},
        {"name": "count", "shape": [1], "dtype": "int32"},
    ]
    row = {"executor": "reference", "limit": 0.00039, "max": 1.2e-6, "mean": 1e-7}
    rows = [{**row, "output": o["name"], "arithmetic": a} for o in outputs for a in ("float32", "float16")]
    core_ml = [{**row, "output": o["name"], "arithmetic": "float16", "executor": "coreml", "max": 9.0} for o in outputs]
    rows[2]["max"] = 0.0
    return {"name": "X", "bytes": 1234567, "inputs": inputs, "outputs": outputs, "parity": [*core_ml, *rows], **changed}


def test_rows_say_shapes_defaults_and_figures() -> None:
    assert features([entry()]) == [("X", "`image` 10 × 20", "`least` 0.3", "`rows` [M, 4], `count` [1] int32")]
    assert parity([entry()]) == [
        ("X", "1,234,567", "`rows`", "1.2e-06, 3.9e-04", "1.2e-06, 1.0e-07"),
        ("", "", "`count`", "0, 3.9e-04", "1.2e-06, 1.0e-07"),
    ]


def test_the_tables_are_put_into_readme(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    README.write_text(f"before\n{BEGIN}\nold\n{END}\n<!-- written by x -->\nother\n{END}\n", encoding="utf-8")
    main([str(built)])
    text = README.read_text(encoding="utf-8")
    assert read_part(text, PART) == tables(read_manifest(built).models)
    assert text.startswith(f"before\n{BEGIN}\n| package |")
    assert text.endswith(f"|\n{END}\n<!-- written by x -->\nother\n{END}\n")


@pytest.mark.parametrize(
    "text", ["", BEGIN, f"{END}\n{BEGIN}", "<!-- written by python -m blazemesh.other -->\n" + END]
)
def test_a_text_without_the_part_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "README.md").write_text(text)
    with pytest.raises(InputError, match=r"found no part <!-- written by python -m blazemesh\.tables --> … <!-- end"):
        write_part(PART, "x", tmp_path / "README.md")
    assert (tmp_path / "README.md").read_text() == text
