"""The reference executor: a saved ML Program, called as coremltools' predict is, without a Mac."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from verification.executor.dtypes import Array, numpy_dtype
from verification.executor.errors import PackageError, naming
from verification.executor.inputs import Given, feed
from verification.executor.lowering import Arithmetic, LoweredProgram
from verification.executor.package import load_program
from verification.executor.program import Program
from verification.executor.session import Session


class ReferenceModel:
    """An .mlpackage, executed by ONNX Runtime.

    `arithmetic` says what becomes of values that the package declares as fp16. With "float32" they are computed and
    kept in fp32, constants as stored: what the shipped package means. With "float16" the result of each such operation
    is rounded to the nearest half (ties to even, overflow to infinity) after it was computed in fp32: what hardware
    that keeps halves between operations may do. Values declared as fp32 stay fp32 in both.

    Anything wrong with the package is a PackageError that names it, raised here or, if only the inputs can show it, by
    `predict`.
    """

    def __init__(self, path: str | Path, arithmetic: Arithmetic = "float32") -> None:
        self._open(load_program(Path(path)), arithmetic)

    def computing_in(self, arithmetic: Arithmetic) -> "ReferenceModel":
        """The package as it was loaded, executed in another arithmetic: its files are not read again."""
        other = object.__new__(ReferenceModel)
        other._open(self._program, arithmetic)
        return other

    def _open(self, program: Program, arithmetic: Arithmetic) -> None:
        self._program = program
        with naming(program.path):
            images = [feature.name for feature in self._program.outputs if feature.kind == "image"]
            if images:
                raise PackageError(f"output {images[0]!r} is an image, which is not supported")
            stages = self._program.stages
            self._network = stages.program if stages else self._program
            self._lowered = LoweredProgram(self._network, arithmetic)
            self._sessions: dict[tuple[str, ...], Session] = {}
            self._session_with(())

    @property
    def program(self) -> Program:
        """The loaded program."""
        return self._program

    def predict(self, inputs: Mapping[str, Given]) -> dict[str, Array]:
        """The outputs by name, in their declared types and shapes.

        An image input takes a PIL picture of exactly its size, in mode RGB (also for a BGR layout) or L; every other
        input an array of its shape, of a type that converts to its own without turning floats into integers. An
        optional input that has a default may be left out.
        """
        return self.predict_watching(inputs, ())[0]

    def predict_watching(
        self, inputs: Mapping[str, Given], watched: Sequence[str]
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """As `predict`, and beside the outputs the values `watched`, by their MIL names; fp16 ones come as fp32."""
        with naming(self._program.path):
            fed = feed(self._program.inputs, inputs)
            tensors = dict(self._lowered.operation_results)
            outputs = [tensor.name for tensor in self._lowered.outputs]
            given = {feature.name: fed[feature.name] for feature in self._network.inputs}
            session = self._session_with(tuple(watched))
            arrays = session.run([*outputs, *(tensors[name].name for name in watched)], given)
            found = self._typed(arrays[: len(outputs)])
            if stages := self._program.stages:
                found |= stages.suppression.run(found, fed)
        visible = {feature.name: found[feature.name] for feature in self._program.outputs}
        return visible, dict(zip(watched, arrays[len(outputs) :], strict=True))

    def _session_with(self, watched: tuple[str, ...]) -> Session:
        if watched not in self._sessions:
            tensors = dict(self._lowered.operation_results)
            wanted = [*self._lowered.outputs, *(tensors[name] for name in watched)]
            self._sessions[watched] = Session(self._lowered.serialized(wanted))
        return self._sessions[watched]

    def _typed(self, arrays: Sequence[Array]) -> dict[str, Array]:
        """The network's outputs by name, in their declared types."""
        with np.errstate(over="ignore"):
            return {
                f.name: array.astype(numpy_dtype(f.dtype))
                for f, array in zip(self._network.outputs, arrays, strict=True)
            }

    def trace(self, inputs: Mapping[str, Given]) -> dict[str, Array]:
        """Every value that an operation computes, by its MIL name in the program's order; fp16 values come as fp32."""
        with naming(self._program.path):
            results = self._lowered.operation_results
            fed = feed(self._program.inputs, inputs)
            arrays = self._tracing_session.run(
                [tensor.name for _, tensor in results],
                {feature.name: fed[feature.name] for feature in self._network.inputs},
            )
        return {name: array for (name, _), array in zip(results, arrays, strict=True)}

    @cached_property
    def _tracing_session(self) -> Session:
        return Session(self._lowered.serialized([tensor for _, tensor in self._lowered.operation_results]))
