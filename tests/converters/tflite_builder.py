"""Small `.tflite` models, written tensor by tensor and operator by operator through the schema's own classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ai_edge_litert.schema_py_generated as schema
import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

OPTIONS = {
    "ADD": "AddOptions",
    "ARG_MAX": "ArgMaxOptions",
    "ARG_MIN": "ArgMinOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
    "CAST": "CastOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "DEPTH_TO_SPACE": "DepthToSpaceOptions",
    "DIV": "DivOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "GATHER": "GatherOptions",
    "GELU": "GeluOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "LEAKY_RELU": "LeakyReluOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "MEAN": "ReducerOptions",
    "MIRROR_PAD": "MirrorPadOptions",
    "MUL": "MulOptions",
    "ONE_HOT": "OneHotOptions",
    "PACK": "PackOptions",
    "REDUCE_ALL": "ReducerOptions",
    "REDUCE_ANY": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "REDUCE_MIN": "ReducerOptions",
    "REDUCE_PROD": "ReducerOptions",
    "RESHAPE": "ReshapeOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
    "SHAPE": "ShapeOptions",
    "SOFTMAX": "SoftmaxOptions",
    "SPACE_TO_DEPTH": "SpaceToDepthOptions",
    "SPLIT": "SplitOptions",
    "SPLIT_V": "SplitVOptions",
    "SQUEEZE": "SqueezeOptions",
    "STRIDED_SLICE": "StridedSliceOptions",
    "SUB": "SubOptions",
    "SUM": "ReducerOptions",
    "TOPK_V2": "TopKV2Options",
    "TRANSPOSE_CONV": "TransposeConvOptions",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTMOptions",
    "UNPACK": "UnpackOptions",
}
"""The options table of each operator kind that has one here."""

VERSIONS = {"BROADCAST_TO": 2}
"""The versions of the kinds that LiteRT does not have as version 1."""

WORDS = {
    "padding": "Padding",
    "fusedActivationFunction": "ActivationFunctionType",
    "mode": "MirrorPadMode",
    "outType": "TensorType",
    "outputType": "TensorType",
}
"""The options that are one of the schema's enumerations."""

INDEX_VECTORS = {"uint8": "Uint8Vector", "uint16": "Uint16Vector", "int32": "Int32Vector"}


@dataclass(frozen=True)
class Dense:
    """A level of a sparse tensor that has every one of `size` coordinates."""

    size: int


@dataclass(frozen=True)
class Compressed:
    """A level that lists the coordinates it has, in CSR form; `dtype` is what each of the two vectors is stored as."""

    segments: Sequence[int]
    indices: Sequence[int]
    dtype: tuple[str, str] = ("int32", "int32")


Level = Dense | Compressed


class AlignedBuffer(schema.BufferT):  # type: ignore[misc]
    """A buffer whose data starts at a multiple of 16 bytes, as the schema's force_align asks and its class forgets."""

    def Pack(self, builder: Any) -> Any:  # noqa: N802 — the schema's name
        data = None
        if self.data is not None:
            builder.StartVector(1, len(self.data), 16)
            builder.head -= len(self.data)
            builder.Bytes[builder.head : builder.head + len(self.data)] = self.data
            data = builder.EndVector()
        schema.BufferStart(builder)
        if data is not None:
            schema.BufferAddData(builder, data)
        return schema.BufferEnd(builder)


class TfliteBuilder:
    """A model under construction; every method that adds a tensor returns its index.

    An operator's options have the schema's names: `operator("CONV_2D", [x, w, b], (1, 4, 4, 8), padding="SAME",
    strideW=1, strideH=1)`. A kind that the schema doesn't know is a custom operator.
    """

    def __init__(self) -> None:
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self._buffers: list[Any] = [AlignedBuffer()]
        self._codes: list[tuple[str, bool]] = []

    def tensor(
        self, name: str, shape: Sequence[int], dtype: str = "float32", data: bytes | None = None, **fields: Any
    ) -> int:
        """A tensor, constant where it has `data`; `fields` are further ones of the schema's Tensor."""
        buffer = 0
        if data is not None:
            self._buffers.append(AlignedBuffer(data=data))
            buffer = len(self._buffers) - 1
        number = getattr(schema.TensorType, dtype.upper())
        self.tensors.append(schema.TensorT(name=name, shape=list(shape), type=number, buffer=buffer, **fields))
        return len(self.tensors) - 1

    def input(self, name: str, shape: Sequence[int], dtype: str = "float32") -> int:
        """An input of the model."""
        self.inputs.append(self.tensor(name, shape, dtype))
        return self.inputs[-1]

    def constant(self, name: str, value: Any, dtype: str = "float32") -> int:
        """A constant tensor."""
        array = np.asarray(value, dtype)
        return self.tensor(name, array.shape, dtype, array.tobytes())

    def half(self, name: str, value: Any) -> int:
        """A float32 constant that is stored as float16 behind a DEQUANTIZE, as converters to float16 leave it."""
        stored = self.constant(f"{name}_half", value, "float16")
        return self.operator("DEQUANTIZE", [stored], np.shape(value), name)

    def stored_sparse(
        self,
        name: str,
        values: Any,
        shape: Sequence[int],
        levels: Sequence[Level],
        order: Sequence[int] | None = None,
        block_map: Sequence[int] = (),
        dtype: str = "float32",
    ) -> int:
        """A sparse constant as it lies in the file: its stored values and the levels that place them."""
        sparsity = schema.SparsityParametersT(
            traversalOrder=list(order or range(len(levels))),
            blockMap=list(block_map),
            dimMetadata=[_dimension(level) for level in levels],
        )
        return self.tensor(name, shape, dtype, np.asarray(values, dtype).tobytes(), sparsity=sparsity)

    def sparse(
        self,
        name: str,
        values: Any,
        shape: Sequence[int],
        levels: Sequence[Level],
        order: Sequence[int] | None = None,
        block_map: Sequence[int] = (),
        dtype: str = "float32",
    ) -> int:
        """A constant that is stored sparse behind a DENSIFY."""
        stored = self.stored_sparse(f"{name}_sparse", values, shape, levels, order, block_map, dtype)
        return self.operator("DENSIFY", [stored], shape, name, dtype)

    def operator(
        self,
        kind: str,
        inputs: Sequence[int | None],
        shape: Sequence[int],
        name: str | None = None,
        dtype: str = "float32",
        **options: Any,
    ) -> int:
        """An operator that makes one tensor of `shape`; None stands for an optional input left out.

        A custom operator's options are the bytes `custom_options`; `custom=True` makes one of a kind that the schema
        knows.
        """
        return self.operator_of_many(kind, inputs, [shape], name, dtype, **options)[0]

    def operator_of_many(
        self,
        kind: str,
        inputs: Sequence[int | None],
        shapes: Sequence[Sequence[int]],
        name: str | None = None,
        dtype: str = "float32",
        **options: Any,
    ) -> list[int]:
        """An operator that makes a tensor of each shape; the later ones have a number behind the name."""
        code = (kind, options.pop("custom", False))
        if code not in self._codes:
            self._codes.append(code)
        name = name or f"{kind.lower()}_{len(self.operators)}"
        results = [self.tensor(f"{name}:{j}" if j else name, shape, dtype) for j, shape in enumerate(shapes)]
        custom = options.pop("custom_options", None)
        operator = schema.OperatorT(
            opcodeIndex=self._codes.index(code),
            inputs=[-1 if index is None else index for index in inputs],
            outputs=results,
            customOptions=None if custom is None else list(custom),
        )
        if kind in OPTIONS:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, OPTIONS[kind])
            operator.builtinOptions = getattr(schema, f"{OPTIONS[kind]}T")(**_numbered(options))
        self.operators.append(operator)
        return results

    def output(self, *tensors: int) -> None:
        """Tensors that the model puts out."""
        self.outputs.extend(tensors)

    def build(self) -> bytes:
        """The file's bytes."""
        subgraph = schema.SubGraphT(
            tensors=self.tensors, inputs=self.inputs, outputs=self.outputs, operators=self.operators, name="main"
        )
        model = schema.ModelT(
            version=3,
            operatorCodes=[_code(*code) for code in self._codes],
            subgraphs=[subgraph],
            description="built for a test",
            buffers=self._buffers,
        )
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())


def _numbered(options: dict[str, Any]) -> dict[str, Any]:
    """The options with the schema's words as its numbers."""
    return {
        name: getattr(getattr(schema, WORDS[name]), value) if name in WORDS and isinstance(value, str) else value
        for name, value in options.items()
    }


def _code(kind: str, custom_of_that_name: bool) -> Any:
    number = None if custom_of_that_name else getattr(schema.BuiltinOperator, kind, None)
    custom = None if number is not None else kind
    number = schema.BuiltinOperator.CUSTOM if number is None else number
    # The old field is one byte; what doesn't fit there stands in the new one alone.
    return schema.OperatorCodeT(
        builtinCode=number, deprecatedBuiltinCode=min(number, 127), customCode=custom, version=VERSIONS.get(kind, 1)
    )


def _dimension(level: Level) -> Any:
    if isinstance(level, Dense):
        return schema.DimensionMetadataT(format=schema.DimensionType.DENSE, denseSize=level.size)
    kinds = [INDEX_VECTORS[dtype] for dtype in level.dtype]
    vectors = [
        getattr(schema, f"{kind}T")(values=np.asarray(values, dtype))
        for kind, values, dtype in zip(kinds, (level.segments, level.indices), level.dtype, strict=True)
    ]
    return schema.DimensionMetadataT(
        format=schema.DimensionType.SPARSE_CSR,
        arraySegmentsType=getattr(schema.SparseIndexVector, kinds[0]),
        arraySegments=vectors[0],
        arrayIndicesType=getattr(schema.SparseIndexVector, kinds[1]),
        arrayIndices=vectors[1],
    )
