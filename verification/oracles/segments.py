"""An original with operators that LiteRT lacks: LiteRT between them, plain numpy in their place."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from pipelines.cutting import Cut, Segment, cut
from pipelines.errors import OperatorError
from pipelines.region_operators import KERNELS, computed, kernel
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT

Array = NDArray[Any]


class SegmentedLiteRT:
    """A `.tflite` in LiteRT's own kernels, segment by segment; to be used as LiteRT is, tensor indices and all."""

    def __init__(self, model: bytes, file: str) -> None:
        self.file = file
        try:
            self._cut = cut(model, KERNELS.keys())
        except Exception as error:  # flatbuffers raises whatever the broken offset happens to hit
            raise OracleError(f"{file}: LiteRT does not run it: its tables can't be read") from error
        self._steps = [(step, self._engine(step)) for step in self._cut.steps]
        self._values: dict[int, Array] = {}

    def _engine(self, step: Segment | Cut) -> Any:
        try:
            return LiteRT(step.model, self.file) if isinstance(step, Segment) else kernel(step.kind, step.options)
        except (OracleError, OperatorError) as error:
            raise self._located(step, error) from error

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The outputs by tensor name, for inputs by tensor name in the original's own shapes (pictures NHWC)."""
        values: dict[int, Array] = {**self._cut.constants, **self._given(inputs)}
        for step, engine in self._steps:
            try:
                if missing := [self.name(j) for j in step.inputs if j not in values]:
                    raise OracleError(f"reads '{missing[0]}' before it is made")
                if isinstance(step, Segment):
                    found = engine.run({str(j): values[j] for j in step.inputs})
                    values |= {int(name): value for name, value in found.items()}
                else:
                    values[step.output] = computed(engine, step.kind, [values[j] for j in step.inputs])
            except (OracleError, OperatorError) as error:
                raise self._located(step, error) from error
        self._values = values
        return {self.name(j): values[j] for j in self._cut.outputs}

    def _given(self, inputs: Mapping[str, Array]) -> dict[int, Array]:
        """The inputs by tensor."""
        tensors = {self.name(j): j for j in self._cut.inputs}
        if missing := sorted(tensors.keys() ^ inputs.keys()):
            raise OracleError(f"{self.file}: input '{missing[0]}' is not one of both the package and its original")
        for name, j in tensors.items():
            found, expected = list(inputs[name].shape), list(self._cut.shapes[j])
            if found != expected:
                raise OracleError(f"{self.file}: input '{name}' is {expected} in the original, {found} in the package")
        return {j: inputs[name] for name, j in tensors.items()}

    def _located(self, step: Segment | Cut, error: OracleError | OperatorError) -> OracleError:
        """A segment's error names tensors by number; an operator's names the operator alone."""
        if isinstance(step, Segment):
            return OracleError(str(error))
        return OracleError(f"{self.file}: operator {step.operator} {error}")

    @property
    def needs_delegate(self) -> bool:
        """The operators between the segments have one set of kernels alone."""
        return True

    @cached_property
    def operators(self) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
        """Index, kind and output tensors of each operator, in the order of execution."""
        found: dict[int, tuple[int, str, tuple[int, ...]]] = {}
        for step, engine in self._steps:
            if isinstance(step, Cut):
                found[step.operator] = (step.operator, step.kind, (step.output,))
                continue
            for position, kind, outputs in engine.operators:
                if position < len(step.operators):  # beyond them are a delegate's own
                    number = step.operators[position]
                    found.setdefault(number, (number, kind, outputs))
        return tuple(found[number] for number in sorted(found))

    def tensor(self, index: int) -> Array | None:
        """Tensor `index` as the last run left it; None where it holds nothing, or was fused away."""
        for step, engine in self._steps:
            if isinstance(step, Segment) and index in self._made[id(step)]:
                return engine.tensor(index)  # type: ignore[no-any-return]
        return self._values.get(index)

    @cached_property
    def _made(self) -> dict[int, frozenset[int]]:
        return {
            id(step): frozenset(j for _, _, outputs in engine.operators for j in outputs)
            for step, engine in self._steps
            if isinstance(step, Segment)
        }

    def name(self, index: int) -> str:
        """The name of tensor `index`."""
        return self._cut.names[index] if 0 <= index < len(self._cut.names) else f"tensor {index}"

    @cached_property
    def weights_fit_float16(self) -> bool:
        """Whether rounding to float16 leaves every float32 constant as it is: then a float16 package loses nothing."""
        return all(engine.weights_fit_float16 for step, engine in self._steps if isinstance(step, Segment))
