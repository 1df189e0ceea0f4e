"""Layers with random weights on top of the builder, their shapes by TensorFlow's rules."""

from collections.abc import Sequence
from typing import Any

import ai_edge_litert.schema_py_generated as schema
import numpy as np

from tests.converters.tflite_builder import AlignedBuffer, Array, TfliteBuilder

Pair = tuple[int, int]


class Network(TfliteBuilder):
    """A model whose layers know their shapes; the same calls give the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = np.random.default_rng(0)

    def shape(self, tensor: int) -> tuple[int, ...]:
        """The declared shape of a tensor."""
        return tuple(self.tensors[tensor].shape)

    def random(self, *shape: int) -> Array:
        """Normally distributed values."""
        return self.generator.standard_normal(shape).astype(np.float32)

    def weights(self, *shape: int) -> int:
        """A constant of normally distributed values."""
        return self.constant(f"weights_{len(self.tensors)}", self.random(*shape))

    def integers(self, values: Any) -> int:
        """An int32 constant: a shape, a size, paddings, bounds."""
        return self.constant(f"integers_{len(self.tensors)}", values, "int32")

    def conv(
        self,
        x: int,
        channels: int,
        kernel: Pair = (3, 3),
        stride: Pair = (1, 1),
        padding: str = "SAME",
        dilation: Pair = (1, 1),
        groups: int = 1,
        **options: Any,
    ) -> int:
        """CONV_2D with a bias."""
        weights = self.weights(channels, *kernel, self.shape(x)[3] // groups)
        shape = (self.shape(x)[0], *self.window(x, kernel, stride, padding, dilation), channels)
        return self.operator(
            "CONV_2D", [x, weights, self.weights(channels)], shape, **_window(padding, stride, dilation), **options
        )

    def depthwise(
        self,
        x: int,
        multiplier: int = 1,
        kernel: Pair = (3, 3),
        stride: Pair = (1, 1),
        padding: str = "SAME",
        dilation: Pair = (1, 1),
        **options: Any,
    ) -> int:
        """DEPTHWISE_CONV_2D with a bias."""
        channels = self.shape(x)[3] * multiplier
        shape = (self.shape(x)[0], *self.window(x, kernel, stride, padding, dilation), channels)
        return self.operator(
            "DEPTHWISE_CONV_2D",
            [x, self.weights(1, *kernel, channels), self.weights(channels)],
            shape,
            depthMultiplier=multiplier,
            **_window(padding, stride, dilation),
            **options,
        )

    def max_pool(self, x: int, window: Pair, stride: Pair, padding: str, **options: Any) -> int:
        """MAX_POOL_2D."""
        return self.pool("MAX_POOL_2D", x, window, stride, padding, **options)

    def average_pool(self, x: int, window: Pair, stride: Pair, padding: str, **options: Any) -> int:
        """AVERAGE_POOL_2D."""
        return self.pool("AVERAGE_POOL_2D", x, window, stride, padding, **options)

    def pool(self, kind: str, x: int, window: Pair, stride: Pair, padding: str, **options: Any) -> int:
        """Either of them."""
        batch, _, _, channels = self.shape(x)
        shape = (batch, *self.window(x, window, stride, padding), channels)
        return self.operator(
            kind,
            [x],
            shape,
            padding=padding,
            strideH=stride[0],
            strideW=stride[1],
            filterHeight=window[0],
            filterWidth=window[1],
            **options,
        )

    def window(self, x: int, kernel: Pair, stride: Pair, padding: str, dilation: Pair = (1, 1)) -> Pair:
        """Rows and columns that a window leaves: SAME ceil(size / stride), VALID as many as fit."""
        rows, columns = (
            -(-size // step) if padding == "SAME" else (size - (length - 1) * spread - 1) // step + 1
            for size, length, step, spread in zip(self.shape(x)[1:3], kernel, stride, dilation, strict=True)
        )
        return rows, columns

    def unary(self, kind: str, x: int) -> int:
        """An operator with one operand that keeps the shape."""
        return self.operator(kind, [x], self.shape(x))

    def binary(self, kind: str, left: int, right: int, **options: Any) -> int:
        """An operator with two operands, broadcast as numpy does."""
        return self.operator(kind, [left, right], np.broadcast_shapes(self.shape(left), self.shape(right)), **options)

    def pad(self, x: int, pairs: Sequence[Pair]) -> int:
        """PAD by (before, after) along each axis."""
        shape = [before + size + after for size, (before, after) in zip(self.shape(x), pairs, strict=True)]
        return self.operator("PAD", [x, self.integers(pairs)], shape)

    def reshape(self, x: int, shape: Sequence[int]) -> int:
        """RESHAPE."""
        return self.operator("RESHAPE", [x, self.integers(shape)], shape)


def _window(padding: str, stride: Pair, dilation: Pair) -> dict[str, Any]:
    return {
        "padding": padding,
        "strideH": stride[0],
        "strideW": stride[1],
        "dilationHFactor": dilation[0],
        "dilationWFactor": dilation[1],
    }


class _Behind(AlignedBuffer):
    def Pack(self, builder: Any) -> Any:  # noqa: N802 — the schema's name
        return schema.BufferT.Pack(self, builder)


def with_data_behind_the_tables(values: Array) -> bytes:
    """An ADD of `values` in the form of models above 2 GB: a buffer names an offset in the file and a size."""

    def build(offset: int) -> bytes:
        network = Network()
        x, weights = network.input("values", values.shape), network.weights(*values.shape)
        network._buffers[1] = _Behind(offset=offset, size=values.nbytes)
        network.output(network.operator("ADD", [x, weights], values.shape, "sum"))
        return network.build()

    offset = -(-len(build(1 << 20)) // 16) * 16
    return build(offset).ljust(offset, b"\0") + values.tobytes()
