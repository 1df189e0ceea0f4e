"""Bytes of a `.tflite` file → Graph, through the schema classes that LiteRT ships."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from converters.densify import Sparsity, read_sparsity
from converters.errors import ConversionError
from converters.folding import fold_stored_weights
from converters.graph import Array, Graph, Operator, Option, Tensor

# TensorType names of the schema that a Graph can hold; other types (strings, complex numbers, variants) are refused.
DTYPES = {
    "FLOAT32": "float32",
    "FLOAT16": "float16",
    "FLOAT64": "float64",
    "INT8": "int8",
    "UINT8": "uint8",
    "INT16": "int16",
    "UINT16": "uint16",
    "INT32": "int32",
    "UINT32": "uint32",
    "INT64": "int64",
    "BOOL": "bool",
}
FOREIGN_TYPES = {
    "STRING": "Core ML's tensors hold numbers: take what reads and writes text out of the model",
    "COMPLEX64": "Core ML knows no complex numbers: export the real and the imaginary part as two tensors",
    "COMPLEX128": "Core ML knows no complex numbers: export the real and the imaginary part as two tensors",
    "RESOURCE": "it names a variable, which lives from one run to the next: export a model without variables",
    "VARIANT": "it holds a list or another value that is no tensor: export the model with built-in operators alone",
}
"""What there is to say of the types that no tensor of Core ML has."""
MOST_ELEMENTS = 2**28
"""More elements than any tensor of a model for a phone; beyond it the file is broken or hostile."""

MOST_VALUES = 2**27
"""In all tensors together: 512 MB of float32, ten times a face network's. A few bytes can claim any number of them."""


def read_tflite(data: bytes, file: str) -> Graph:
    """Read a model's bytes; `file` is its name for messages. ConversionError, in one line, for what is none."""
    refuse_other_files(data, file)
    try:
        graph = _FileReader(data, file).graph()
    except ConversionError as error:
        raise ConversionError(f"{file}: {error}") from error
    except Exception as error:  # flatbuffers and numpy raise whatever the broken offset happens to hit
        raise ConversionError(
            f"{file}: broken or truncated .tflite: its tables can't be read; fetch or export it again"
        ) from error
    return graph


def refuse_other_files(data: bytes, file: str) -> None:
    """ConversionError that says what the file is instead, where its first bytes show that it is no `.tflite`."""
    if data[4:8] == b"TFL3":
        return
    found = f"{len(data)} bytes without the identifier TFL3 at byte 4"
    if not data:
        found = "an empty file"
    elif data.startswith(b"version https://git-lfs"):
        found = "a Git LFS pointer (the model itself was not pulled: run `git lfs pull`)"
    elif data.startswith(b"PK\x03\x04"):
        found = "a zip archive (unpack it and pass the .tflite inside)"
    elif data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        found = "a web page (a download that was answered by one: fetch the file itself)"
    raise ConversionError(f"{file}: expected a .tflite model, found {found}")


@cache
def _schema() -> Any:
    from ai_edge_litert import schema_py_generated

    return schema_py_generated


@cache
def _names(enumeration: str) -> dict[int, str]:
    members = vars(getattr(_schema(), enumeration))
    return {value: name for name, value in members.items() if isinstance(value, int)}


class _FileReader:
    """Walks the file's tables once.

    What is read is counted against the file's size: an honest file stores each value that it has, while tables that
    share one long vector would take longer and more memory than any file is worth.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self.data = data
        self.file = file
        self.unread = len(data)
        self.model = _schema().Model.GetRootAs(data, 0)
        self.sparsities: dict[int, Sparsity] = {}

    def graph(self) -> Graph:
        if self.model.SubgraphsLength() < 1:
            raise ConversionError("the model has no subgraph")
        subgraph = self.model.Subgraphs(0)
        tensors = [
            self._tensor(index, subgraph.Tensors(index)) for index in self._range(subgraph.TensorsLength(), "tensors")
        ]
        if (values := sum(_elements(tensor.shape) for tensor in tensors)) > MOST_VALUES:
            raise ConversionError(f"its tensors hold {values} values, expected at most {MOST_VALUES} in all")
        operators = [
            self._operator(index, subgraph.Operators(index))
            for index in self._range(subgraph.OperatorsLength(), "operators")
        ]
        inputs = self._indices(subgraph.InputsLength(), subgraph.InputsAsNumpy, "graph inputs")
        graph = Graph(
            file=self.file,
            sha256=hashlib.sha256(self.data).hexdigest(),
            tensors=tuple(_with_empty_constants(tensors, {*inputs, *(j for o in operators for j in o.outputs)})),
            operators=tuple(operators),
            inputs=inputs,
            outputs=self._indices(subgraph.OutputsLength(), subgraph.OutputsAsNumpy, "graph outputs"),
            subgraphs=self.model.SubgraphsLength(),
        )
        check_order(graph)
        return fold_stored_weights(_told_apart(graph), self.sparsities)

    def _range(self, length: int, what: str) -> range:
        if not 0 <= length <= self.unread:
            raise ConversionError(f"broken .tflite: {length} {what}, too many for a file of {len(self.data)} bytes")
        self.unread -= length
        return range(length)

    def _text(self, raw: bytes | None, default: str) -> str:
        self._range(len(raw or b""), "bytes of a name")
        return (raw or b"").decode("utf-8", "replace") or default

    def _indices(self, length: int, vector: Callable[[], Array], what: str) -> tuple[int, ...]:
        return tuple(vector().tolist()) if self._range(length, what) else ()

    def _tensor(self, index: int, source: Any) -> Tensor:
        name = self._text(source.Name(), f"tensor_{index}")
        type_name = _names("TensorType").get(source.Type(), str(source.Type()))
        if type_name not in DTYPES:
            why = FOREIGN_TYPES.get(type_name, f"float models hold {', '.join(DTYPES)}")
            raise ConversionError(f"{self._user(index)}tensor '{name}' is of type {type_name}; {why}")
        dtype = DTYPES[type_name]
        shape = self._indices(source.ShapeLength(), source.ShapeAsNumpy, "dimensions")
        if any(size < 0 for size in shape) or _elements(shape) > MOST_ELEMENTS:
            raise ConversionError(
                f"tensor '{name}' has the shape {list(shape)}, expected sizes of 0 or more, in reason"
            )
        quantization = source.Quantization()
        quantized = quantization is not None and quantization.ScaleLength() > 0
        sparsity = source.Sparsity()
        if sparsity is not None:
            self.sparsities[index] = read_sparsity(sparsity)
            self._range(self.sparsities[index].size, "numbers of a sparse tensor's layout")
        value = self._value(name, source.Buffer(), dtype, shape, sparse=sparsity is not None)
        variable = bool(source.IsVariable()) and value is None
        if variable:
            self._range(_elements(shape), "elements of a variable")
            value = np.zeros(shape, dtype)
        signature = self._indices(source.ShapeSignatureLength(), source.ShapeSignatureAsNumpy, "dimensions")
        open_axes = tuple(axis for axis, size in enumerate(signature[: len(shape)]) if size == -1)
        return Tensor(index, name, shape, dtype, value, quantized, sparsity is not None, variable, open_axes)

    def _value(self, name: str, buffer: int, dtype: str, shape: tuple[int, ...], sparse: bool) -> Array | None:
        """The constant in `buffer`, read-only; a sparse one stays the flat list of its stored values."""
        if not 0 <= buffer < self.model.BuffersLength():
            raise ConversionError(f"tensor '{name}' names buffer {buffer} of {self.model.BuffersLength()}")
        source = self.model.Buffers(buffer)
        if source.Offset() > 1 and source.Size() > 0:  # the large-model form: the data lies behind the tables
            raw = np.frombuffer(self.data, np.uint8, count=source.Size(), offset=source.Offset())
        elif source.DataLength() > 0:
            raw = source.DataAsNumpy()
        else:
            return None
        if raw.size % np.dtype(dtype).itemsize:
            raise ConversionError(f"tensor '{name}' holds {raw.size} bytes, which are no whole number of {dtype}")
        value: Array = raw.view(dtype)
        if sparse:
            return value
        if value.size != _elements(shape):
            raise ConversionError(f"tensor '{name}' of shape {list(shape)} holds {value.size} values")
        return value.reshape(shape)

    def _user(self, tensor: int) -> str:
        """The first operator that reads or makes the tensor, to stand before what is wrong with it; else nothing."""
        subgraph = self.model.Subgraphs(0)
        for index in self._range(subgraph.OperatorsLength(), "operators"):
            operator = subgraph.Operators(index)
            inputs = self._indices(operator.InputsLength(), operator.InputsAsNumpy, "inputs")
            if tensor in (*inputs, *self._indices(operator.OutputsLength(), operator.OutputsAsNumpy, "outputs")):
                return f"operator {index} {self._kind(index, operator)[0]}: "
        return ""

    def _kind(self, index: int, source: Any) -> tuple[str, bool]:
        """An operator's kind, and whether it is a custom one."""
        codes = self.model.OperatorCodesLength()
        if not 0 <= source.OpcodeIndex() < codes:
            raise ConversionError(f"operator {index} names code {source.OpcodeIndex()} of {codes}")
        code = self.model.OperatorCodes(source.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        kind = _names("BuiltinOperator").get(number, f"builtin {number}")
        if kind == "CUSTOM":
            return self._text(code.CustomCode(), "unnamed custom operator"), True
        return kind, False

    def _operator(self, index: int, source: Any) -> Operator:
        kind, custom = self._kind(index, source)
        inputs = self._indices(source.InputsLength(), source.InputsAsNumpy, "inputs")
        options = _options(source)
        self._range(sum(len(value) for value in options.values() if isinstance(value, tuple)), "numbers of options")
        self._range(source.CustomOptionsLength(), "bytes of options")
        return Operator(
            index=index,
            kind=kind,
            inputs=tuple(None if j == -1 else j for j in inputs),
            outputs=self._indices(source.OutputsLength(), source.OutputsAsNumpy, "outputs"),
            options=MappingProxyType(options),
            custom=custom,
            custom_options=source.CustomOptionsAsNumpy().tobytes() if source.CustomOptionsLength() else b"",
        )


def _told_apart(graph: Graph) -> Graph:
    """The graph with inputs, and outputs, of one name called by their indices, as tensors without a name are."""
    alike: set[int] = set()
    for indices in (set(graph.inputs), set(graph.outputs)):
        names = Counter(graph.tensors[index].name for index in indices)
        alike |= {index for index in indices if names[graph.tensors[index].name] > 1}
    tensors = (replace(t, name=f"tensor_{t.index}") if t.index in alike else t for t in graph.tensors)
    return replace(graph, tensors=tuple(tensors)) if alike else graph


def _with_empty_constants(tensors: list[Tensor], made: set[int]) -> list[Tensor]:
    """The tensors; one without elements that nobody makes is a constant, though no bytes in the file say so."""
    return [
        replace(tensor, value=np.zeros(tensor.shape, tensor.dtype))
        if tensor.value is None and 0 in tensor.shape and tensor.index not in made
        else tensor
        for tensor in tensors
    ]


def _elements(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _options(source: Any) -> dict[str, Option]:
    """The operator's options under the schema's names, its enumerations as the schema's words."""
    unpacked = _schema().BuiltinOptionsCreator(source.BuiltinOptionsType(), source.BuiltinOptions())
    if unpacked is None:
        return {}
    words = {"padding": "Padding", "fusedActivationFunction": "ActivationFunctionType", "mode": "MirrorPadMode"}
    options: dict[str, Option] = {}
    for name, value in vars(unpacked).items():
        if name in words:
            options[name] = _names(words[name]).get(value, str(value))
        elif isinstance(value, np.ndarray | list):
            options[name] = tuple(np.asarray(value).tolist())
        elif isinstance(value, bool | int | float):
            options[name] = value
    return options


def check_order(graph: Graph) -> None:
    """ConversionError where an index is out of range, or a tensor is read before it is made or made twice."""
    count = len(graph.tensors)
    for index in (*graph.inputs, *graph.outputs):
        if not 0 <= index < count:
            raise ConversionError(f"a graph input or output is tensor {index} of {count}")
    known = {t.index for t in graph.tensors if t.value is not None} | set(graph.inputs)
    for operator in graph.operators:
        indices = [j for j in (*operator.inputs, *operator.outputs) if j is not None]
        if any(not 0 <= j < count for j in indices):
            raise ConversionError(f"operator {operator.index} {operator.kind} names a tensor outside 0…{count - 1}")
        unmade = [j for j in operator.inputs if j is not None and j not in known]
        if unmade:
            raise ConversionError(f"{graph.where(operator)} reads '{graph.tensors[unmade[0]].name}' before it is made")
        if any(j in known for j in operator.outputs):
            raise ConversionError(f"{graph.where(operator)} makes a tensor that exists already")
        known |= set(operator.outputs)
    if missing := [graph.tensors[j].name for j in graph.outputs if j not in known]:
        raise ConversionError(f"no operator makes the graph's output '{missing[0]}'")
