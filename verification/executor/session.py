"""ONNX Runtime, on one thread and quiet, and telling nobody."""

import os
from collections.abc import Mapping, Sequence

# From 1.29 on it reports to its makers, and keeps a number for this computer and a database in the user's cache, unless
# this says no when it is loaded (microsoft/onnxruntime#27379). Both names are in use.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

# ONNX Runtime's exceptions have no base of their own. Its log repeats them, so that is off but for fatal errors.
_FAILURES = (
    ort.EPFail,
    ort.Fail,
    ort.InvalidArgument,
    ort.InvalidGraph,
    ort.InvalidProtobuf,
    ort.NotImplemented,
    ort.RuntimeException,
)
_FATAL = 4


class Session:
    """A compiled ONNX model. The same input gives the same output: one thread, sums in a fixed order."""

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        options.log_severity_level = _FATAL
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except _FAILURES as error:
            raise PackageError(f"ONNX Runtime refuses the program: {_one_line(error)}") from None

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        """The named outputs, in order."""
        try:
            return list(self._session.run(outputs, inputs))
        except _FAILURES as error:
            raise PackageError(f"the program can't be executed: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
