"""What the judge says when it can't judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PackageError(ValueError):
    """A saved package can't be read or executed: one line that names the file and what is wrong with it."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Puts the package's path before the message of a PackageError that doesn't begin with it."""
    try:
        yield
    except PackageError as error:
        if str(error).startswith(str(path)):
            raise
        raise PackageError(f"{path}: {error}") from None
