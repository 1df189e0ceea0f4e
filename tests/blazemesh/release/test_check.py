"""Each part of a release broken on purpose, and told."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from blazemesh.release import NAME, Tree
from blazemesh.release.__main__ import main
from blazemesh.release.archive import read_archive, write_archive
from blazemesh.release.check import findings
from blazemesh.release.making import write_release
from blazemesh.release.names import BILL, PACKAGES_ZIP, SWIFT_ZIP
from blazemesh.release.sums import FILE, write_sums

Broken = dict[str, bytes]
SOURCE = "Sources/BlazeMeshCore/LibM.swift"
WEIGHTS = "Sources/FaceMeshPackage/Models/FaceMesh.mlpackage/Data/com.apple.CoreML/weights/weight.bin"
TAG = "BlazeMesh.git/refs/tags/0.1.0"


def summed(files: Mapping[str, bytes]) -> Broken:
    """The release with sums that fit: whoever breaks a part can write sums too."""
    return {**files, FILE: write_sums({name: files[name] for name in (SWIFT_ZIP, PACKAGES_ZIP, BILL) if name in files})}


def repacked(release: Tree, name: str, **changes: bytes | None) -> Broken:
    """Files of an archive changed, added or (None) left out."""
    tree, time = read_archive(release[name], NAME, name)
    changed = {path: data for path, data in (tree | changes).items() if data is not None}
    return summed({**release, name: write_archive(NAME, changed, time)})


def rebilled(release: Tree, old: str, new: str) -> Broken:
    text = release[BILL].decode()
    assert old in text
    return summed({**release, BILL: text.replace(old, new, 1).encode()})


def first_object(release: Tree) -> str:
    return min(path for path in release if path.startswith("BlazeMesh.git/objects/") and "info" not in path)


def without(release: Tree, path: str) -> Broken:
    return {name: data for name, data in release.items() if name != path}


def of_another_model(release: Tree) -> Broken:
    """The manifest says what the packages were not."""
    tree, _ = read_archive(release[SWIFT_ZIP], NAME, SWIFT_ZIP)
    manifest = json.loads(tree["manifest.json"])
    manifest["models"][0]["sha256"] = "0" * 64
    return repacked(release, SWIFT_ZIP, **{"manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda r: without(r, SWIFT_ZIP), f"found no {SWIFT_ZIP}"),
        (lambda r: without(r, FILE), f"found no {FILE}"),
        (lambda r: {**r, "extra.txt": b""}, "extra.txt: is no part of a release"),
        (lambda r: {**r, PACKAGES_ZIP: r[PACKAGES_ZIP][:-1]}, f"{PACKAGES_ZIP}: its SHA-256 is "),
        (lambda r: {**r, FILE: b""}, f"{FILE}: found "),
        (lambda r: {**r, FILE: b"nonsense"}, f"{FILE}, line 1: found 'nonsense'"),
        (lambda r: {**r, FILE: b"0" * 64 + b"  ../../etc/passwd\n"}, f"{FILE}, line 1: found "),
        (lambda r: summed({**r, SWIFT_ZIP: b"PK"}), f"{SWIFT_ZIP}: no whole zip archive"),
        (lambda r: repacked(r, SWIFT_ZIP, **{SOURCE: b"evil"}), f"{BILL}: found the commit "),
        (lambda r: repacked(r, SWIFT_ZIP, **{SOURCE: b"evil"}), "is missing"),
        (lambda r: repacked(r, SWIFT_ZIP, **{SOURCE: b"evil"}), f"{BILL}: {SWIFT_ZIP}: found the SHA-256 "),
        (
            lambda r: repacked(r, SWIFT_ZIP, **{WEIGHTS: b"evil"}),
            "FaceMesh.mlpackage has other bytes than the manifest",
        ),
        (
            lambda r: repacked(r, SWIFT_ZIP, **{f"{WEIGHTS}2": b""}),
            "FaceMesh.mlpackage has other bytes than the manifest",
        ),
        (
            lambda r: repacked(r, SWIFT_ZIP, **{"Sources/X/Models/X.mlpackage/x": b""}),
            "X.mlpackage is not in the manifest",
        ),
        (lambda r: repacked(r, SWIFT_ZIP, **{"manifest.json": None}), f"{SWIFT_ZIP}/manifest.json: no JSON"),
        (of_another_model, "BlazeFaceShortRange.mlpackage has other bytes than the manifest says"),
        (lambda r: repacked(r, PACKAGES_ZIP, LICENSE=b"all mine"), f"{PACKAGES_ZIP}: found other packages, licences"),
        (lambda r: repacked(r, PACKAGES_ZIP, **{"x.mlpackage/y": b""}), f"{PACKAGES_ZIP}: found other packages"),
        (lambda r: rebilled(r, '"bomFormat": "CycloneDX"', '"bomFormat": "X"'), f"{BILL}: is not CycloneDX"),
        (lambda r: summed({**r, BILL: b""}), f"{BILL}: is not CycloneDX"),
        (lambda r: summed({**r, BILL: r[BILL].replace(b"Places 468", b"\xff")}), f"{BILL}: is not CycloneDX"),
        (lambda r: rebilled(r, '"name": "FaceMesh.mlpackage/Manifest.json"', '"name": "x"'), f"{BILL}: x: found "),
        (lambda r: rebilled(r, '"name": "blazemesh:commit"', '"name": "other"'), f"{BILL}: found the commit []"),
        (lambda r: {**r, first_object(r): b"x"}, "found other bytes than "),
        (lambda r: without(r, first_object(r)), "is missing"),
        (lambda r: {**r, TAG: b"0" * 40 + b"\n"}, f"{TAG}: found other bytes than "),
        (lambda r: {**r, "BlazeMesh.git/hooks/post-checkout": b"rm -rf"}, "hooks/post-checkout: is not of the commit"),
        (lambda r: {**r, "BlazeMesh.git/config": b"[core]\nsshCommand = x\n"}, "config: found other bytes"),
    ],
)
def test_what_is_broken_is_told(release: Tree, broken: Callable[[Tree], Broken], told: str) -> None:
    said = findings(broken(release))
    assert any(told in line for line in said), said
    assert not any("\n" in line for line in said)


def test_nothing_is_told_of_a_whole_release(release: Tree) -> None:
    assert findings(release) == []


def test_a_release_without_its_repository_is_whole_but_it_is_said(
    release: Tree, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_release(release, tmp_path / "out")
    assert main(["--check", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.endswith("bill of materials and repository agree\n")
    shutil.rmtree(tmp_path / "out" / "BlazeMesh.git")
    assert main(["--check", str(tmp_path / "out")]) == 0
    assert "(no BlazeMesh.git here, which was not checked)" in capsys.readouterr().out


def test_a_finding_is_exit_code_1_and_a_line_each(
    release: Tree, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_release({**release, "a": b"", "b": b""}, tmp_path / "out")
    assert main(["--check", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.count("blazemesh: failed: ") == 2


def test_a_link_among_the_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "SHA256SUMS").symlink_to("/etc/passwd")
    assert main(["--check", str(tmp_path)]) == 2
    assert "is no plain file" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", str(tmp_path / "nowhere")]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["--check", str(tmp_path / "empty")]) == 2
    assert "run `make release`" in capsys.readouterr().err
