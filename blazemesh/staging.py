"""Where packages are made before anybody may see them, and how they then appear all at once."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from blazemesh.errors import InputError
from blazemesh.files import abandoned, held

PREFIX = ".blazemesh-staging-"


@contextlib.contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A folder inside `parent` (made if need be) that is gone afterwards, whatever happened.

    Everything that makes temporary files in this process makes them there, coremltools' own packages too, so that
    nothing is left elsewhere either. What killed runs left in `parent` is removed first. OSError if it can't be
    written.
    """
    made = _make_folders(parent)
    try:
        remove_abandoned(parent)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        before = tempfile.tempdir
        with held(folder):
            try:
                tempfile.tempdir = str(folder)
                yield folder
            finally:
                tempfile.tempdir = before
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        for empty in made:
            with contextlib.suppress(OSError):  # no longer empty: something was published there
                empty.rmdir()


def _make_folders(folder: Path) -> list[Path]:
    """Make `folder` and what is missing above it; the ones made, the deepest first."""
    missing = [folder, *folder.parents]
    missing = missing[: next(j for j, path in enumerate(missing) if path.exists())] if not folder.exists() else []
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def remove_abandoned(parent: Path) -> None:
    """Remove the staging folders whose process was killed."""
    for leftover in parent.glob(f"{PREFIX}*"):
        with abandoned(leftover) as nobody_holds_it:
            if nobody_holds_it:
                shutil.rmtree(leftover, ignore_errors=True)


def publish(staged: Path, destination: Path, folder: Path) -> None:
    """Move the package `staged` to `destination`, in place of one that may be there; `folder` is the staging folder.

    Two renames: whoever looks sees the old package, the new one or, for a moment, none; never a part of one.
    """
    refuse_foreign(destination)
    if destination.exists():
        destination.rename(folder / f"replaced-{destination.name}")
    staged.rename(destination)


def refuse_foreign(destination: Path) -> None:
    """InputError where `destination` is there and is no package: it would be lost."""
    if os.path.lexists(destination) and not (destination / "Manifest.json").is_file():
        raise InputError(f"{str(destination)!r} is there and is no .mlpackage; move it or choose another name")
