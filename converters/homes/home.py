"""What a home can do: the steps that operators are written in, each over the axes as the source has them (NHWC)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from converters.graph import Array
from converters.regions import Region

V = TypeVar("V")
"""A home's own values: Keras' tensors, names of ONNX's."""

Pair = tuple[int, int]

FUSED = ("RELU", "RELU6", "RELU_N1_TO_1")
"""The activations that another operator can carry: LiteRT's own kernels pass over a fused TANH in silence."""

TYPES = {"float16": "float32", "float32": "float32", "int32": "int32", "int64": "int64", "uint8": "uint8"} | {
    "bool": "bool"
}
"""What each type of the source is computed in."""


@dataclass(frozen=True, eq=False)
class Window:
    """How a window goes over rows and columns: cells a step, between its own cells, and of padding (before, after)."""

    size: Pair
    strides: Pair
    pads: tuple[Pair, Pair]
    dilations: Pair = (1, 1)


@dataclass(frozen=True, eq=False)
class Filters:
    """A convolution's weights, HWIO, and bias [O]; `groups` as many as input channels where it is `depthwise`."""

    weight: Array
    bias: Array | None
    groups: int = 1
    depthwise: bool = False


@dataclass(frozen=True, eq=False)
class Recurrence:
    """An LSTM from states of zeros: gates in the order input, forget, cell, output, [4, units, inputs or units].

    `peephole` [3, units] of the input, forget and output gate, or None; `clip` bounds the cell's state where above 0;
    `coupled`: the input gate is 1 − the forget gate, and its weights are none.
    """

    kernel: Array
    recurrent: Array
    bias: Array
    peephole: Array | None
    clip: float
    coupled: bool
    activation: str
    time_major: bool


class Home(Protocol[V]):
    """Emits steps; a step on nothing but known values may answer with a known one.

    ConversionError for what the home can't; whatever else its library raises is told as that.
    """

    title: str
    """What errors call it."""

    def begin(self, name: str) -> None:
        """What follows belongs to the operator called `name`, a path like backbone/block3/conv."""

    def constant(self, value: Array) -> V:
        """A value that never changes."""

    def known(self, x: V) -> Array | None:
        """What `x` is whatever the inputs are, or None."""

    def shape(self, x: V) -> tuple[int, ...]:
        """The shape of `x`, an open batch as 1."""

    def dtype(self, x: V) -> str:
        """The type of `x`, as numpy calls it."""

    def unary(self, kind: str, x: V, **options: Any) -> V:
        """One operand, cell by cell: `kind` as in converters/homes/operators/elementwise.py, `options` its numbers."""

    def binary(self, kind: str, x: V, y: V) -> V:
        """Two operands, broadcast as numpy does."""

    def select(self, condition: V, x: V, y: V) -> V:
        """`x` where the condition is true, else `y`, broadcast."""

    def cast(self, x: V, dtype: str) -> V:
        """The same numbers in another type, float to whole cut towards 0."""

    def softmax(self, x: V, logarithm: bool) -> V:
        """Over the last axis, or its logarithm."""

    def prelu(self, x: V, slope: Array) -> V:
        """x where x > 0, else slope·x; the slope's shape is that of x but for the batch, axes of size 1 repeated."""

    def convolution(self, x: V, filters: Filters, window: Window) -> V:
        """A convolution of rank 4."""

    def transposed_convolution(self, x: V, filters: Filters, window: Window, gaps: Pair) -> V:
        """Its transposition: `pads` are cells cut off, `gaps` cells of bias added behind."""

    def pool(self, kind: str, x: V, window: Window) -> V:
        """The "max" or "average" of each window's cells inside the picture."""

    def dense(self, x: V, weight: Array, bias: Array | None) -> V:
        """x · weightᵀ + bias over the last axis; weight [outputs, inputs]."""

    def matmul(self, x: V, y: V) -> V:
        """The product of the last two axes."""

    def reduce(self, kind: str, x: V, axes: Sequence[int], keep: bool) -> V:
        """`kind`: mean, sum, max, min, prod, any, all."""

    def extreme(self, kind: str, x: V, axis: int) -> V:
        """The index of the "max" or "min" along an axis, int32, the first where several are equal."""

    def topk(self, x: V, count: int) -> tuple[V, V]:
        """The greatest along the last axis, falling, and where they stand, int32."""

    def reshape(self, x: V, shape: Sequence[int]) -> V:
        """The same values in another shape."""

    def transpose(self, x: V, order: Sequence[int]) -> V:
        """Axis i of the result is axis order[i]."""

    def concat(self, values: Sequence[V], axis: int) -> V:
        """One behind another."""

    def slice(self, x: V, cuts: Sequence[tuple[int, int, int]]) -> V:
        """First, last (excluded; −1 before the first element) and step of each axis."""

    def pad(self, x: V, pairs: Sequence[Pair], value: float) -> V:
        """Cells of `value` before and after each axis."""

    def mirror_pad(self, x: V, pairs: Sequence[Pair], reflect: bool) -> V:
        """Cells mirrored before and after each axis, the outermost repeated unless it reflects."""

    def tile(self, x: V, repeats: Sequence[int]) -> V:
        """Repeated along each axis."""

    def gather(self, x: V, indices: V, axis: int, batches: int) -> V:
        """numpy's take along an axis, within each of the first `batches` axes."""

    def gather_nd(self, x: V, indices: V) -> V:
        """x at index tuples along the last axis of `indices`."""

    def scatter_nd(self, indices: V, updates: V, shape: Sequence[int]) -> V:
        """Updates at index tuples of zeros; what meets is summed."""

    def resize_bilinear(self, x: V, size: Pair, rule: str) -> V:
        """Rows and columns interpolated; `rule`: "half_pixel", "aligned" or "plain" (see converters/ops/resize.py)."""

    def depth_to_space(self, x: V, block: int) -> V:
        """Blocks of channels become blocks of pixels, in TensorFlow's order."""

    def space_to_depth(self, x: V, block: int) -> V:
        """The reverse."""

    def lstm(self, x: V, recurrence: Recurrence) -> V:
        """The output at each step, in x's order of time and batch."""

    def region_matrix(self, landmarks: V, region: Region) -> V:
        """MediaPipe's Landmarks2TransformMatrix: [1, points, 3] → [1, 4, 4]."""

    def region_features(self, picture: V, matrix: V, size: Pair) -> V:
        """MediaPipe's TransformTensorBilinear; `size` (width, height)."""

    def from_region(self, landmarks: V, matrix: V) -> V:
        """MediaPipe's TransformLandmarks, of 2 or 3 coordinates."""
