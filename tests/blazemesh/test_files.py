import errno
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blazemesh.files import (
    abandoned,
    describe_os_error,
    held,
    made_aside,
    remove_abandoned_files,
    sha256_file,
    write_atomically,
)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Within this block no file may grow beyond `size` bytes: a write fails half-way, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


def test_sha256_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (tmp_path / "data").write_bytes(data)
    assert sha256_file(tmp_path / "data") == hashlib.sha256(data).hexdigest()


def test_a_file_is_written_replaced_and_as_readable_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert names_in(tmp_path) == ["file"]
    (tmp_path / "other").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_write_that_fails_half_way_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="File too large") as caught, largest_file(1000):
        write_atomically(path, bytes(5000))
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["file"]
    assert describe_os_error(caught.value) == (
        f"cannot write '{path}': it is larger than the system lets a file be; raise the limit (ulimit -f)"
    )


def test_a_path_that_cannot_be_written_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path, reason in (
        (tmp_path / "file" / "x", "a part of its path is a file, expected a folder"),
        (tmp_path / "none" / "x", "it, or a folder on its path, does not exist"),
        (tmp_path / "folder", "it is a folder, expected a file"),
    ):
        with pytest.raises(OSError, match=str(path)) as caught:
            write_atomically(path, b"data")
        assert describe_os_error(caught.value).startswith(f"cannot open '{path}': {reason}; ")
    assert names_in(tmp_path) == ["file", "folder"]


def fill(path: Path, text: str, ending: BaseException) -> None:
    """Write aside and fail."""
    with made_aside(path) as aside:
        aside.write_text(text)
        raise ending


def test_what_others_write_appears_when_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("old")
    with made_aside(path) as aside:
        assert (aside.parent, aside.suffix) == (tmp_path, ".mp4")
        aside.write_text("new")
        remove_abandoned_files(tmp_path)
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    with pytest.raises(KeyboardInterrupt):
        fill(path, "as far as it goes", KeyboardInterrupt())
    assert path.read_text() == "as far as it goes"
    assert list(tmp_path.iterdir()) == [path]


def test_what_others_could_not_finish_or_begin_does_not_appear(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("old")
    with pytest.raises(ValueError, match="broken"):
        fill(path, "half", ValueError("broken"))
    with made_aside(path):
        pass
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])
    with pytest.raises(OSError, match=r"x\.mp4") as caught:
        fill(tmp_path / "none" / "x.mp4", "", AssertionError())
    assert describe_os_error(caught.value).startswith(f"cannot open '{tmp_path}/none/x.mp4'")


def test_writers_of_one_file_do_not_mix_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([number]) * 100_000 for number in range(4)]

    def write(content: bytes) -> None:
        for _ in range(5):
            write_atomically(path, content)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert names_in(tmp_path) == ["file"]


KILLED_WRITER = """
import os, sys
from pathlib import Path
from blazemesh.files import write_atomically
os.fsync = lambda descriptor: (print("half-way", flush=True), sys.stdin.read())
write_atomically(Path(sys.argv[1]), b"new")
"""


def test_what_a_killed_writer_left_is_removed_but_not_what_a_living_one_holds(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half-way\n"
        remove_abandoned_files(tmp_path)
        assert len(names_in(tmp_path)) == 2
        writer.kill()
    assert path.read_bytes() == b"old"
    remove_abandoned_files(tmp_path)
    assert names_in(tmp_path) == ["file"]


def test_a_folder_is_abandoned_when_nobody_holds_it(tmp_path: Path) -> None:
    with held(tmp_path), abandoned(tmp_path) as nobody_holds_it:
        assert not nobody_holds_it
    with abandoned(tmp_path) as nobody_holds_it:
        assert nobody_holds_it
    with abandoned(tmp_path / "nothing") as nobody_holds_it:
        assert not nobody_holds_it


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "cannot write 'out/x': the disk is full; free some space"),
        (errno.EDQUOT, "cannot write 'out/x': your disk quota is used up; free some space"),
        (errno.EROFS, "cannot write 'out/x': the file system is read-only; choose another folder"),
        (errno.EACCES, "cannot open 'out/x': permission is denied; change its permissions"),
        (errno.ENOENT, "cannot open 'out/x': it, or a folder on its path, does not exist; check the path"),
        (errno.EIO, f"cannot use 'out/x': {os.strerror(errno.EIO)}; check the path"),
    ],
)
def test_an_error_is_told_with_its_path_its_reason_and_what_to_do(code: int, said: str) -> None:
    assert describe_os_error(OSError(code, os.strerror(code), "out/x")).startswith(said)


def test_an_error_is_one_line_whatever_it_holds() -> None:
    assert describe_os_error(OSError("no number")) == "cannot use a file: no number; check the path"
    assert describe_os_error(OSError(errno.ENOENT, "gone", "a\nb")).startswith(r"cannot open 'a\nb': ")
    assert describe_os_error(OSError(errno.ENOENT, "gone", b"\xff")).startswith(r"cannot open '\udcff': ")
    assert "\n" not in describe_os_error(OSError("two\nlines"))
    renamed = OSError(errno.ENOTEMPTY, "busy", "from", None, "onto")
    assert describe_os_error(renamed).startswith("cannot replace 'onto': ")
