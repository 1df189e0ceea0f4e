"""What other people's code prints without being asked."""

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import partialmethod


def quiet_coremltools() -> None:
    """Import coremltools without its remarks about native modules that exist on macOS only; errors stay visible."""
    from verification.executor.proto import load_proto

    load_proto()


@contextlib.contextmanager
def no_progress_bars() -> Iterator[None]:
    """Within this block coremltools shows no bars, which would mix with the lines of whoever called it."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    usual = tqdm.__init__
    tqdm.__init__ = partialmethod(usual, disable=True)
    try:
        yield
    finally:
        tqdm.__init__ = usual


@contextlib.contextmanager
def no_native_messages() -> Iterator[None]:
    """Within this block what C libraries write to standard error is lost: libtiff remarks on every odd tag there."""
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


def quiet_destructors() -> None:
    """No traceback for a temporary file that can't be closed or removed: on a full disk, or after its folder went.

    coremltools leaves such files to their destructors when a write fails, and that failure is told by itself.
    """
    usual = sys.unraisablehook

    def hook(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, OSError):
            usual(unraisable)

    sys.unraisablehook = hook
