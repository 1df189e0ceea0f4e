"""coremltools without its noise: remarks about native modules that exist on macOS only, and progress bars of passes."""

import os


def quiet_coremltools() -> None:
    """Import coremltools quietly; errors stay visible. Has to come before anybody else imports it."""
    from verification.executor.proto import load_proto

    os.environ.setdefault("TQDM_DISABLE", "1")  # read when tqdm is imported
    load_proto()
