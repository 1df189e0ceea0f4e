"""The Swift tool says what is committed, and something else when it is told something else."""

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blazemesh.app_screens import __main__ as command
from blazemesh.app_screens.screens import SCREENS
from blazemesh.app_screens.text import Drawing, read
from blazemesh.app_screens.tool import overlay_texts, split
from blazemesh.errors import InputError
from tests.apple_check.rendering import rendered_package
from tests.blazemesh.app_screens.test_screens import FOLDER, OFF, off
from tests.swift_templates.toolchain import SCRATCH, needs

BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "the mirror is forgotten": ("iphone mirrored by the view", {"mirrored": False}),
    "mirrored twice": ("iphone portrait front", {"mirrored": True}),
    "fit instead of fill": ("iphone portrait back", {"scaling": "fit"}),
    "fill instead of fit": ("iphone photograph", {"scaling": "fill"}),
    "upside down": ("iphone landscape left back", {"orientation": 3}),
    "the front camera's turn for the back one": ("iphone landscape right back", {"orientation": 2}),
    "a quarter too far": ("iphone portrait front", {"orientation": 4}),
    "another device": ("ipad tracked", {"view": [834, 1194]}),
}


@pytest.fixture(scope="module")
def rendered(built: Path) -> Path:
    return rendered_package(built).parent


def texts(rendered: Path, results: Path) -> dict[str, str]:
    return overlay_texts(rendered, results, SCRATCH / "overlay")


@needs()
def test_the_tool_says_what_is_committed_line_for_line(rendered: Path) -> None:
    found = texts(rendered, FOLDER / "results.json")
    assert list(found) == [screen.name for screen in SCREENS]
    for screen in SCREENS:
        told = (FOLDER / screen.file).read_text("ascii")
        if platform.machine() == "x86_64":
            assert found[screen.name].splitlines() == told.splitlines(), screen.name
        assert_same(read(found[screen.name]), read(told))
    assert "-0.00" not in "".join(found.values())


def assert_same(found: Drawing, told: Drawing) -> None:
    """But for the last decimal: another C library's sines may put a number on the other side of half a hundredth."""
    assert [(each.kind, each.colour) for each in found.commands] == [(each.kind, each.colour) for each in told.commands]
    for here, there in zip(found.commands, told.commands, strict=True):
        np.testing.assert_allclose([*here.points.ravel(), here.size], [*there.points.ravel(), there.size], atol=0.011)
    np.testing.assert_allclose(found.cut, told.cut, atol=0.011)


@needs()
def test_what_is_broken_on_purpose_is_noticed(rendered: Path, tmp_path: Path) -> None:
    """By the texts, and by the eyes."""
    document = json.loads((FOLDER / "results.json").read_text("ascii"))
    by_name = {screen["name"]: screen for screen in document["screens"]}
    screens = [{**by_name[name], **change, "name": why} for why, (name, change) in BROKEN.items()]
    (tmp_path / "broken.json").write_text(json.dumps({"screens": screens}))
    found = texts(rendered, tmp_path / "broken.json")
    files = {screen.name: screen.file for screen in SCREENS}
    for why, (name, _) in BROKEN.items():
        assert found[why] != (FOLDER / files[name]).read_text("ascii"), why
        assert off(name, read(found[why])) > 2 * OFF, why


@needs()
def test_what_the_tool_can_not_read_is_one_line(rendered: Path, tmp_path: Path) -> None:
    document = json.loads((FOLDER / "results.json").read_text("ascii"))
    (tmp_path / "broken.json").write_text(json.dumps({"screens": [{**document["screens"][0], "layers": ["hair"]}]}))
    with pytest.raises(InputError, match=r"the overlay tool ended with .*hair"):
        texts(rendered, tmp_path / "broken.json")


def test_without_swift_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="no swift on PATH"):
        overlay_texts(tmp_path, tmp_path / "results.json", tmp_path / "scratch")


def test_the_command_ends_in_one_line_without_a_rendered_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "document", lambda: b"{}")
    assert command.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("screens: ")


def test_output_is_split_by_screens() -> None:
    assert split("screen a b\nview 1 2\nscreen c\nview 3 4\n") == {"a b": "view 1 2\n", "c": "view 3 4\n"}
