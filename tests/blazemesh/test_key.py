import importlib.metadata
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from blazemesh import key
from blazemesh.catalog import load_catalog
from blazemesh.key import build_key, project_digest
from blazemesh.options import BuildOptions

PRODUCT = load_catalog().product("FaceMesh")
MODEL = PRODUCT.model


def one_key(**changes: object) -> str:
    product = replace(PRODUCT, model=replace(MODEL, **changes))  # type: ignore[arg-type]
    return build_key(product, asdict(BuildOptions()), "project")


def test_the_same_gives_the_same() -> None:
    assert one_key() == build_key(PRODUCT, asdict(BuildOptions()), "project")
    assert len(one_key()) == 64


@pytest.mark.parametrize(
    "changes", [{"sha256": "0" * 64}, {"licence": "MIT"}, {"outputs": MODEL.outputs[:1]}, {"description": "other"}]
)
def test_another_source_or_meaning_gives_another(changes: dict[str, object]) -> None:
    assert one_key(**changes) != one_key()


@pytest.mark.parametrize(
    "options",
    [BuildOptions("float32"), BuildOptions(target="iOS17"), BuildOptions(slots=1), BuildOptions(plain_vision=True)],
)
def test_other_options_give_another(options: BuildOptions) -> None:
    assert build_key(PRODUCT, asdict(options), "project") != one_key()


def test_another_package_of_the_model_gives_another() -> None:
    other = replace(PRODUCT, package=replace(PRODUCT.package, form="eye"))
    assert build_key(other, asdict(BuildOptions()), "project") != one_key()


def test_another_project_or_system_gives_another(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_key(PRODUCT, asdict(BuildOptions()), "other") != one_key()
    here = one_key()
    monkeypatch.setattr(sys, "platform", "another")
    assert one_key() != here


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's code, which the digest is then taken of."""
    for room in key.ROOMS:
        shutil.copytree(key.ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    original = project_digest()
    monkeypatch.setattr(key, "ROOT", tmp_path)
    assert project_digest() == original
    return tmp_path


@pytest.mark.parametrize("file", ["converters/ops/pooling.py", "facts/astronaut.png", "facts/astronaut.json"])
def test_another_byte_in_the_project_gives_another(clone: Path, file: str) -> None:
    before = project_digest()
    path = clone / file
    path.write_bytes(path.read_bytes() + b"\n")
    assert project_digest() != before


@pytest.mark.parametrize("room", key.ROOMS)
def test_another_file_in_the_project_gives_another(clone: Path, room: str) -> None:
    before = project_digest()
    (clone / room / "new.py").touch()
    assert project_digest() != before


def test_what_is_no_part_of_the_project_changes_nothing(clone: Path) -> None:
    before = project_digest()
    (clone / "converters" / "__pycache__").mkdir()
    (clone / "converters" / "__pycache__" / "x.pyc").touch()
    (clone / "converters" / ".#graph.py").symlink_to("somebody@somewhere")  # an editor's mark
    assert project_digest() == before


def test_another_version_of_a_dependency_gives_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = project_digest()
    versions = importlib.metadata.version
    monkeypatch.setattr(key, "version", lambda name: "0.0" if name == "onnxruntime" else versions(name))
    assert project_digest() != before


def test_a_dependency_that_is_not_installed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key, "DEPENDENCIES", ("no-such-package",))
    assert len(project_digest()) == 64
