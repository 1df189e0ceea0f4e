import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazemesh import files as locks
from blazemesh import staging as module
from blazemesh.errors import InputError
from blazemesh.staging import PREFIX, made_folders, publish, refuse_foreign, staging
from tests.conftest import ROOT


def package(folder: Path, content: str) -> Path:
    folder.mkdir()
    (folder / "Manifest.json").write_text(content)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_folder_takes_temporary_files_and_is_gone_afterwards(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    with staging(tmp_path / "deep" / "out") as folder:
        assert folder.parent == tmp_path / "deep" / "out"
        assert Path(tempfile.mkdtemp()).parent == folder
        (folder / "file").touch()
    assert tempfile.gettempdir() == before
    assert names(tmp_path) == []


def test_what_was_published_stays(tmp_path: Path) -> None:
    with staging(tmp_path / "deep" / "out") as folder:
        publish(package(folder / "X", "new"), tmp_path / "deep" / "out" / "X", folder)
    assert names(tmp_path / "deep" / "out") == ["X"]


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with made_folders(tmp_path / "mine" / "new" / "er"):
        assert (tmp_path / "mine" / "new" / "er").is_dir()
    assert names(tmp_path) == ["mine"]
    assert names(tmp_path / "mine") == []


def test_folders_that_cannot_all_be_made_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = os.mkdir

    def refuse(path: str | Path, *arguments: object) -> None:
        if str(path).endswith("er"):
            raise OSError(28, "No space left on device", str(path))
        make(path)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(OSError, match="No space"), made_folders(tmp_path / "new" / "er" / "est"):
        pass
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", [None, "inside"])
def test_an_error_names_the_folder_and_not_the_staging(tmp_path: Path, name: str | None) -> None:
    with pytest.raises(OSError, match="full") as caught, staging(tmp_path) as folder:
        raise OSError(28, "full", *([] if name is None else [str(folder / name)]))
    assert caught.value.filename == str(tmp_path)


def test_an_error_of_another_file_names_that(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, staging(tmp_path):
        Path("/nowhere/x").read_bytes()
    assert caught.value.filename == "/nowhere/x"


KILLED = """
import os, signal, sys
from pathlib import Path
from blazemesh.staging import staging
with staging(Path(sys.argv[1])) as folder:
    (folder / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_left_is_removed_but_not_what_a_living_one_holds(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 1
    with staging(tmp_path) as first:
        assert names(tmp_path) == [first.name]
        with staging(tmp_path) as second:
            assert names(tmp_path) == sorted([first.name, second.name])
    assert names(tmp_path) == []


@pytest.mark.parametrize("moment", ["before it is opened", "before it is held"])
def test_a_folder_that_was_taken_for_abandoned_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    hold = locks.held
    stolen: list[Path] = []

    @contextlib.contextmanager
    def held(folder: Path) -> Iterator[None]:
        if stolen:
            with hold(folder):
                yield
            return
        stolen.append(folder)
        shutil.rmtree(folder)
        if moment == "before it is opened":
            with hold(folder):
                pass
        yield

    monkeypatch.setattr(module, "held", held)
    with staging(tmp_path) as folder:
        assert stolen
        assert folder != stolen[0]
        assert folder.is_dir()
    assert names(tmp_path) == []


def test_a_package_takes_the_place_of_another(tmp_path: Path) -> None:
    package(tmp_path / "X", "old")
    with staging(tmp_path) as folder:
        publish(package(folder / "X", "new"), tmp_path / "X", folder)
        assert (tmp_path / "X" / "Manifest.json").read_text() == "new"
    assert names(tmp_path) == ["X"]


def test_the_old_package_is_put_back_where_the_new_one_cannot_be(tmp_path: Path) -> None:
    package(tmp_path / "X", "old")
    with pytest.raises(FileNotFoundError), staging(tmp_path) as folder:
        publish(folder / "missing", tmp_path / "X", folder)
    assert (tmp_path / "X" / "Manifest.json").read_text() == "old"
    assert names(tmp_path) == ["X"]


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "missing")
    refuse_foreign(package(tmp_path / "X", ""))
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nothing")
    for name in ("file", "link"):
        with pytest.raises(InputError, match=r"is there and is no \.mlpackage; move it or choose another name"):
            refuse_foreign(tmp_path / name)


def test_staging_folders_are_known_by_their_name() -> None:
    assert PREFIX.startswith(".")
