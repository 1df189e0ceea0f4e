"""Making a release: what is in it, that nothing of the machine gets in, what is refused, how it is put there."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from blazemesh import __version__
from blazemesh.errors import InputError
from blazemesh.release import Tree
from blazemesh.release.__main__ import main
from blazemesh.release.making import make_release, read_release, refuse_tag, write_release
from blazemesh.release.names import PACKAGES_ZIP, SWIFT_ZIP

ROOT = Path(__file__).parents[3]
GIT_SETTINGS = """[commit]
gpgsign = true
[core]
autocrlf = true
hooksPath = /nowhere
compression = 9
[init]
defaultBranch = trunk
templateDir = /nowhere
[user]
name = Somebody
"""


def names(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.namelist()


def test_an_app_gets_the_package_its_texts_and_licences(release: Tree) -> None:
    found = set(names(release[SWIFT_ZIP]))
    assert {
        f"BlazeMesh/{name}" for name in ("Package.swift", "README.md", "LICENSE", "NOTICE", "manifest.json")
    } < found
    assert "BlazeMesh/Sources/FaceMeshPackage/Models/FaceMesh.mlpackage/Manifest.json" in found
    assert not [name for name in found if "/." in name or not name.startswith("BlazeMesh/")]


def test_the_packages_alone_lie_beside_their_manifest(release: Tree) -> None:
    tops = {name.split("/")[1] for name in names(release[PACKAGES_ZIP])}
    with zipfile.ZipFile(io.BytesIO(release[PACKAGES_ZIP])) as opened:
        manifest = json.loads(opened.read("BlazeMesh/manifest.json"))
    packages = {entry["package"] for entry in manifest["models"]}
    assert tops == packages | {"README.md", "LICENSE", "NOTICE", "manifest.json"}
    assert len(packages) == 9


def test_the_notice_credits_every_model_and_table(release: Tree) -> None:
    with zipfile.ZipFile(io.BytesIO(release[SWIFT_ZIP])) as opened:
        text = opened.read("BlazeMesh/NOTICE").decode()
        models = json.loads(opened.read("BlazeMesh/manifest.json"))["models"]
        licence = opened.read("BlazeMesh/LICENSE")
    assert all(source["sha256"] in text and source["file"] in text for entry in models for source in entry["source"])
    assert text.count("Copyright 20") >= 4
    assert "mediapipe==0.10.21" in text
    assert licence == (ROOT / "LICENSE").read_bytes()


def made_elsewhere(packages: Path, out: Path, umask: int, **variables: str) -> dict[str, bytes]:
    """A release that another process made, in other circumstances."""
    command = [sys.executable, "-m", "blazemesh.release", "--packages", str(packages), "--out", str(out)]
    environment = {**os.environ, **variables}
    environment.pop("SOURCE_DATE_EPOCH", None)
    subprocess.run(command, cwd=ROOT, env=environment, umask=umask, capture_output=True, timeout=120, check=True)
    return read_release(out)


def test_two_machines_make_the_same_bytes(built: Path, release: Tree, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(GIT_SETTINGS)
    here = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "HOME": str(tmp_path), "PYTHONHASHSEED": "1"}
    there = {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    moved = shutil.copytree(built, tmp_path / "other" / "place", copy_function=shutil.copyfile)
    assert made_elsewhere(built, tmp_path / "a", 0o077, **here) == release
    assert made_elsewhere(moved, tmp_path / "b", 0o000, **there) == release


def test_another_time_makes_another_release(built: Path, release: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    other = make_release(built)
    assert other[SWIFT_ZIP] != release[SWIFT_ZIP]
    assert other["BlazeMesh.git/HEAD"] == release["BlazeMesh.git/HEAD"]


@pytest.fixture
def packages(built: Path, tmp_path: Path) -> Path:
    """A copy of the packages, to break."""
    return Path(shutil.copytree(built, tmp_path / "packages"))


def test_packages_other_than_the_manifest_says_are_refused(packages: Path) -> None:
    weights = packages / "FaceMesh.mlpackage" / "Data" / "com.apple.CoreML" / "weights" / "weight.bin"
    data = bytearray(weights.read_bytes())
    data[1000] ^= 1
    weights.write_bytes(data)
    with pytest.raises(InputError, match=r"FaceMesh.mlpackage'?: found other bytes than its SHA-256 in the manifest"):
        make_release(packages)


def test_a_file_too_many_in_a_package_is_refused(packages: Path) -> None:
    (packages / "FaceMesh.mlpackage" / ".DS_Store").write_bytes(b"x")
    with pytest.raises(InputError, match="found other bytes than its SHA-256 in the manifest"):
        make_release(packages)


def change_manifest(packages: Path, **changes: object) -> None:
    manifest = json.loads((packages / "manifest.json").read_bytes())
    manifest["models"][0] |= changes
    (packages / "manifest.json").write_text(json.dumps(manifest))


def test_a_package_that_is_missing_is_refused(packages: Path) -> None:
    shutil.rmtree(packages / "IrisLandmarks.mlpackage")
    with pytest.raises(InputError, match=r"IrisLandmarks.mlpackage.*run `make coreml`"):
        make_release(packages)


def test_a_manifest_without_a_package_of_the_catalogue_is_refused(packages: Path) -> None:
    manifest = json.loads((packages / "manifest.json").read_bytes())
    manifest["models"].pop()
    (packages / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=r"found no IrisLandmarks; run `make coreml`"):
        make_release(packages)


@pytest.mark.parametrize("source", [[], [{"file": "x", "sha256": "0" * 64}], [{}], ["x"]])
def test_a_package_of_unknown_origin_is_refused(packages: Path, source: object) -> None:
    change_manifest(packages, source=source)
    with pytest.raises(InputError, match="run `make coreml`"):
        make_release(packages)


def test_without_a_manifest_one_line_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--packages", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "run `make coreml`" in said
    assert not (tmp_path / "out").exists()


def test_writing_twice_changes_nothing(release: Tree, tmp_path: Path) -> None:
    assert write_release(release, tmp_path / "out")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert not write_release(release, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_older_release_is_replaced_as_a_whole(release: Tree, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("SHA256SUMS", "BlazeMesh-0.0.1.zip"):
        (tmp_path / "out" / name).write_bytes(b"old")
    assert write_release(release, tmp_path / "out")
    assert read_release(tmp_path / "out") == release


def test_a_folder_that_is_no_release_is_left_alone(release: Tree, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    with pytest.raises(InputError, match="is there and is no release"):
        write_release(release, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_full_disk_leaves_the_old_release(release: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release({"SHA256SUMS": b"old"}, tmp_path / "out")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        write_release(release, tmp_path / "out")
    assert read_release(tmp_path / "out") == {"SHA256SUMS": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupted_run_leaves_the_old_release(
    release: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_release({"SHA256SUMS": b"old"}, tmp_path / "out")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("blazemesh.release.__main__.make_release", lambda _: release)
    monkeypatch.setattr("blazemesh.release.making.publish", interrupt)
    assert main(["--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err == "blazemesh: interrupted; nothing half-done was left\n"
    assert read_release(tmp_path / "out") == {"SHA256SUMS": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_tag_is_v_and_the_version() -> None:
    refuse_tag(f"v{__version__}")
    for tag in (__version__, f"v{__version__}.1", f"V{__version__}", f"v{__version__}\n", "refs/tags/v0.1.0", "v"):
        with pytest.raises(InputError, match=f"expected v{__version__}"):
            refuse_tag(tag)


def test_a_wrong_tag_ends_before_anything_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tag", "v9.9.9", "--packages", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert f"found the tag 'v9.9.9', expected v{__version__}" in capsys.readouterr().err


def test_the_version_is_one_that_swiftpm_reads() -> None:
    parts = __version__.split(".")
    assert len(parts) == 3
    assert all(part.isdigit() and str(int(part)) == part for part in parts)
