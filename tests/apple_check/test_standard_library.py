"""The edits of the toolchain's own text: each must find what it edits."""

import re

import pytest

from tests.apple_check.standard_library import EDITS, MODULES, Edit, edited
from tests.apple_check.toolchain import CheckError, Toolchain, find_toolchain


def test_every_edit_finds_its_place(toolchain: Toolchain) -> None:
    for module in MODULES:
        text = edited(toolchain.interface(module), module)
        assert "linux-gnu" not in text
        assert "@backDeployed" not in text
        assert not re.search("^import Glibc", text, re.MULTILINE)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.module}-{edit.pattern}")
def test_an_edit_without_a_place_is_an_error(edit: Edit) -> None:
    with pytest.raises(CheckError, match=f"module {edit.module} holds nothing like"):
        edit.apply("import Swift\n")


def test_without_swift_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CheckError, match=r"^there is no Swift here: put a toolchain's swift-frontend on PATH"):
        find_toolchain.__wrapped__()
