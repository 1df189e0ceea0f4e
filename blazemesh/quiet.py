"""What other people's code prints without being asked."""

import os
import sys
import threading


def quiet_coremltools() -> None:
    """Import coremltools without its remarks about native modules that exist on macOS only, and its progress bars.

    Errors stay visible. Has to come before anybody else imports it.
    """
    from verification.executor.proto import load_proto

    os.environ.setdefault("TQDM_DISABLE", "1")  # read when tqdm is imported
    load_proto()
    from tqdm import tqdm  # type: ignore[import-untyped]

    # Its own lock is one between processes too, which would be reported as leaked when a worker has to end at once.
    tqdm.set_lock(threading.RLock())


def quiet_destructors() -> None:
    """No traceback for a temporary file that can't be closed or removed: on a full disk, or after its folder went.

    coremltools leaves such files to their destructors when a write fails, and that failure is told by itself.
    """
    usual = sys.unraisablehook

    def hook(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, OSError):
            usual(unraisable)

    sys.unraisablehook = hook
