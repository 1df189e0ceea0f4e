import json
from pathlib import Path

import pytest

from blazemesh.errors import InputError
from blazemesh.swift_package import write_swift
from tests.conftest import Command, files
from tests.swift_templates.manifests import detector, mesh, models


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    write(folder, models())
    return folder


def write(folder: Path, entries: list[dict[str, object]], schema: int = 1) -> None:
    """A manifest whose entries have all that blazemesh.manifest asks for."""
    empty: dict[str, object] = {key: [] for key in ("source", "parity", "network", "unverified", "notes")}
    texts = {"key": "", "precision": "float16", "target": "iOS16"}
    whole = [
        {**empty, **texts, "bytes": 1, "operators": {}, "package": f"{entry['name']}.mlpackage", **entry}
        for entry in entries
    ]
    for entry in whole:
        (folder / str(entry["package"])).mkdir(exist_ok=True)
        (folder / str(entry["package"]) / "Manifest.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps({"schema": schema, "generator": "x", "models": whole}))


def test_writing_twice_changes_nothing(packages: Path, tmp_path: Path) -> None:
    changed = write_swift(packages, tmp_path / "out")
    before = files(tmp_path / "out")
    assert len(changed) == len(before) > 50
    assert write_swift(packages, tmp_path / "out") == ()
    assert files(tmp_path / "out") == before


def test_only_what_changed_is_written(packages: Path, tmp_path: Path) -> None:
    write_swift(packages, tmp_path / "out")
    write(packages, [*models(), mesh("Another")])
    assert {path.name for path in write_swift(packages, tmp_path / "out")} == {
        *("MeshModel+Packages.swift", "AnotherPackage.swift", "Package.swift", "Packages.swift", "Manifest.json"),
    }


def test_files_of_an_older_rendering_go_and_others_stay(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_swift(packages, out)
    old = [out / "BlazeMesh/Sources/OldPackage/Old.swift", out / "DropIn/BlazeMeshCore/Old.swift"]
    others = [out / "BlazeMesh/.build/x", out / "Mine/Sources/x.swift"]
    for path in (*old, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    write_swift(packages, out)
    assert [path.exists() for path in (*old, *others)] == [False, False, True, True]
    assert not old[0].parent.exists()


@pytest.mark.parametrize("entries", [[detector("class"), mesh()], [detector()], [detector() | {"anchors": {}}, mesh()]])
def test_nothing_is_written_for_a_manifest_that_is_none(
    packages: Path, tmp_path: Path, entries: list[dict[str, object]]
) -> None:
    write(packages, entries)
    with pytest.raises(InputError):
        write_swift(packages, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_newer_manifest_is_refused(packages: Path, tmp_path: Path, command: Command) -> None:
    write(packages, models(), schema=2)
    ended = command("swift", "--packages", packages, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "expected a manifest of schema 1; run `make coreml`" in ended.line
    assert not (tmp_path / "out").exists()


def test_the_command_says_where_the_package_is(packages: Path, tmp_path: Path, command: Command) -> None:
    ended = command("swift", "--packages", packages, "--out", tmp_path / "out")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{tmp_path / 'out' / 'BlazeMesh'}: ")
    missing = command("swift", "--packages", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert missing.code == 2
    assert missing.line.startswith("error: ")
