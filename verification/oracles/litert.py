"""The original `.tflite` in LiteRT: the oracle that every package is held to."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.interpreter import allocated
from verification.oracles.errors import OracleError

Array = NDArray[Any]


class LiteRT:
    """A `.tflite` in LiteRT's own kernels, on one thread, every intermediate tensor kept.

    Without the XNNPACK delegate: it fuses operators away, and the tensors between them are wanted. A model with a
    custom operator that only the delegate knows runs with it, its intermediate tensors unknown; so does any model with
    `delegate`.
    """

    def __init__(self, model: bytes, file: str, delegate: bool = False) -> None:
        self.file = file
        self._fuses = delegate
        try:
            try:
                self._interpreter = allocated(model, delegate)
            except RuntimeError as error:
                if "unresolved custom op" not in str(error):
                    raise
                # MediaPipe's transposed convolution is known to the XNNPACK delegate alone.
                self._interpreter, self._fuses = allocated(model, delegate=True), True
        except (RuntimeError, ValueError) as error:
            raise OracleError(f"{file}: LiteRT does not run it: {_reason(error)}") from error

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The outputs by tensor name, for inputs by tensor name in the original's own shapes (pictures NHWC)."""
        details = self._inputs()
        if missing := sorted(details.keys() ^ inputs.keys()):
            raise OracleError(f"{self.file}: input '{missing[0]}' is not one of both the package and its original")
        self._resize(details, inputs)
        details = self._inputs()
        for name, value in inputs.items():
            if tuple(details[name]["shape"]) != value.shape:
                found, expected = list(value.shape), details[name]["shape"].tolist()
                raise OracleError(f"{self.file}: input '{name}' is {expected} in the original, {found} in the package")
            self._interpreter.set_tensor(details[name]["index"], value.astype(details[name]["dtype"]))
        # A package begins each prediction afresh; LiteRT would go on with what its variables hold.
        self._interpreter.reset_all_variables()
        try:
            self._interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            raise OracleError(f"{self.file}: LiteRT does not run it: {_reason(error)}") from error
        outputs = self._interpreter.get_output_details()
        return {self._called(detail): self._interpreter.get_tensor(detail["index"]) for detail in outputs}

    def _inputs(self) -> dict[str, Mapping[str, Any]]:
        return {self._called(detail): detail for detail in self._interpreter.get_input_details()}

    def _called(self, detail: Mapping[str, Any]) -> str:
        """An input's or output's name; without one, or with that of another, it is called as the converter calls it."""
        alike = detail["index"] in self._alike
        return f"tensor_{detail['index']}" if alike or not detail["name"] else str(detail["name"])

    @cached_property
    def _alike(self) -> frozenset[int]:
        """The inputs that have one name, and the outputs."""
        found: set[int] = set()
        for details in (self._interpreter.get_input_details(), self._interpreter.get_output_details()):
            named = {detail["index"]: detail["name"] for detail in details}
            found |= {index for index, name in named.items() if list(named.values()).count(name) > 1}
        return frozenset(found)

    def _resize(self, details: Mapping[str, Mapping[str, Any]], inputs: Mapping[str, Array]) -> None:
        """Gives the original the package's batch, where its inputs' shapes are the same but for that."""
        known = {name: tuple(int(size) for size in detail["shape"]) for name, detail in details.items()}
        others = [name for name, value in inputs.items() if value.shape != known[name]]
        if not others or any(not inputs[n].shape[:1] or inputs[n].shape[1:] != known[n][1:] for n in others):
            return
        try:
            for name in others:
                self._interpreter.resize_tensor_input(details[name]["index"], inputs[name].shape)
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise OracleError(
                f"{self.file}: LiteRT does not run it with a batch of {inputs[others[0]].shape[0]}: "
                f"{' '.join(str(error).split())}"
            ) from error

    @property
    def needs_delegate(self) -> bool:
        """Whether the delegate's kernels are the ones that run."""
        return self._fuses

    @cached_property
    def operators(self) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
        """Index, kind and output tensors of each operator, in the order of execution."""
        details = self._interpreter._get_ops_details()
        return tuple((d["index"], d["op_name"], tuple(int(t) for t in d["outputs"])) for d in details)

    def tensor(self, index: int) -> Array | None:
        """Tensor `index` as the last run left it; None where it holds nothing, or was fused away."""
        if self._fuses and any(index in outputs for _, _, outputs in self.operators):
            return None
        try:
            value: Array = self._interpreter.get_tensor(index)
        except ValueError:
            return None
        return value

    def name(self, index: int) -> str:
        """The name of tensor `index`."""
        return str(self._names.get(index, f"tensor {index}"))

    @cached_property
    def _names(self) -> dict[int, str]:
        return {detail["index"]: detail["name"] for detail in self._interpreter.get_tensor_details()}

    @cached_property
    def weights_fit_float16(self) -> bool:
        """Whether rounding to float16 leaves every float32 constant as it is: then a float16 package loses nothing."""
        made = {tensor for _, _, outputs in self.operators for tensor in outputs}
        made |= {detail["index"] for detail in self._interpreter.get_input_details()}
        read = {int(tensor) for detail in self._interpreter._get_ops_details() for tensor in detail["inputs"]}
        stored = (self.tensor(index) for index in sorted(read - made) if index >= 0)
        return all(value is None or value.dtype != np.float32 or _fits_float16(value) for value in stored)


def _reason(error: Exception) -> str:
    """What LiteRT says, on one line; where memory runs out it says nothing."""
    return " ".join(str(error).split()) or "too little memory"


def _fits_float16(value: Array) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.all(value.astype(np.float16).astype(np.float32) == value))
