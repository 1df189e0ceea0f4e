"""Files: their SHA-256, writing them so that nobody ever sees half of one, and what to say when that fails."""

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

_ASIDE = ".blazemesh-"  # what a file written aside is called until it is whole

_REASONS = {
    errno.ENOSPC: ("cannot write", "the disk is full", "free some space or choose another folder"),
    errno.EDQUOT: ("cannot write", "your disk quota is used up", "free some space or choose another folder"),
    errno.EFBIG: ("cannot write", "it is larger than the system lets a file be", "raise the limit (ulimit -f)"),
    errno.EROFS: ("cannot write", "the file system is read-only", "choose another folder"),
    errno.EACCES: ("cannot open", "permission is denied", "change its permissions or choose another"),
    errno.EPERM: ("cannot open", "the system does not allow it", "change its permissions or choose another"),
    errno.ENOENT: ("cannot open", "it, or a folder on its path, does not exist", "check the path"),
    errno.EISDIR: ("cannot open", "it is a folder, expected a file", "name a file"),
    errno.ENOTDIR: ("cannot open", "a part of its path is a file, expected a folder", "check the path"),
    errno.EEXIST: ("cannot create", "something of that name is there already", "move it or choose another name"),
    errno.ENOTEMPTY: ("cannot replace", "it is a folder that is not empty", "move it or choose another name"),
    errno.ENAMETOOLONG: ("cannot open", "its name is too long", "choose a shorter one"),
    errno.ELOOP: ("cannot open", "its symbolic links lead in a circle", "check the path"),
    errno.EMFILE: ("cannot open", "too many files are open", "raise the limit (ulimit -n)"),
}


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 lower-case hexadecimal digits; OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`: whoever looks, at whatever moment, sees the old file or the new one and never a part.

    The folder must exist. On failure (OSError, which names the path) nothing is left behind; what a killed process
    left in the folder is removed.
    """
    try:
        remove_abandoned_files(path.parent)
        aside, descriptor = _create_aside(path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
                aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:  # a failed write names no file, and the aside's name would tell nobody anything
        error.filename, error.filename2 = str(path), None
        raise


@contextlib.contextmanager
def made_aside(path: Path) -> Iterator[Path]:
    """A new, empty file beside `path`, with its suffix, for somebody else's code to fill within this block.

    It becomes `path` when the block ends, or is interrupted (KeyboardInterrupt), unless it is empty still; after any
    other exception it is gone. OSError names `path`.
    """
    keep = False
    try:
        remove_abandoned_files(path.parent)
        aside, descriptor = _create_aside(path.parent, path.suffix)
        try:
            yield aside
            keep = True
        except KeyboardInterrupt:
            keep = True
            raise
        finally:
            if keep and aside.stat().st_size > 0:
                aside.replace(path)
            aside.unlink(missing_ok=True)
            os.close(descriptor)
    except OSError as error:
        if error.filename is None or _ASIDE in str(error.filename):
            error.filename, error.filename2 = str(path), None
        raise


def _create_aside(folder: Path, suffix: str = "") -> tuple[Path, int]:
    """Create and hold a file of a name that never was there: one who removes an abandoned file removes it by name."""
    while True:
        aside = folder / f"{_ASIDE}{os.urandom(8).hex()}{suffix}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        _hold(descriptor)
        if os.fstat(descriptor).st_nlink > 0:
            return aside, descriptor
        os.close(descriptor)  # between being created and being held it was taken for abandoned


def remove_abandoned_files(folder: Path) -> None:
    """Remove what `write_atomically` left in a folder when its process was killed."""
    for leftover in folder.glob(f"{_ASIDE}*"):
        with abandoned(leftover) as nobody_holds_it, contextlib.suppress(OSError):
            if nobody_holds_it:
                leftover.unlink()


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Mark a file or folder as in use within this block, at most until the process ends; wait while another does.

    The mark is an advisory lock: it outlives no process, and, unlike a process's number, it means the same in every
    container that shares the folder. Where the file system has no locks there is no mark.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _hold(descriptor)
        yield
    finally:
        os.close(descriptor)


def _hold(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextlib.contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Tell whether nobody holds a file or folder; within this block nobody can begin to. False if it can't be known."""
    with contextlib.ExitStack() as stack:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            nobody_holds_it = False
        else:
            nobody_holds_it = True
        yield nobody_holds_it


def describe_os_error(error: OSError) -> str:
    """Say in one line what could not be opened or written, why, and what to do about it."""
    other = " ".join((error.strerror or str(error)).split())
    what, why, advice = _REASONS.get(error.errno or 0, ("cannot use", other, "check the path"))
    name = error.filename if error.filename2 is None else error.filename2
    shown = "a file" if name is None else repr(os.fsdecode(name) if isinstance(name, str | bytes) else str(name))
    return f"{what} {shown}: {why}; {advice}"
