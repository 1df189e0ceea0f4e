"""The command: its exit codes, and one line where it can't run."""

from pathlib import Path

import pytest

from tests.apple_check.__main__ import main
from tests.apple_check.toolchain import Toolchain, find_toolchain


def test_a_folder_without_a_package_is_named(
    toolchain: Toolchain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--platform", "iOS"]) == 2
    said = f"{tmp_path} has no sources of BlazeMeshCore; render the package first"
    assert capsys.readouterr().err == f"apple_check: {said}\n"


def test_without_swift_one_line_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    find_toolchain.cache_clear()
    monkeypatch.setenv("PATH", "")
    assert main(["."]) == 2
    said = "apple_check: there is no Swift here: put a toolchain's swift-frontend on PATH"
    assert capsys.readouterr().err.startswith(said)
    find_toolchain.cache_clear()


def test_a_faulty_package_is_refused(toolchain: Toolchain, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "Sources" / "BlazeMeshCore" / "Core.swift"
    source.parent.mkdir(parents=True)
    source.write_text("func one() -> Int {}\n")
    assert main([str(tmp_path), "--platform", "iOS"]) == 1
    assert f"{source}:1: missing return in global function expected to return 'Int'" in capsys.readouterr().out
