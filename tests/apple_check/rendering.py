"""The Swift package as `make swift` renders it, in a place of its own."""

from pathlib import Path

import pytest

from blazemesh.files import held
from tests.apple_check.standard_library import CACHE


def rendered_package(built: Path) -> Path:
    """The folder of the package rendered for the packages in `built`; skips where nothing renders one."""
    swift_package = pytest.importorskip("blazemesh.swift_package", reason="there is no core to check the layer with")
    out = CACHE / "rendered"
    out.mkdir(parents=True, exist_ok=True)
    with held(out):
        swift_package.write_swift(built, out)
    return out / "BlazeMesh"
