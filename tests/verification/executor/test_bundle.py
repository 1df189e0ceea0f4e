import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verification.executor.bundle import open_bundle
from verification.executor.errors import PackageError

MODEL = "Data/com.apple.CoreML/model.mlmodel"


def refusal(path: Path) -> str:
    with pytest.raises(PackageError) as caught:
        open_bundle(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.fixture
def change_manifest(package: Path) -> Callable[[Callable[[Any], Any]], None]:
    def change(edit: Callable[[Any], Any]) -> None:
        manifest = json.loads((package / "Manifest.json").read_text())
        edit(manifest)
        (package / "Manifest.json").write_text(json.dumps(manifest))

    return change


def set_model_path(manifest: Any, path: object) -> None:
    manifest["itemInfoEntries"][manifest["rootModelIdentifier"]]["path"] = path


def test_finds_the_model_and_its_weights(pristine: Path) -> None:
    bundle = open_bundle(pristine)
    assert bundle.model == pristine / MODEL
    assert bundle.weights("@model_path/weights/weight.bin") == bundle.model.parent / "weights/weight.bin"


def test_no_package(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.mlpackage") == "found nothing, expected an .mlpackage folder"
    (tmp_path / "file.mlpackage").write_text("")
    assert refusal(tmp_path / "file.mlpackage") == "found a file, expected an .mlpackage folder"


def test_no_manifest(package: Path) -> None:
    (package / "Manifest.json").unlink()
    assert refusal(package) == "the file 'Manifest.json' is missing"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "Manifest.json is no valid JSON: "),
        ("[" * 100_000, "Manifest.json is no valid JSON: "),
        ("[]", "Manifest.json has no itemInfoEntries"),
        ('{"itemInfoEntries": []}', "Manifest.json has no itemInfoEntries"),
        ('{"itemInfoEntries": {}}', "Manifest.json has no rootModelIdentifier"),
        ('{"itemInfoEntries": {}, "rootModelIdentifier": "a"}', "Manifest.json has no path for its root model"),
        ('{"itemInfoEntries": {"a": 1}, "rootModelIdentifier": "a"}', "Manifest.json has no path for its root model"),
    ],
)
def test_bad_manifests(package: Path, content: str, message: str) -> None:
    (package / "Manifest.json").write_text(content)
    assert refusal(package).startswith(message)


def test_a_manifest_that_is_no_text(package: Path) -> None:
    (package / "Manifest.json").write_bytes(b"\xff\xfe\x00\xd8")
    assert refusal(package).startswith("Manifest.json is no valid JSON: ")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../outside", "com.apple.CoreML/../../../outside", "..\\outside", "a\0b"]
)
def test_paths_that_lead_out(package: Path, path: str, change_manifest: Callable[[Callable[[Any], Any]], None]) -> None:
    change_manifest(lambda manifest: set_model_path(manifest, path))
    assert refusal(package).endswith("expected one that stays inside the package")


def test_paths_that_lead_nowhere(package: Path, change_manifest: Callable[[Callable[[Any], Any]], None]) -> None:
    change_manifest(lambda manifest: set_model_path(manifest, "com.apple.CoreML/absent.mlmodel"))
    assert refusal(package) == "the file 'com.apple.CoreML/absent.mlmodel' is missing"
    change_manifest(lambda manifest: set_model_path(manifest, "com.apple.CoreML"))
    assert refusal(package) == "'com.apple.CoreML' is not a file"
    change_manifest(lambda manifest: set_model_path(manifest, 7))
    assert refusal(package) == "Manifest.json has no path for its root model"


def test_links_out_of_the_package(package: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (package / MODEL).rename(outside)
    (package / MODEL).symlink_to(outside)
    assert refusal(package).endswith("is a link out of the package")


def test_links_that_go_in_circles(package: Path) -> None:
    (package / MODEL).unlink()
    (package / MODEL).symlink_to(package / MODEL)
    assert refusal(package).endswith("is missing")
