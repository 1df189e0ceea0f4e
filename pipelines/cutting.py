"""A `.tflite` cut at operators that LiteRT lacks: those, and between them models that it runs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Segment:
    """Operators that LiteRT runs in one go, as a model of its own.

    Its tensors keep their indices and are named by them, `inputs` and `outputs` too; `operators` are the numbers that
    its operators have in the whole model.
    """

    model: bytes
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Cut:
    """An operator that LiteRT lacks, which makes one tensor."""

    operator: int
    kind: str
    inputs: tuple[int, ...]
    output: int
    options: bytes


@dataclass(frozen=True, eq=False)
class CutModel:
    """The steps of a model in order, its inputs and outputs as tensor indices, its tensors' names and shapes."""

    steps: tuple[Segment | Cut, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    constants: Mapping[int, Array]
    """By tensor, the float32 constants that a cut operator reads."""


def custom_kinds(model: bytes) -> set[str]:
    """The names of the custom operators that a model lists; none where it can't be read."""
    from ai_edge_litert.schema_py_generated import Model

    try:
        table = Model.GetRootAs(model, 0)
        codes = [table.OperatorCodes(index) for index in range(table.OperatorCodesLength())]
        return {(code.CustomCode() or b"").decode("utf-8", "replace") for code in codes} - {""}
    except Exception:  # flatbuffers raises whatever the broken offset happens to hit; LiteRT will say what is wrong
        return set()


def cut(model: bytes, kinds: Collection[str]) -> CutModel:
    """The first subgraph of `model`, cut at the custom operators of these kinds; any exception where it is broken."""
    return _Cutter(model, kinds).cut()


class _Cutter:
    def __init__(self, model: bytes, kinds: Collection[str]) -> None:
        from ai_edge_litert.schema_py_generated import ModelT

        self.model = ModelT.InitFromPackedBuf(model, 0)
        self.graph = self.model.subgraphs[0]
        self.names = tuple(_text(tensor.name) for tensor in self.graph.tensors)
        self.operators: list[Any] = list(self.graph.operators)
        customs = [_text(code.customCode) for code in self.model.operatorCodes]
        self.kinds = {
            index: customs[operator.opcodeIndex]
            for index, operator in enumerate(self.operators)
            if customs[operator.opcodeIndex] in kinds
        }
        self.stored = {
            index
            for index, tensor in enumerate(self.graph.tensors)
            if self.model.buffers[tensor.buffer].data is not None
        }
        self.unpacking = self._unpacking()

    def _unpacking(self) -> dict[int, int]:
        """By the tensor they make, the operators that read constants alone: they unpack weights."""
        found: dict[int, int] = {}
        for index, operator in enumerate(self.operators):
            if index not in self.kinds and all(j in self.stored or j in found for j in _given(operator.inputs)):
                found |= dict.fromkeys(operator.outputs, index)
        return found

    def cut(self) -> CutModel:
        runs = list(self._runs())
        inputs, outputs = (tuple(map(int, indices)) for indices in (self.graph.inputs, self.graph.outputs))
        steps: list[Segment | Cut] = []
        for number, run in enumerate(runs):
            if run[0] in self.kinds:
                steps.append(self._cut(run[0]))
            else:
                wanted = {j for later in runs[number + 1 :] for j in self._read(later)} | set(outputs)
                steps.append(self._segment(run, wanted))
        read = {j for step in steps if isinstance(step, Cut) for j in step.inputs}
        constants = {j: self._constant(j) for j in read & self.stored}
        shapes = tuple(_shape(tensor) for tensor in self.graph.tensors)
        return CutModel(tuple(steps), inputs, outputs, self.names, shapes, constants)

    def _runs(self) -> Iterator[list[int]]:
        """Operators that go together: one that LiteRT lacks by itself, and all between two of those."""
        together: list[int] = []
        for index in range(len(self.operators)):
            if index in self.kinds:
                if together:
                    yield together
                yield [index]
                together = []
            else:
                together.append(index)
        if together:
            yield together

    def _read(self, run: list[int]) -> set[int]:
        """What operators read that others make; weights are unpacked anew for each segment."""
        made = {int(j) for index in run for j in self.operators[index].outputs}
        read = {j for index in run for j in _given(self.operators[index].inputs)} - made - self.stored
        lacking = any(index in self.kinds for index in run)
        return {j for j in read if lacking or j not in self.unpacking}

    def _cut(self, index: int) -> Cut:
        operator = self.operators[index]
        options = b"" if operator.customOptions is None else bytes(bytearray(operator.customOptions))
        (output,) = operator.outputs
        return Cut(index, self.kinds[index], tuple(_given(operator.inputs)), int(output), options)

    def _segment(self, run: list[int], wanted: set[int]) -> Segment:
        operators = self._with_weights(run)
        made = {int(j) for index in operators for j in self.operators[index].outputs}
        inputs = tuple(sorted(self._read(run)))
        outputs = tuple(sorted(made & wanted))
        return Segment(self._packed(operators, inputs, outputs), inputs, outputs, tuple(operators))

    def _with_weights(self, run: list[int]) -> list[int]:
        """The operators, and before them those that unpack their weights."""
        needed = set(run)
        pending = list(run)
        while pending:
            makers = {self.unpacking[j] for j in _given(self.operators[pending.pop()].inputs) if j in self.unpacking}
            pending += makers - needed
            needed |= makers
        return sorted(needed)

    def _packed(self, operators: list[int], inputs: tuple[int, ...], outputs: tuple[int, ...]) -> bytes:
        """A model with these operators alone and the buffers that they read."""
        import flatbuffers  # type: ignore[import-untyped]
        from ai_edge_litert import schema_py_generated as schema

        read = {j for index in operators for j in _given(self.operators[index].inputs)}
        read |= {int(j) for index in operators for j in self.operators[index].outputs} | set(inputs)
        buffers, tensors = [_aligned_buffer(None)], []
        for index, tensor in enumerate(self.graph.tensors):
            fields = dict(vars(tensor), name=str(index), buffer=0)
            if index in read and index in self.stored:
                fields["buffer"] = len(buffers)
                buffers.append(_aligned_buffer(self.model.buffers[tensor.buffer].data))
            tensors.append(schema.TensorT(**fields))
        chosen = [self.operators[index] for index in operators]
        graph = schema.SubGraphT(tensors=tensors, inputs=list(inputs), outputs=list(outputs), operators=chosen)
        codes = self.model.operatorCodes
        model = schema.ModelT(version=self.model.version, operatorCodes=codes, subgraphs=[graph], buffers=buffers)
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def _constant(self, index: int) -> Array:
        tensor = self.graph.tensors[index]
        data = np.asarray(self.model.buffers[tensor.buffer].data, np.uint8)
        return data.view(np.float32).reshape(_shape(tensor))


def _given(indices: Any) -> list[int]:
    return [int(j) for j in indices if j != -1]


def _shape(tensor: Any) -> tuple[int, ...]:
    return () if tensor.shape is None else tuple(int(size) for size in tensor.shape)


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name or ""


def _aligned_buffer(data: Any) -> Any:
    """A buffer whose data starts at a multiple of 16, as the schema's force_align asks and its class forgets."""
    from ai_edge_litert import schema_py_generated as schema

    class Aligned(schema.BufferT):  # type: ignore[misc]
        def Pack(self, builder: Any) -> Any:  # noqa: N802 — the schema's name
            start = None
            if self.data is not None:
                raw = np.asarray(self.data, np.uint8).tobytes()
                builder.StartVector(1, len(raw), 16)
                builder.head -= len(raw)
                builder.Bytes[builder.head : builder.head + len(raw)] = raw
                start = builder.EndVector()
            schema.BufferStart(builder)
            if start is not None:
                schema.BufferAddData(builder, start)
            return schema.BufferEnd(builder)

    return Aligned(data=data)
