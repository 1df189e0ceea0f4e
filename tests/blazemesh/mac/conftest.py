"""A place where a fake Mac takes its turn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazemesh.mac.machine import look
from blazemesh.mac.site import Site
from tests.blazemesh.mac.fakes import PACKAGES, FakeRunner, Reply, entry, replies

Place = Callable[..., Site]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """`place(entries=…, **replies)`: a site in an empty folder, the machine already looked at."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ios_app" / "BlazeMeshSample.xcodeproj").mkdir(parents=True)
    (tmp_path / "build" / "mac").mkdir(parents=True)

    def make(entries: list[Any] | None = None, **changed: Reply) -> Site:
        write_manifest([entry(name) for name in PACKAGES] if entries is None else entries)
        site = Site(FakeRunner(replies(**changed)), Path("build/coreml"), Path("build/mac"))
        site.outcomes["machine"] = look(site)
        return site

    return make


def write_manifest(entries: list[Any]) -> None:
    """build/coreml/manifest.json below the current folder."""
    folder = Path("build/coreml")
    folder.mkdir(parents=True, exist_ok=True)
    document = {"schema": 1, "generator": "blazemesh", "models": entries}
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
