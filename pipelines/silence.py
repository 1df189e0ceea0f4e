"""What native libraries print without being asked."""

import contextlib
import os
from collections.abc import Iterator
from threading import RLock

_STANDARD_ERROR = RLock()
"""Of two threads the second would otherwise keep as the real one what the first has put in its place."""


@contextlib.contextmanager
def no_native_messages() -> Iterator[None]:
    """Within this block what C libraries write to standard error is lost; one thread at a time is in it.

    libtiff remarks on every odd tag there, and LiteRT's delegate on its own making.
    """
    with _STANDARD_ERROR:
        try:
            kept = os.dup(2)
        except OSError:  # closed from the start
            yield
            return
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        os.close(null)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
