"""The steps of a home as Keras layers: Keras' own wherever there is one, else those of converters/keras/layers.py."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array
from converters.homes.home import Filters, Pair, Recurrence, Window
from converters.homes.names import Names
from converters.keras.windows import is_same, transposed_same
from converters.regions import Region

Value = Any
"""A tensor of Keras' functional interface, or a numpy array where it is known."""

NATIVE_SUMS = {"ADD": "Add", "SUB": "Subtract", "MUL": "Multiply", "MAXIMUM": "Maximum", "MINIMUM": "Minimum"}
"""Keras' own layers of two operands, which want them of one shape."""

MIXED = "needs a batch of a fixed size"
"""What is said of a step that would lay the cells of one picture of the batch over another's."""

ACTIVATIONS = {"LOGISTIC": "sigmoid", "TANH": "tanh", "HARD_SWISH": "hard_swish"}


class KerasHome:
    """See converters.homes.home.Home.

    With `open_batch` the batch's size is left to whoever calls the model; ConversionError where a step can't.
    """

    title = "Keras"

    def __init__(self, open_batch: bool) -> None:
        import keras

        from converters.keras import layers

        self.native = keras.layers
        self.own = layers
        self.open_batch = open_batch
        self._names = Names(".")
        self._constants: dict[int, tuple[Array, Value]] = {}
        self._anchor: Value = None

    def input(self, name: str, shape: Sequence[int], dtype: str) -> Value:
        """An input of the model."""
        import keras

        self._names.taken.add(name)
        batch = None if self.open_batch else shape[0]
        made = keras.Input(batch_shape=(batch, *shape[1:]) if shape else (), dtype=dtype, name=name)
        self._anchor = made if self._anchor is None else self._anchor
        return made

    def begin(self, name: str) -> None:
        """See Home; Keras takes no '/' in a layer's name, so that a path is written with dots."""
        self._names.begin(name)

    def _apply(self, layer: Any, *operands: Value, weights: Sequence[Array] | None = None) -> Value:
        """What the layer makes; at once where all operands are known."""
        known = all(isinstance(operand, np.ndarray) for operand in operands)
        made = layer(*(operand if known else self.tensor(operand) for operand in operands))
        if weights is not None:
            layer.set_weights(weights)
        if known:
            return np.asarray(layer(*operands))
        if self.open_batch and any(not part.shape or part.shape[0] is not None for part in _parts(made)):
            raise ConversionError(MIXED)
        return made

    def _broadcast(self, layer: Any, *operands: Value) -> Value:
        """As `_apply`, of operands that numpy's rules bring to one rank: an open batch has to stay the first axis."""
        rank = max(len(operand.shape) for operand in operands)
        if any(0 < len(operand.shape) < rank and operand.shape[0] is None for operand in operands):
            raise ConversionError(MIXED)
        return self._apply(layer, *operands)

    def _new(self, layer: Callable[..., Any], *settings: Any, word: str = "", **more: Any) -> Any:
        return layer(*settings, name=self._names.fresh(word), **more)

    def tensor(self, x: Value) -> Value:
        """`x` as a tensor: a known value becomes a layer of its own, once."""
        if not isinstance(x, np.ndarray):
            return x
        if id(x) not in self._constants:
            layer = self._new(self.own.Constant, list(x.shape), x.dtype.name, word="constant")
            made = layer(self._anchor)
            layer.set_weights([x.astype("uint8") if x.dtype == np.bool_ else x])
            self._constants[id(x)] = (x, made)
        return self._constants[id(x)][1]

    def constant(self, value: Array) -> Value:
        """See Home."""
        return np.ascontiguousarray(value).reshape(value.shape)

    def known(self, x: Value) -> Array | None:
        """See Home."""
        return x if isinstance(x, np.ndarray) else None

    def shape(self, x: Value) -> tuple[int, ...]:
        """See Home."""
        shape = tuple(x.shape)
        if None in shape[1:]:
            raise ConversionError(f"came out as {list(shape)}, expected known sizes")
        return tuple(1 if size is None else int(size) for size in shape)

    def dtype(self, x: Value) -> str:
        """See Home."""
        import keras

        return str(keras.backend.standardize_dtype(x.dtype))

    def unary(self, kind: str, x: Value, **options: Any) -> Value:
        """See Home."""
        if kind in ("RELU", "RELU6") and self.dtype(x) == "float32":
            more = {} if kind == "RELU" else {"max_value": 6.0}
            return self._apply(self._new(self.native.ReLU, word=self._behind(kind), **more), x)
        if kind in ACTIVATIONS:
            return self._apply(self._new(self.native.Activation, ACTIVATIONS[kind]), x)
        if kind == "LEAKY_RELU":
            return self._apply(self._new(self.native.LeakyReLU, negative_slope=options["alpha"]), x)
        operation = {"GELU": "gelu_tanh" if options.get("approximate") else "gelu"}.get(kind, kind.lower())
        return self._apply(self._new(self.own.Elementwise, operation, word=self._behind(kind)), x)

    def _behind(self, kind: str) -> str:
        """How an activation is called that another operator carries: the name itself is that operator's."""
        return kind.lower() if self._names.scope in self._names.taken else ""

    def binary(self, kind: str, x: Value, y: Value) -> Value:
        """See Home."""
        alike = tuple(x.shape) == tuple(y.shape) and len(x.shape) > 1
        if kind in NATIVE_SUMS and alike and not any(isinstance(operand, np.ndarray) for operand in (x, y)):
            return self._apply(_Listing(self._new(getattr(self.native, NATIVE_SUMS[kind]))), x, y)
        return self._broadcast(self._new(self.own.Elementwise, kind.lower()), x, y)

    def select(self, condition: Value, x: Value, y: Value) -> Value:
        """See Home."""
        return self._broadcast(self._new(self.own.Elementwise, "select"), condition, x, y)

    def cast(self, x: Value, dtype: str) -> Value:
        """See Home."""
        return x if self.dtype(x) == dtype else self._apply(self._new(self.own.Cast, dtype), x)

    def softmax(self, x: Value, logarithm: bool) -> Value:
        """See Home."""
        if len(x.shape) == 1 and x.shape[0] is None:
            raise ConversionError(MIXED)
        if logarithm:
            return self._apply(self._new(self.own.Elementwise, "log_softmax"), x)
        return self._apply(self._new(self.native.Softmax, axis=-1), x)

    def prelu(self, x: Value, slope: Array) -> Value:
        """See Home."""
        shared = [1 + axis for axis, size in enumerate(slope.shape) if size == 1]
        return self._apply(self._new(self.native.PReLU, shared_axes=shared or None), x, weights=[slope])

    def convolution(self, x: Value, filters: Filters, window: Window) -> Value:
        """See Home."""
        x, padding = self._padded(x, window)
        bias = [] if filters.bias is None else [filters.bias]
        options: dict[str, Any] = {"strides": window.strides, "dilation_rate": window.dilations}
        options |= {"padding": padding, "use_bias": bool(bias)}
        height, width, _, outputs = filters.weight.shape
        if filters.depthwise and window.strides[0] == window.strides[1]:
            weight = filters.weight.reshape(height, width, filters.groups, outputs // filters.groups)
            layer = self._new(self.native.DepthwiseConv2D, window.size, depth_multiplier=weight.shape[3], **options)
            return self._apply(layer, x, weights=[weight, *bias])
        layer = self._new(self.native.Conv2D, outputs, window.size, groups=filters.groups, **options)
        return self._apply(layer, x, weights=[filters.weight, *bias])

    def _padded(self, x: Value, window: Window) -> tuple[Value, str]:
        """The picture and the word for its padding; with zeros around it where Keras has no word."""
        if not any(window.pads[0] + window.pads[1]):
            return x, "valid"
        if is_same(self.shape(x)[1:3], window):
            return x, "same"
        return self._apply(self._new(self.native.ZeroPadding2D, window.pads, word="pad"), x), "valid"

    def transposed_convolution(self, x: Value, filters: Filters, window: Window, gaps: Pair) -> Value:
        """See Home."""
        height, width, _, outputs = filters.weight.shape
        sizes = self.shape(x)[1:3]
        same = transposed_same(sizes, window, gaps)
        layer = self._new(
            self.native.Conv2DTranspose,
            outputs,
            (height, width),
            strides=window.strides,
            padding="same" if same else "valid",
            use_bias=filters.bias is not None,
        )
        weights = [filters.weight.transpose(0, 1, 3, 2), *([] if filters.bias is None else [filters.bias])]
        made = self._apply(layer, x, weights=weights)
        if same:
            return made
        crops = []
        for axis in (0, 1):
            whole = (sizes[axis] - 1) * window.strides[axis] + window.size[axis] + gaps[axis]
            first, last = window.pads[axis]
            crops.append((first, self.shape(made)[1 + axis] - whole + last))
        cropped = any(sum(pair) for pair in crops)
        return self._apply(self._new(self.native.Cropping2D, crops, word="crop"), made) if cropped else made

    def pool(self, kind: str, x: Value, window: Window) -> Value:
        """See Home."""
        padding = "same" if is_same(self.shape(x)[1:3], window) else "valid"
        layer = self.native.MaxPooling2D if kind == "max" else self.native.AveragePooling2D
        return self._apply(self._new(layer, window.size, strides=window.strides, padding=padding), x)

    def dense(self, x: Value, weight: Array, bias: Array | None) -> Value:
        """See Home."""
        layer = self._new(self.native.Dense, weight.shape[0], use_bias=bias is not None)
        return self._apply(layer, x, weights=[weight.T, *([] if bias is None else [bias])])

    def matmul(self, x: Value, y: Value) -> Value:
        """See Home."""
        if len(y.shape) == 2 and y.shape[0] is None:
            raise ConversionError(MIXED)
        return self._broadcast(self._new(self.own.MatMul), x, y)

    def reduce(self, kind: str, x: Value, axes: Sequence[int], keep: bool) -> Value:
        """See Home."""
        if list(axes) == [1, 2] and len(x.shape) == 4 and kind == "mean":
            return self._apply(self._new(self.native.GlobalAveragePooling2D, keepdims=keep), x)
        return self._apply(self._new(self.own.Reduce, kind, list(axes), keep), x)

    def extreme(self, kind: str, x: Value, axis: int) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.Extreme, kind, axis), x)

    def topk(self, x: Value, count: int) -> tuple[Value, Value]:
        """See Home."""
        values, places = self._apply(self._new(self.own.TopK, count), self.tensor(x))
        return values, places

    def reshape(self, x: Value, shape: Sequence[int]) -> Value:
        """See Home."""
        wanted = [int(size) for size in shape]
        if isinstance(x, np.ndarray):
            return x.reshape(wanted)
        if list(self.shape(x)) == wanted:
            return x
        if wanted and x.shape and wanted[0] == self.shape(x)[0] and 0 not in wanted:
            return self._apply(self._new(self.native.Reshape, wanted[1:]), x)
        return self._apply(self._new(self.own.WholeReshape, wanted), x)

    def transpose(self, x: Value, order: Sequence[int]) -> Value:
        """See Home."""
        if isinstance(x, np.ndarray):
            return np.ascontiguousarray(x.transpose(order))
        if list(order) == list(range(len(order))):
            return x
        if order[0] == 0:
            return self._apply(self._new(self.native.Permute, list(order[1:])), x)
        return self._apply(self._new(self.own.WholeTranspose, list(order)), x)

    def concat(self, values: Sequence[Value], axis: int) -> Value:
        """See Home."""
        if all(isinstance(value, np.ndarray) for value in values):
            return np.concatenate(values, axis)
        if len(values) == 1:
            return values[0]
        return self._apply(_Listing(self._new(self.native.Concatenate, axis=axis)), *values)

    def slice(self, x: Value, cuts: Sequence[tuple[int, int, int]]) -> Value:
        """See Home; what is left whole is written with open bounds, so that the batch may have any size."""
        shape = self.shape(x)
        bounds = [
            [None, None, None]
            if cut == (0, size, 1)
            else [cut[0], None if cut[1] < 0 else cut[1], None if cut[2] == 1 else cut[2]]
            for cut, size in zip(cuts, shape, strict=True)
        ]
        if all(cut == [None] * 3 for cut in bounds):
            return x
        if bounds[0] != [None] * 3 and x.shape[0] is None:
            raise ConversionError(MIXED)
        return self._apply(self._new(self.own.Slice, bounds), x)

    def pad(self, x: Value, pairs: Sequence[Pair], value: float) -> Value:
        """See Home."""
        pictures = len(pairs) == 4 and not any(pairs[0] + pairs[3]) and self.dtype(x) == "float32"
        if pictures and value == 0:
            return self._apply(self._new(self.native.ZeroPadding2D, (tuple(pairs[1]), tuple(pairs[2]))), x)
        return self._apply(self._new(self.own.Pad, [list(pair) for pair in pairs], value), x)

    def mirror_pad(self, x: Value, pairs: Sequence[Pair], reflect: bool) -> Value:
        """See Home."""
        mode = "reflect" if reflect else "symmetric"
        return self._apply(self._new(self.own.MirrorPad, [list(pair) for pair in pairs], mode), x)

    def tile(self, x: Value, repeats: Sequence[int]) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.Tile, list(repeats)), x)

    def gather(self, x: Value, indices: Value, axis: int, batches: int) -> Value:
        """See Home; in batches by index tuples, each with the numbers of its batches in front."""
        if not batches:
            if isinstance(indices, np.ndarray):
                return self._apply(self._new(self.own.Take, axis, indices.tolist()), x)
            return self._apply(self._new(self.own.Take, axis), x, indices)
        rank = len(x.shape)
        moved = self.transpose(x, (*range(batches), axis, *(j for j in range(batches, rank) if j != axis)))
        shape = self.shape(indices)
        numbers = [
            np.broadcast_to(np.arange(shape[j]).reshape([-1 if k == j else 1 for k in range(len(shape))]), shape)[
                ..., None
            ].astype(self.dtype(indices))
            for j in range(batches)
        ]
        tuples = self.concat([*map(self.constant, numbers), self.reshape(indices, (*shape, 1))], len(shape))
        made = self.gather_nd(moved, tuples)
        between, chosen = axis - batches, len(shape) - batches
        front, places = (range(batches + chosen, batches + chosen + between), range(batches, batches + chosen))
        return self.transpose(
            made, [*range(batches), *front, *places, *range(batches + chosen + between, len(made.shape))]
        )

    def gather_nd(self, x: Value, indices: Value) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.TakeTuples), x, indices)

    def scatter_nd(self, indices: Value, updates: Value, shape: Sequence[int]) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.Scatter, list(shape)), indices, updates)

    def resize_bilinear(self, x: Value, size: Pair, rule: str) -> Value:
        """See Home."""
        if rule == "half_pixel":
            layer = self._new(self.native.Resizing, *size, interpolation="bilinear", data_format="channels_last")
            return self._apply(layer, x)
        return self._apply(self._new(self.own.ResizeBilinear, list(size), rule), x)

    def depth_to_space(self, x: Value, block: int) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.DepthToSpace, block), x)

    def space_to_depth(self, x: Value, block: int) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.SpaceToDepth, block), x)

    def lstm(self, x: Value, recurrence: Recurrence) -> Value:
        """See Home."""
        peeps = [] if recurrence.peephole is None else [recurrence.peephole]
        layer = self._new(
            self.own.SequenceLSTM,
            recurrence.kernel.shape[1],
            recurrence.activation,
            bool(peeps),
            recurrence.clip,
            recurrence.coupled,
            recurrence.time_major,
        )
        weights = [recurrence.kernel, recurrence.recurrent, recurrence.bias, *peeps]
        return self._apply(layer, x, weights=weights)

    def region_matrix(self, landmarks: Value, region: Region) -> Value:
        """See Home."""
        turn = (list(region.subset), list(region.size), list(region.scale), region.rotation)
        return self._apply(self._new(self.own.RegionMatrix, region.left, region.right, *turn), landmarks)

    def region_features(self, picture: Value, matrix: Value, size: Pair) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.RegionFeatures, list(size)), picture, matrix)

    def from_region(self, landmarks: Value, matrix: Value) -> Value:
        """See Home."""
        return self._apply(self._new(self.own.FromRegion), landmarks, matrix)


class _Listing:
    """A layer that takes its operands as one list, as Keras' own of several operands do."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def __call__(self, *operands: Value) -> Value:
        return self._layer(list(operands))


def _parts(made: Value) -> Sequence[Value]:
    return made if isinstance(made, tuple | list) else [made]
