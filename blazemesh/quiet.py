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


def quiet_tensorflow() -> None:
    """Import Keras and TensorFlow without their remarks about processors; errors stay visible.

    oneDNN's kernels, whose sums depend on the processor, are left out, so that the same model gives the same numbers.
    So are the user's settings of Keras (KERAS_BACKEND, ~/.keras/keras.json): the environment has this backend alone,
    and models are float32 with their channels last.
    """
    from pipelines.silence import no_native_messages

    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    with no_native_messages():
        import keras
        import tensorflow

    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    tensorflow.get_logger().setLevel("ERROR")


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


def quiet_destructors() -> None:
    """No traceback for a temporary file that can't be closed or removed: on a full disk, or after its folder went.

    coremltools leaves such files to their destructors when a write fails, and that failure is told by itself.
    """
    usual = sys.unraisablehook

    def hook(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, OSError):
            usual(unraisable)

    sys.unraisablehook = hook
