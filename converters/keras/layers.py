"""The layers that Keras has none of its own for: whoever loads a model needs this file and Keras, nothing else.

    import blazemesh_layers  # a copy of this file, beside the models
    model = keras.models.load_model("FaceMesh.keras")

All are written in keras.ops, so that they run on any of Keras' backends, and are saved with their settings. Axes count
from the batch, axis 0. The three of MediaPipe's follow google-ai-edge/mediapipe, mediapipe/util/tflite/operations/.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any


def _registered(layer: type) -> type:
    keras.saving.register_keras_serializable(package="blazemesh")(layer)
    return layer


class _Layer(keras.layers.Layer):  # type: ignore[misc]
    """A layer whose settings are the keyword arguments named in `settings`."""

    settings: tuple[str, ...] = ()

    def get_config(self) -> dict[str, Any]:
        """What makes the same layer again."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self.settings}}


@_registered
class Constant(_Layer):
    """A value that does not depend on the inputs: a weight, not trained unless `trainable` is set."""

    settings = ("shape", "value_dtype")

    def __init__(
        self, shape: Sequence[int], value_dtype: str = "float32", trainable: bool = False, **more: Any
    ) -> None:
        super().__init__(trainable=trainable, **more)
        self.shape, self.value_dtype = list(shape), value_dtype

    def build(self, _: Any) -> None:
        """Make the weight; truth values are kept as bytes."""
        kind = "uint8" if self.value_dtype == "bool" else self.value_dtype
        trains = self.trainable and kind == "float32"
        self.value = self.add_weight(
            shape=self.shape, dtype=kind, initializer="zeros", trainable=trains, autocast=False, name="value"
        )

    def call(self, _: Tensor) -> Tensor:
        """The value, whatever the input is."""
        value = ops.convert_to_tensor(self.value)
        return ops.cast(value, "bool") if self.value_dtype == "bool" else value


def _divided(x: Tensor, y: Tensor) -> Tensor:
    """x / y, of whole numbers without the rest (towards 0)."""
    if keras.backend.is_float_dtype(keras.backend.standardize_dtype(x.dtype)):
        return ops.true_divide(x, y)
    return ops.multiply(ops.sign(x) * ops.sign(y), ops.floor_divide(ops.abs(x), ops.abs(y)))


ELEMENTWISE: dict[str, Callable[..., Tensor]] = {
    "abs": ops.abs,
    "add": ops.add,
    "ceil": ops.ceil,
    "cos": ops.cos,
    "div": _divided,
    "elu": ops.elu,
    "equal": ops.equal,
    "exp": ops.exp,
    "floor": ops.floor,
    "floor_div": ops.floor_divide,
    "floor_mod": ops.mod,
    "gelu": lambda x: ops.gelu(x, approximate=False),
    "gelu_tanh": lambda x: ops.gelu(x, approximate=True),
    "greater": ops.greater,
    "greater_equal": ops.greater_equal,
    "less": ops.less,
    "less_equal": ops.less_equal,
    "log": ops.log,
    "log_softmax": lambda x: ops.log_softmax(x, axis=-1),
    "logical_and": ops.logical_and,
    "logical_not": ops.logical_not,
    "logical_or": ops.logical_or,
    "maximum": ops.maximum,
    "minimum": ops.minimum,
    "mul": ops.multiply,
    "neg": ops.negative,
    "not_equal": ops.not_equal,
    "pow": ops.power,
    "relu": ops.relu,
    "relu_0_to_1": lambda x: ops.clip(x, 0.0, 1.0),
    "relu_n1_to_1": lambda x: ops.clip(x, -1.0, 1.0),
    "round": ops.round,
    "rsqrt": ops.rsqrt,
    "select": ops.where,
    "sign": ops.sign,
    "sin": ops.sin,
    "sqrt": ops.sqrt,
    "square": ops.square,
    "squared_difference": lambda x, y: ops.square(ops.subtract(x, y)),
    "sub": ops.subtract,
}


@_registered
class Elementwise(_Layer):
    """An operation of ELEMENTWISE on its operands, broadcast as numpy does."""

    settings = ("operation",)

    def __init__(self, operation: str, **more: Any) -> None:
        super().__init__(**more)
        self.operation = operation

    def call(self, *operands: Tensor) -> Tensor:
        """Operands in the operation's order."""
        return ELEMENTWISE[self.operation](*operands)


@_registered
class Cast(_Layer):
    """The same numbers in another type, floats to whole numbers cut towards 0."""

    settings = ("to",)

    def __init__(self, to: str, **more: Any) -> None:
        super().__init__(**more)
        self.to = to

    def call(self, x: Tensor) -> Tensor:
        """x in the type `to`."""
        return ops.cast(x, self.to)


@_registered
class Pad(_Layer):
    """Cells of one `value` before and after each axis: what ZeroPadding2D does not do, channels above all."""

    settings = ("pairs", "value")

    def __init__(self, pairs: Sequence[Sequence[int]], value: float = 0.0, **more: Any) -> None:
        super().__init__(**more)
        self.pairs, self.value = [list(pair) for pair in pairs], value

    def call(self, x: Tensor) -> Tensor:
        """x with its border."""
        return ops.pad(x, self.pairs, mode="constant", constant_values=ops.cast(self.value, x.dtype))


@_registered
class Slice(_Layer):
    """x[first:last:step] along every axis; null leaves a bound open."""

    settings = ("cuts",)

    def __init__(self, cuts: Sequence[Sequence[int | None]], **more: Any) -> None:
        super().__init__(**more)
        self.cuts = [list(cut) for cut in cuts]

    def call(self, x: Tensor) -> Tensor:
        """What is left."""
        return x[tuple(slice(*cut) for cut in self.cuts)]


@_registered
class WholeReshape(_Layer):
    """Another shape, the batch included: for models of one fixed batch."""

    settings = ("shape",)

    def __init__(self, shape: Sequence[int], **more: Any) -> None:
        super().__init__(**more)
        self.shape = list(shape)

    def call(self, x: Tensor) -> Tensor:
        """The same values."""
        return ops.reshape(x, self.shape)


@_registered
class WholeTranspose(_Layer):
    """Axes in another order, the batch included: for models of one fixed batch."""

    settings = ("order",)

    def __init__(self, order: Sequence[int], **more: Any) -> None:
        super().__init__(**more)
        self.order = list(order)

    def call(self, x: Tensor) -> Tensor:
        """Axis i is x's axis order[i]."""
        return ops.transpose(x, self.order)


@_registered
class Tile(_Layer):
    """x repeated along each axis."""

    settings = ("repeats",)

    def __init__(self, repeats: Sequence[int], **more: Any) -> None:
        super().__init__(**more)
        self.repeats = list(repeats)

    def call(self, x: Tensor) -> Tensor:
        """The repetition."""
        return ops.tile(x, self.repeats)


@_registered
class Take(_Layer):
    """The cells along an axis that `indices` (a setting, or the second operand) name."""

    settings = ("axis", "indices")

    def __init__(self, axis: int, indices: Any = None, **more: Any) -> None:
        super().__init__(**more)
        self.axis, self.indices = axis, indices

    def call(self, x: Tensor, chosen: Tensor = None) -> Tensor:
        """numpy's take."""
        return ops.take(x, np.array(self.indices, np.int32) if chosen is None else chosen, axis=self.axis)


@_registered
class TakeTuples(_Layer):
    """x at the index tuples along the last axis of the second operand; both of one fixed batch."""

    def call(self, x: Tensor, indices: Tensor) -> Tensor:
        """TensorFlow's gather_nd."""
        depth, shape = indices.shape[-1], x.shape
        steps = [int(np.prod(shape[j + 1 : depth])) for j in range(depth)]
        flat = ops.reshape(x, (int(np.prod(shape[:depth])), *shape[depth:]))
        return ops.take(flat, ops.sum(indices * ops.cast(np.array(steps), indices.dtype), axis=-1), axis=0)


@_registered
class Scatter(_Layer):
    """Updates at index tuples of zeros of `shape`; what meets at one place is summed."""

    settings = ("shape",)

    def __init__(self, shape: Sequence[int], **more: Any) -> None:
        super().__init__(**more)
        self.shape = list(shape)

    def call(self, indices: Tensor, updates: Tensor) -> Tensor:
        """TensorFlow's scatter_nd."""
        return ops.scatter(indices, updates, tuple(self.shape))


REDUCTIONS: dict[str, Callable[..., Tensor]] = {
    "mean": ops.mean,
    "sum": ops.sum,
    "max": ops.max,
    "min": ops.min,
    "prod": ops.prod,
    "any": ops.any,
    "all": ops.all,
}


@_registered
class Reduce(_Layer):
    """The mean, sum, max, min, prod, any or all along `axes`."""

    settings = ("kind", "axes", "keepdims")

    def __init__(self, kind: str, axes: Sequence[int], keepdims: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.kind, self.axes, self.keepdims = kind, list(axes), keepdims

    def call(self, x: Tensor) -> Tensor:
        """x without the axes, or with them at size 1."""
        return REDUCTIONS[self.kind](x, axis=tuple(self.axes), keepdims=self.keepdims)


@_registered
class Extreme(_Layer):
    """The index of the greatest ("max") or smallest ("min") along an axis, int32."""

    settings = ("kind", "axis")

    def __init__(self, kind: str, axis: int, **more: Any) -> None:
        super().__init__(**more)
        self.kind, self.axis = kind, axis

    def call(self, x: Tensor) -> Tensor:
        """The first where several are equal."""
        found = ops.argmax(x, axis=self.axis) if self.kind == "max" else ops.argmin(x, axis=self.axis)
        return ops.cast(found, "int32")


@_registered
class TopK(_Layer):
    """The `count` greatest along the last axis, falling, and where they stand, int32."""

    settings = ("count",)

    def __init__(self, count: int, **more: Any) -> None:
        super().__init__(**more)
        self.count = count

    def call(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Values and places."""
        values, places = ops.top_k(x, self.count, sorted=True)
        return values, ops.cast(places, "int32")


@_registered
class MatMul(_Layer):
    """The product of the last two axes of both operands."""

    def call(self, x: Tensor, y: Tensor) -> Tensor:
        """x · y."""
        return ops.matmul(x, y)


@_registered
class MirrorPad(_Layer):
    """Cells mirrored before and after each axis: "reflect" leaves the outermost out, "symmetric" repeats it."""

    settings = ("pairs", "mode")

    def __init__(self, pairs: Sequence[Sequence[int]], mode: str, **more: Any) -> None:
        super().__init__(**more)
        self.pairs, self.mode = [list(pair) for pair in pairs], mode

    def call(self, x: Tensor) -> Tensor:
        """x with its border."""
        return ops.pad(x, self.pairs, mode=self.mode)


def _interpolation(size: int, target: int, rule: str) -> np.ndarray[Any, Any]:
    """What each of `target` cells takes of each of `size`: weights [target, size] that sum to 1."""
    places = np.arange(target, dtype=np.float32)
    scale = np.float32(size) / np.float32(target)
    if rule == "half_pixel":
        places = (places + np.float32(0.5)) * scale - np.float32(0.5)
    elif rule == "aligned" and target > 1:
        places = places * (np.float32(size - 1) / np.float32(target - 1))
    else:
        places = places * scale
    places = np.clip(places, 0, size - 1)
    first = np.floor(places).astype(int)
    weights = np.zeros((target, size), np.float32)
    weights[np.arange(target), first] = 1 - (places - first)
    weights[np.arange(target), np.minimum(first + 1, size - 1)] += places - first
    return weights


@_registered
class ResizeBilinear(_Layer):
    """Rows and columns interpolated to `size`; `rule` says where output cell i lies.

    "half_pixel": (i + ½)·in/out − ½; "aligned": i·(in − 1)/(out − 1); "plain": i·in/out
    (tensorflow/lite/kernels/internal/reference/resize_bilinear.h). Only the first is Keras' own.
    """

    settings = ("size", "rule")

    def __init__(self, size: Sequence[int], rule: str, **more: Any) -> None:
        super().__init__(**more)
        self.size, self.rule = list(size), rule

    def call(self, x: Tensor) -> Tensor:
        """[batch, height, width, channels] → [batch, *size, channels]."""
        rows, columns = (_interpolation(x.shape[1 + j], self.size[j], self.rule) for j in (0, 1))
        tall = ops.einsum("ih,bhwc->biwc", rows, x)
        return ops.einsum("jw,biwc->bijc", columns, tall)


@_registered
class DepthToSpace(_Layer):
    """Blocks of channels become blocks of pixels, in TensorFlow's order."""

    settings = ("block",)

    def __init__(self, block: int, **more: Any) -> None:
        super().__init__(**more)
        self.block = block

    def call(self, x: Tensor) -> Tensor:
        """[batch, h, w, c] → [batch, h · block, w · block, c / block²]."""
        (height, width, channels), block = x.shape[1:], self.block
        apart = ops.reshape(x, (-1, height, width, block, block, channels // block**2))
        joined = ops.transpose(apart, (0, 1, 3, 2, 4, 5))
        return ops.reshape(joined, (-1, height * block, width * block, channels // block**2))


@_registered
class SpaceToDepth(_Layer):
    """Blocks of pixels become blocks of channels, in TensorFlow's order."""

    settings = ("block",)

    def __init__(self, block: int, **more: Any) -> None:
        super().__init__(**more)
        self.block = block

    def call(self, x: Tensor) -> Tensor:
        """[batch, h, w, c] → [batch, h / block, w / block, c · block²]."""
        (height, width, channels), block = x.shape[1:], self.block
        apart = ops.reshape(x, (-1, height // block, block, width // block, block, channels))
        joined = ops.transpose(apart, (0, 1, 3, 2, 4, 5))
        return ops.reshape(joined, (-1, height // block, width // block, channels * block**2))


LSTM_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"TANH": ops.tanh, "RELU": ops.relu, "NONE": lambda x: x}


@_registered
class SequenceLSTM(_Layer):
    """TensorFlow Lite's LSTM over a sequence, from states of zeros; Keras' own has no peepholes, clips, coupled gates.

    Weights: kernel [4, units, inputs], recurrent [4, units, units], bias [4, units] and, where it `peeps`, peephole
    [3, units], in the order input, forget, cell, output. `coupled`: the input gate is 1 − the forget gate.
    """

    settings = ("units", "activation", "peeps", "clip", "coupled", "time_major")

    def __init__(
        self,
        units: int,
        activation: str = "TANH",
        peeps: bool = False,
        clip: float = 0.0,
        coupled: bool = False,
        time_major: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.units, self.activation, self.peeps = units, activation, peeps
        self.clip, self.coupled, self.time_major = clip, coupled, time_major

    def build(self, shape: Sequence[int]) -> None:
        """Make the weights."""
        self.kernel = self.add_weight(shape=(4, self.units, shape[-1]), name="kernel")
        self.recurrent = self.add_weight(shape=(4, self.units, self.units), name="recurrent")
        self.bias = self.add_weight(shape=(4, self.units), initializer="zeros", name="bias")
        if self.peeps:
            self.peephole = self.add_weight(shape=(3, self.units), initializer="zeros", name="peephole")

    def call(self, x: Tensor) -> Tensor:
        """The output at each step, in x's order of batch and time."""
        bend, axis = LSTM_ACTIVATIONS[self.activation], 0 if self.time_major else 1
        cell = output = None
        outputs = []
        for step in range(x.shape[axis]):
            now = x[step] if self.time_major else x[:, step]
            if cell is None:
                cell = output = ops.zeros_like(ops.matmul(now, ops.transpose(self.kernel[0])))
            gates = [
                ops.matmul(now, ops.transpose(self.kernel[j]))
                + ops.matmul(output, ops.transpose(self.recurrent[j]))
                + self.bias[j]
                for j in range(4)
            ]
            seen = [cell * self.peephole[j] if self.peeps else 0.0 for j in (0, 1)]
            forget = ops.sigmoid(gates[1] + seen[1])
            admit = 1.0 - forget if self.coupled else ops.sigmoid(gates[0] + seen[0])
            cell = forget * cell + admit * bend(gates[2])
            cell = ops.clip(cell, -self.clip, self.clip) if self.clip > 0 else cell
            output = ops.sigmoid(gates[3] + (cell * self.peephole[2] if self.peeps else 0.0)) * bend(cell)
            outputs.append(output)
        return ops.stack(outputs, axis=axis)


@_registered
class RegionMatrix(_Layer):
    """MediaPipe's Landmarks2TransformMatrix: where a region lies in a picture, by some of its landmarks.

    M = T(centre) · R⁻¹ · S(scale · box / size) · T(−size / 2): the box of the points `subset`, turned so that the line
    from point `left` to point `right` lies at `rotation` radians; `size` (width, height) are the region's cells.
    """

    settings = ("left", "right", "subset", "size", "scale", "rotation")

    def __init__(
        self,
        left: int,
        right: int,
        subset: Sequence[int],
        size: Sequence[int],
        scale: Sequence[float],
        rotation: float = 0.0,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.left, self.right, self.subset = left, right, list(subset)
        self.size, self.scale, self.rotation = list(size), list(scale), rotation

    def call(self, landmarks: Tensor) -> Tensor:
        """[batch, points, 3] → [batch, 4, 4]."""
        points = landmarks[:, :, :2]
        back = self._rotation_back(points)
        level = ops.matmul(ops.take(points, np.array(self.subset, np.int32), axis=1), back)
        greatest, least = ops.max(level, axis=1, keepdims=True), ops.min(level, axis=1, keepdims=True)
        box = (greatest - least) * np.array([[self.scale]], np.float32)
        cells = box * (1 / np.array([[self.size]], np.float32))
        corner = (greatest + least) * 0.5 - box * 0.5
        shift = ops.matmul(back, ops.transpose(corner, (0, 2, 1)))
        rows = ops.concatenate([back * cells, ops.zeros_like(shift), shift], axis=2)
        unit = ops.zeros_like(rows) + np.eye(4, dtype=np.float32)[None, 2:]
        return ops.concatenate([rows, unit], axis=1)

    def _rotation_back(self, points: Tensor) -> Tensor:
        """R⁻¹ [batch, 2, 2]; a line without length has the angle 0, as atan2(0, 0)."""
        line = points[:, self.right : self.right + 1] - points[:, self.left : self.left + 1]
        squares = ops.sum(ops.square(line), axis=2, keepdims=True)
        pointlike = ops.equal(squares, 0.0)
        length = ops.sqrt(ops.where(pointlike, ops.ones_like(squares), squares))
        direction = line / length + ops.cast(pointlike, line.dtype) * np.array([[[1.0, 0.0]]], np.float32)
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        # cos r = cos·dx + sin·dy and sin r = sin·dx − cos·dy, written as one product for the four entries.
        entries = np.array([[[cos, sin, -sin, cos], [sin, -cos, cos, sin]]], np.float32)
        return ops.reshape(ops.matmul(direction, entries), (-1, 2, 2))


@_registered
class RegionFeatures(_Layer):
    """MediaPipe's TransformTensorBilinear: a picture as seen through a matrix, `size` (width, height) cells of it.

    Cell (x, y) is the picture's value at M·(x + ½, y + ½) − ½, interpolated linearly, or 0 beyond the outermost cells'
    centres.
    """

    settings = ("size",)

    def __init__(self, size: Sequence[int], **more: Any) -> None:
        super().__init__(**more)
        self.size = list(size)

    def call(self, picture: Tensor, matrix: Tensor) -> Tensor:
        """[batch, h, w, c] and [batch, 4, 4] → [batch, *size reversed, c]."""
        (height, width, channels), (columns, rows) = picture.shape[1:], self.size
        places = ops.matmul(matrix[:, :2], self._middles()) - 0.5  # [batch, 2, cells]
        last = np.array([[[width - 1], [height - 1]]], np.float32)
        inside = ops.logical_and(places >= 0.0, places <= last)
        safe = ops.where(inside, places, ops.zeros_like(places))
        first = ops.minimum(ops.floor(safe), np.maximum(last - 1, 0))
        share = safe - first
        visible = ops.cast(ops.all(inside, axis=1), picture.dtype)[..., None]
        pixels = ops.reshape(picture, (-1, channels))
        corner = ops.cast(first[:, 0] + first[:, 1] * width, "int32")
        start = ops.arange(ops.shape(picture)[0], dtype="int32")[:, None] * (height * width)
        total = ops.zeros_like(ops.take(pixels, corner, axis=0))
        for down in (0, 1):
            for right in (0, 1):
                x = share[:, 0] if right else 1.0 - share[:, 0]
                y = share[:, 1] if down else 1.0 - share[:, 1]
                step = min(right, width - 1) + min(down, height - 1) * width
                total = total + ops.take(pixels, start + corner + step, axis=0) * (x * y)[..., None]
        return ops.reshape(total * visible, (-1, rows, columns, channels))

    def _middles(self) -> np.ndarray[Any, Any]:
        """(x + ½, y + ½, 0, 1) of each cell, row by row: [1, 4, cells]."""
        y, x = np.divmod(np.arange(self.size[0] * self.size[1]), self.size[0])
        return np.stack([x + 0.5, y + 0.5, np.zeros(x.size), np.ones(x.size)]).astype(np.float32)[None]


@_registered
class FromRegion(_Layer):
    """MediaPipe's TransformLandmarks: points of a region → the picture's; a third coordinate stays as it is."""

    def call(self, landmarks: Tensor, matrix: Tensor) -> Tensor:
        """[batch, points, 2 or 3] and [batch, 4, 4] → the same shape."""
        turned = ops.matmul(landmarks[:, :, :2], ops.transpose(matrix[:, :2, :2], (0, 2, 1)))
        moved = turned + ops.transpose(matrix[:, :2, 3:], (0, 2, 1))
        return ops.concatenate([moved, landmarks[:, :, 2:]], axis=2) if landmarks.shape[2] > 2 else moved
