import shutil
import subprocess
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from blazemesh.release.repository import commit_of, write_repository

TIME = datetime(1980, 1, 1, tzinfo=UTC)
# Names that git sorts in another way than by their letters: a folder as if it ended in a slash.
TREE = {"a/x": b"", "a.b": b"1", "a-b/y/z": b"2", "a0": b"3" * 200_000, "é": b"4"}

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")


def git(*arguments: object) -> str:
    command = ["git", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, timeout=60, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "x.git"
    for path, data in write_repository(TREE, "1.2.3", TIME).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@needs_git
def test_git_finds_no_fault_and_every_file(repository: Path, tmp_path: Path) -> None:
    git("--git-dir", repository, "fsck", "--strict", "--full")
    git("-c", "core.autocrlf=false", "clone", "-q", repository, tmp_path / "clone")
    found = {
        path.relative_to(tmp_path / "clone").as_posix(): path.read_bytes()
        for path in (tmp_path / "clone").rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    assert found == TREE


@needs_git
def test_git_itself_would_make_the_same_tree_and_lists(repository: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    git("init", "-q", work)
    for path, data in TREE.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes(data)
    git("-C", work, "-c", "core.autocrlf=false", "add", "-A")
    tree = git("-C", work, "write-tree")
    assert git("--git-dir", repository, "rev-parse", "1.2.3^{tree}") == tree
    lists = {name: (repository / name).read_bytes() for name in ("info/refs", "objects/info/packs")}
    git("--git-dir", repository, "update-server-info", "--force")
    assert {name: (repository / name).read_bytes() for name in lists} == lists


@needs_git
def test_the_commit_has_one_author_and_the_time_given(repository: Path) -> None:
    told = git("--git-dir", repository, "log", "--format=%an|%ae|%at|%cn|%ct|%s|%D", "--all").strip()
    assert told == "BlazeMesh|release@blazemesh.invalid|315532800|BlazeMesh|315532800|BlazeMesh 1.2.3|" + (
        "HEAD -> main, tag: 1.2.3"
    )


@pytest.fixture
def url(repository: Path) -> Iterator[str]:
    """A web server that knows nothing of git."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(repository.parent))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{repository.name}"
        server.shutdown()
        thread.join()


@needs_git
def test_any_web_server_can_offer_it(url: str, tmp_path: Path) -> None:
    git("-c", "http.proxy=", "clone", "-q", "--mirror", url, tmp_path / "mirror")
    assert git("--git-dir", tmp_path / "mirror", "ls-tree", "-r", "--name-only", "1.2.3").count("\n") == len(TREE)


def test_the_same_files_make_the_same_commit_and_others_another() -> None:
    made = write_repository(TREE, "1.2.3", TIME)
    assert write_repository(dict(reversed(TREE.items())), "1.2.3", TIME) == made
    names = {
        commit_of(made, "1.2.3"),
        commit_of(write_repository({**TREE, "a/x": b"5"}, "1.2.3", TIME), "1.2.3"),
        commit_of(write_repository(TREE, "1.2.4", TIME), "1.2.4"),
        commit_of(write_repository(TREE, "1.2.3", datetime(1981, 1, 1, tzinfo=UTC)), "1.2.3"),
    }
    assert len(names) == 4


def test_objects_are_stored_whatever_zlib_is_here() -> None:
    objects = [data for path, data in write_repository(TREE, "1.2.3", TIME).items() if path.count("/") == 2]
    large = next(data for data in objects if len(data) > 200_000)
    assert zlib.decompress(large) == b"blob 200000\0" + TREE["a0"]
    assert TREE["a0"][:60_000] in large
