"""Where packages are made before anybody may see them, and how they then appear all at once."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from blazemesh.errors import InputError
from blazemesh.files import abandoned, held

PREFIX = ".blazemesh-staging-"


@contextlib.contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A folder inside `parent` (made if need be) that is gone afterwards, whatever happened.

    Everything that makes temporary files in this process makes them there, coremltools' own packages too, so that
    nothing is left elsewhere either. What killed runs left in `parent` is removed first. OSError, which then names
    `parent`, if it can't be written.
    """
    before = tempfile.tempdir
    with made_folders(parent), contextlib.ExitStack() as stack:
        try:
            remove_abandoned(parent)
            folder = _create_held(parent, stack)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            tempfile.tempdir = str(folder)
            yield folder
        except OSError as error:
            # A failed write names no file, and what is inside the staging folder means nothing to anybody.
            if error.filename is None or PREFIX in str(error.filename):
                error.filename, error.filename2 = str(parent), None
            raise
        finally:
            tempfile.tempdir = before


@contextlib.contextmanager
def made_folders(folder: Path) -> Iterator[None]:
    """Make `folder` and what is missing above it; what was made and is empty in the end is removed again."""
    missing = list(takewhile(lambda path: not path.exists(), (folder, *folder.parents)))
    with contextlib.ExitStack() as stack:
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            stack.callback(_remove_if_empty, path)
        folder.mkdir(exist_ok=True)  # says so where it is a file
        yield


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # something was published there
        folder.rmdir()


def _create_held(parent: Path, stack: contextlib.ExitStack) -> Path:
    """A new folder, held until the stack is unwound."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent.absolute()))
        with contextlib.suppress(FileNotFoundError):
            stack.enter_context(held(folder))
            if folder.exists():
                return folder
        # Between being made and being held it was taken for abandoned.


def remove_abandoned(parent: Path) -> None:
    """Remove the staging folders whose process was killed."""
    for leftover in parent.glob(f"{PREFIX}*"):
        with abandoned(leftover) as nobody_holds_it:
            if nobody_holds_it:
                shutil.rmtree(leftover, ignore_errors=True)


def publish(staged: Path, destination: Path, folder: Path) -> None:
    """Move the package `staged` to `destination`, in place of one that may be there; `folder` is the staging folder.

    Two renames: whoever looks sees the old package, the new one or, for a moment, none; never a part of one. Where the
    second fails the old one is put back.
    """
    old = folder / f"replaced-{destination.name}"
    try:
        if os.path.lexists(destination):
            destination.rename(old)
        staged.rename(destination)
    except BaseException:
        with contextlib.suppress(OSError):
            old.rename(destination)
        raise


def refuse_foreign(destination: Path) -> None:
    """InputError where `destination` is there and is no package: it would be lost."""
    if os.path.lexists(destination) and not (destination / "Manifest.json").is_file():
        raise InputError(f"{str(destination)!r} is there and is no .mlpackage; move it or choose another name")
