"""The steps of a home as ONNX nodes."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array
from converters.homes.home import Filters, Pair, Recurrence, Window
from converters.onnx.elementwise import BINARY, CLIPS, UNARY
from converters.onnx.regions import from_region, region_features, region_matrix
from converters.onnx.values import CHANNELS_FIRST, Builder, Value, natural
from converters.regions import Region

REDUCTIONS = {"mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd"}
"""Those whose axes are an attribute in opset 17; ReduceSum's are an input."""

LSTM_ACTIVATIONS = {"TANH": "Tanh", "RELU": "Relu", "NONE": "Affine"}
RESIZING = {"half_pixel": "half_pixel", "aligned": "align_corners", "plain": "asymmetric"}


class OnnxHome:
    """See converters.homes.home.Home."""

    title = "ONNX"

    def __init__(self) -> None:
        self.builder = Builder()
        self.begin = self.builder.names.begin

    def constant(self, value: Array) -> Value:
        """See Home."""
        return Value("", value.shape, value.dtype.name, natural(value.ndim), value)

    def known(self, x: Value) -> Array | None:
        """See Home."""
        return x.array

    def shape(self, x: Value) -> tuple[int, ...]:
        """See Home."""
        return x.shape

    def dtype(self, x: Value) -> str:
        """See Home."""
        return x.dtype

    def _held(self, x: Value) -> str:
        return self.builder.ordered(x, x.order)

    def node(self, kind: str, x: Value, *more: str, like: Value | None = None, word: str = "", **options: Any) -> Value:
        """A node on `x` as it is held and operands by their names; like `x`, or what is given."""
        return self.builder.made(kind, [self._held(x), *more], like or x, word, **options)

    def unary(self, kind: str, x: Value, **options: Any) -> Value:
        """See Home."""
        if kind in CLIPS:
            bounds = [self.builder.stored(np.array(bound, x.dtype), "bound") for bound in CLIPS[kind]]
            return self.node("Clip", x, *bounds)
        if kind in UNARY:
            return self.node(UNARY[kind], x, **options)
        match kind:
            case "SQUARE":
                return self.node("Mul", x, self._held(x))
            case "RSQRT":
                return self.node("Reciprocal", self.node("Sqrt", x, word="sqrt"))
            case "GELU":
                return self._gelu(x, bool(options["approximate"]))
        raise ConversionError(f"no node for {kind}")

    def _gelu(self, x: Value, approximate: bool) -> Value:
        """x/2 · (1 + erf(x/√2)), or by tanh(√(2/π)·(x + 0.044715 x³)) (Hendrycks, Gimpel 2016)."""
        if approximate:
            cube = self.binary("MUL", self.binary("MUL", x, x), x)
            bent = self.binary("ADD", x, self.binary("MUL", cube, self._number(0.044715)))
            gate = self.unary("TANH", self.binary("MUL", bent, self._number(math.sqrt(2 / math.pi))))
        else:
            gate = self.node("Erf", self.binary("MUL", x, self._number(1 / math.sqrt(2))))
        half = self.binary("MUL", x, self._number(0.5))
        return self.binary("MUL", half, self.binary("ADD", gate, self._number(1.0)))

    def _number(self, value: float) -> Value:
        return self.constant(np.array(value, np.float32))

    def binary(self, kind: str, x: Value, y: Value) -> Value:
        """See Home."""
        if kind in ("FLOOR_DIV", "FLOOR_MOD"):
            return self._floored(kind, x, y)
        if kind == "SQUARED_DIFFERENCE":
            return self.unary("SQUARE", self.binary("SUB", x, y))
        if kind == "NOT_EQUAL":
            return self.unary("LOGICAL_NOT", self.binary("EQUAL", x, y))
        name, truth = BINARY[kind]
        operands, like = self._broadcast(x, y)
        return self.builder.made(name, operands, replace(like, dtype="bool") if truth else like)

    def _floored(self, kind: str, x: Value, y: Value) -> Value:
        """Division towards −∞, or its rest, which has the sign of y; ONNX's Mod has that for whole numbers alone."""
        if kind == "FLOOR_DIV":
            if x.dtype == "float32":
                return self.unary("FLOOR", self.binary("DIV", x, y))
            return self.binary("DIV", self.binary("SUB", x, self._floored("FLOOR_MOD", x, y)), y)
        operands, like = self._broadcast(x, y)
        rest = self.builder.made("Mod", operands, like, fmod=int(x.dtype == "float32"))
        if x.dtype != "float32":
            return rest
        other = self.binary(
            "LESS", self.binary("MUL", self.unary("SIGN", rest), self.unary("SIGN", y)), self._number(0)
        )
        return self.select(other, self.binary("ADD", rest, y), rest)

    def _broadcast(self, *values: Value) -> tuple[list[str], Value]:
        """The operands' names with one rank and axis order, and what an elementwise result is like."""
        shape = np.broadcast_shapes(*(value.shape for value in values))
        rank = len(shape)
        computed = [value.order for value in values if value.array is None and len(value.shape) == rank]
        order = CHANNELS_FIRST if rank == 4 and CHANNELS_FIRST in computed else (computed or [natural(rank)])[0]
        names = [self.builder.ordered(self._ranked(value, rank), order if value.shape else ()) for value in values]
        return names, Value("", shape, values[-1].dtype, order)

    def _ranked(self, x: Value, rank: int) -> Value:
        return x if len(x.shape) in (0, rank) else self.reshape(x, (1,) * (rank - len(x.shape)) + x.shape)

    def select(self, condition: Value, x: Value, y: Value) -> Value:
        """See Home."""
        names, like = self._broadcast(condition, x, y)
        return self.builder.made("Where", names, like)

    def cast(self, x: Value, dtype: str) -> Value:
        """See Home."""
        import onnx

        if x.dtype == dtype:
            return x
        kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.node("Cast", x, like=replace(x, dtype=dtype), to=kind)

    def softmax(self, x: Value, logarithm: bool) -> Value:
        """See Home."""
        return self.node("LogSoftmax" if logarithm else "Softmax", x, axis=x.order.index(len(x.shape) - 1))

    def prelu(self, x: Value, slope: Array) -> Value:
        """See Home."""
        per_channel = len(x.shape) == 4 and slope.shape[:2] == (1, 1)
        order = CHANNELS_FIRST if per_channel else x.order
        ranked = self.builder.stored(
            slope[None].transpose(order)[0] if order[0] == 0 else slope[None].transpose(order), "slope"
        )
        return self.builder.made("PRelu", [self.builder.ordered(x, order), ranked], replace(x, order=order, array=None))

    def convolution(self, x: Value, filters: Filters, window: Window) -> Value:
        """See Home."""
        operands = self._filters(filters, (3, 2, 0, 1))
        reach = [d * (k - 1) + 1 for d, k in zip(window.dilations, window.size, strict=True)]
        like = self._picture(
            x, [_steps(x.shape[1 + j] + sum(window.pads[j]), reach[j], window.strides[j]) for j in (0, 1)]
        )
        like = replace(like, shape=(*like.shape[:3], filters.weight.shape[3]))
        given: dict[str, Any] = {"dilations": window.dilations, "group": filters.groups, "kernel_shape": window.size}
        names = [self.builder.ordered(x, CHANNELS_FIRST), *operands]
        return self.builder.made("Conv", names, like, strides=window.strides, pads=_pads(window), **given)

    def transposed_convolution(self, x: Value, filters: Filters, window: Window, gaps: Pair) -> Value:
        """See Home."""
        operands = self._filters(filters, (2, 3, 0, 1))
        whole = [(x.shape[1 + j] - 1) * window.strides[j] + window.size[j] + gaps[j] for j in (0, 1)]
        like = self._picture(x, [size - sum(pair) for size, pair in zip(whole, window.pads, strict=True)])
        like = replace(like, shape=(*like.shape[:3], filters.weight.shape[3]))
        given: dict[str, Any] = {"output_padding": gaps, "kernel_shape": window.size}
        names = [self.builder.ordered(x, CHANNELS_FIRST), *operands]
        return self.builder.made("ConvTranspose", names, like, strides=window.strides, pads=_pads(window), **given)

    def _filters(self, filters: Filters, order: tuple[int, ...]) -> list[str]:
        names = [self.builder.stored(filters.weight.transpose(order), "weight")]
        return names if filters.bias is None else [*names, self.builder.stored(filters.bias, "bias")]

    def _picture(self, x: Value, sizes: Sequence[int]) -> Value:
        return Value("", (x.shape[0], sizes[0], sizes[1], x.shape[3]), "float32", CHANNELS_FIRST)

    def pool(self, kind: str, x: Value, window: Window) -> Value:
        """See Home."""
        sizes = [_steps(x.shape[1 + j] + sum(window.pads[j]), window.size[j], window.strides[j]) for j in (0, 1)]
        name, more = ("MaxPool", dict[str, Any]()) if kind == "max" else ("AveragePool", {"count_include_pad": 0})
        given: dict[str, Any] = {"kernel_shape": window.size, "strides": window.strides, "pads": _pads(window), **more}
        return self.builder.made(name, [self.builder.ordered(x, CHANNELS_FIRST)], self._picture(x, sizes), **given)

    def dense(self, x: Value, weight: Array, bias: Array | None) -> Value:
        """See Home."""
        made = self.matmul(x, self.constant(np.ascontiguousarray(weight.T)))
        return made if bias is None else self.binary("ADD", made, self.constant(bias))

    def matmul(self, x: Value, y: Value) -> Value:
        """See Home."""
        stack = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        shape = (*stack, x.shape[-2], y.shape[-1])
        names = [self.builder.ordered(x), self.builder.ordered(y)]
        return self.builder.made("MatMul", names, Value("", shape, x.dtype, natural(len(shape))))

    def reduce(self, kind: str, x: Value, axes: Sequence[int], keep: bool) -> Value:
        """See Home."""
        if kind in ("any", "all"):
            numbers = self.reduce("max" if kind == "any" else "min", self.cast(x, "int32"), axes, keep)
            return self.cast(numbers, "bool")
        places = sorted(x.order.index(axis) for axis in axes)
        like = self._without(x, axes, keep)
        if kind == "sum":
            listed = self.builder.stored(np.array(places, np.int64), "axes")
            return self.node("ReduceSum", x, listed, like=like, keepdims=int(keep))
        return self.node(REDUCTIONS[kind], x, like=like, axes=places, keepdims=int(keep))

    def _without(self, x: Value, axes: Sequence[int], keep: bool) -> Value:
        """What is left of `x` when its axes are folded."""
        if keep:
            return replace(x, shape=tuple(1 if j in axes else size for j, size in enumerate(x.shape)))
        left = [axis for axis in x.order if axis not in axes]
        order = tuple(sorted(left).index(axis) for axis in left)
        return replace(x, shape=tuple(size for j, size in enumerate(x.shape) if j not in axes), order=order)

    def extreme(self, kind: str, x: Value, axis: int) -> Value:
        """See Home."""
        like = replace(self._without(x, [axis], keep=False), dtype="int64")
        name = "ArgMax" if kind == "max" else "ArgMin"
        return self.cast(self.node(name, x, like=like, axis=x.order.index(axis), keepdims=0), "int32")

    def topk(self, x: Value, count: int) -> tuple[Value, Value]:
        """See Home."""
        operands = [self.builder.ordered(x), self.builder.stored(np.array([count], np.int64), "count")]
        names = self.builder.node("TopK", operands, results=2, axis=-1)
        like = Value(names[0], (*x.shape[:-1], count), x.dtype, natural(len(x.shape)))
        return like, self.cast(replace(like, name=names[1], dtype="int64"), "int32")

    def reshape(self, x: Value, shape: Sequence[int]) -> Value:
        """See Home."""
        like = Value("", tuple(int(size) for size in shape), x.dtype, natural(len(shape)))
        if x.array is not None:
            return replace(like, array=x.array.reshape(like.shape))
        if x.shape == like.shape:
            return x
        long = [axis for axis in x.order if x.shape[axis] != 1]
        name = x.name if long == sorted(long) else self.builder.ordered(x)
        wanted = self.builder.stored(np.array(like.shape, np.int64), "shape")
        empty: dict[str, Any] = {"allowzero": 1} if 0 in like.shape else {}
        return self.builder.made("Reshape", [name, wanted], like, **empty)

    def transpose(self, x: Value, order: Sequence[int]) -> Value:
        """See Home; no node, the value's axes are only called otherwise."""
        shape = tuple(x.shape[axis] for axis in order)
        if x.array is not None:
            return replace(x, shape=shape, order=natural(len(shape)), array=x.array.transpose(order))
        return replace(x, shape=shape, order=tuple(list(order).index(axis) for axis in x.order))

    def concat(self, values: Sequence[Value], axis: int) -> Value:
        """See Home."""
        computed = [value.order for value in values if value.array is None]
        order = CHANNELS_FIRST if CHANNELS_FIRST in computed else (computed or [values[0].order])[0]
        shape = list(values[0].shape)
        shape[axis] = sum(value.shape[axis] for value in values)
        like = Value("", tuple(shape), values[0].dtype, order)
        names = [self.builder.ordered(value, order) for value in values]
        return self.builder.made("Concat", names, like, axis=order.index(axis))

    def slice(self, x: Value, cuts: Sequence[tuple[int, int, int]]) -> Value:
        """See Home."""
        shape = tuple(len(range(*cut)) for cut in cuts)
        cut_axes = [axis for axis, cut in enumerate(cuts) if cut != (0, x.shape[axis], 1)]
        if not cut_axes:
            return x
        columns = {
            "starts": [cuts[axis][0] for axis in cut_axes],
            "ends": [cuts[axis][1] if cuts[axis][1] >= 0 else -x.shape[axis] - 1 for axis in cut_axes],
            "axes": [x.order.index(axis) for axis in cut_axes],
            "steps": [cuts[axis][2] for axis in cut_axes],
        }
        names = [self.builder.stored(np.array(column, np.int64), word) for word, column in columns.items()]
        return self.node("Slice", x, *names, like=replace(x, shape=shape))

    def pad(self, x: Value, pairs: Sequence[Pair], value: float) -> Value:
        """See Home."""
        return self._padded(x, pairs, "constant", [self.builder.stored(np.array(value, x.dtype), "value")])

    def _padded(self, x: Value, pairs: Sequence[Pair], mode: str, more: Sequence[str] = ()) -> Value:
        ordered = [pairs[axis] for axis in x.order]
        amounts = [before for before, _ in ordered] + [after for _, after in ordered]
        shape = tuple(size + sum(pair) for size, pair in zip(x.shape, pairs, strict=True))
        listed = self.builder.stored(np.array(amounts, np.int64), "pads")
        return self.node("Pad", x, listed, *more, like=replace(x, shape=shape), mode=mode)

    def mirror_pad(self, x: Value, pairs: Sequence[Pair], reflect: bool) -> Value:
        """See Home."""
        if reflect:
            return self._padded(x, pairs, "reflect")
        for axis, pair in enumerate(pairs):
            if any(pair):
                cells = np.pad(np.arange(x.shape[axis], dtype=np.int32), pair, "symmetric")
                x = self.gather(x, self.constant(cells), axis, 0)
        return x

    def tile(self, x: Value, repeats: Sequence[int]) -> Value:
        """See Home."""
        listed = self.builder.stored(np.array([repeats[axis] for axis in x.order], np.int64), "repeats")
        shape = tuple(size * times for size, times in zip(x.shape, repeats, strict=True))
        return self.node("Tile", x, listed, like=replace(x, shape=shape))

    def gather(self, x: Value, indices: Value, axis: int, batches: int) -> Value:
        """See Home."""
        if batches:
            return self._gather_in_batches(x, indices, axis, batches)
        shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
        if len(indices.shape) == 1:
            place = x.order.index(axis)
            return self.node("Gather", x, self.builder.ordered(indices), like=replace(x, shape=shape), axis=place)
        names = [self.builder.ordered(x), self.builder.ordered(indices)]
        return self.builder.made("Gather", names, Value("", shape, x.dtype, natural(len(shape))), axis=axis)

    def _gather_in_batches(self, x: Value, indices: Value, axis: int, batches: int) -> Value:
        """By GatherND, the axis moved behind the batches, and what lay between moved back in front of the places."""
        order = (*range(batches), axis, *(j for j in range(batches, len(x.shape)) if j != axis))
        moved = self.transpose(x, order)
        tuples = self.cast(self.reshape(indices, (*indices.shape, 1)), "int64")
        names = [self.builder.ordered(moved), self.builder.ordered(tuples)]
        shape = (*indices.shape, *moved.shape[batches + 1 :])
        made = self.builder.made("GatherND", names, Value("", shape, x.dtype, natural(len(shape))), batch_dims=batches)
        between, chosen = axis - batches, len(indices.shape) - batches
        front = [batches + chosen + j for j in range(between)]
        places = [batches + j for j in range(chosen)]
        return self.transpose(made, [*range(batches), *front, *places, *range(batches + chosen + between, len(shape))])

    def gather_nd(self, x: Value, indices: Value) -> Value:
        """See Home."""
        shape = (*indices.shape[:-1], *x.shape[indices.shape[-1] :])
        names = [self.builder.ordered(x), self.builder.ordered(self.cast(indices, "int64"))]
        return self.builder.made("GatherND", names, Value("", shape, x.dtype, natural(len(shape))))

    def scatter_nd(self, indices: Value, updates: Value, shape: Sequence[int]) -> Value:
        """See Home."""
        zeros = self.builder.stored(np.zeros(tuple(shape), updates.dtype), "zeros")
        names = [zeros, self.builder.ordered(self.cast(indices, "int64")), self.builder.ordered(updates)]
        like = Value("", tuple(shape), updates.dtype, natural(len(shape)))
        return self.builder.made("ScatterND", names, like, reduction="add")

    def resize_bilinear(self, x: Value, size: Pair, rule: str) -> Value:
        """See Home."""
        like = self._picture(x, size)
        whole = self.builder.stored(np.array([like.shape[axis] for axis in CHANNELS_FIRST], np.int64), "sizes")
        names = [self.builder.ordered(x, CHANNELS_FIRST), "", "", whole]
        mode = RESIZING[rule]
        return self.builder.made("Resize", names, like, mode="linear", coordinate_transformation_mode=mode)

    def depth_to_space(self, x: Value, block: int) -> Value:
        """See Home."""
        like = self._picture(x, (x.shape[1] * block, x.shape[2] * block))
        like = replace(like, shape=(*like.shape[:3], x.shape[3] // block**2), dtype=x.dtype)
        names = [self.builder.ordered(x, CHANNELS_FIRST)]
        return self.builder.made("DepthToSpace", names, like, blocksize=block, mode="DCR")

    def space_to_depth(self, x: Value, block: int) -> Value:
        """See Home."""
        like = self._picture(x, (x.shape[1] // block, x.shape[2] // block))
        like = replace(like, shape=(*like.shape[:3], x.shape[3] * block**2), dtype=x.dtype)
        return self.builder.made("SpaceToDepth", [self.builder.ordered(x, CHANNELS_FIRST)], like, blocksize=block)

    def lstm(self, x: Value, recurrence: Recurrence) -> Value:
        """See Home; ONNX has the gates in the order input, output, forget, cell.

        An input gate that is 1 − the forget gate is the forget gate of negated weights, as 1 − σ(a) = σ(−a).
        """
        if recurrence.clip > 0:
            raise ConversionError("its cell is clipped, which ONNX's LSTM can't; export it without cell_clip")
        sequence = x if recurrence.time_major else self.transpose(x, (1, 0, 2))
        units = recurrence.kernel.shape[1]
        bias = _gate_order(recurrence.bias, recurrence.coupled).reshape(1, -1)
        names = [self.builder.ordered(sequence)]
        for word, weights in (("kernel", recurrence.kernel), ("recurrent", recurrence.recurrent)):
            ordered = _gate_order(weights, recurrence.coupled)
            names.append(self.builder.stored(ordered.reshape(1, 4 * units, -1), word))
        names.append(self.builder.stored(np.concatenate([bias, np.zeros_like(bias)], 1), "bias"))
        if recurrence.peephole is not None:
            admit, forget, output = recurrence.peephole
            seen = np.concatenate([-forget if recurrence.coupled else admit, output, forget])[None]
            names += ["", "", "", self.builder.stored(seen, "peephole")]
        bend = LSTM_ACTIVATIONS[recurrence.activation]
        options: dict[str, Any] = {"activations": ["Sigmoid", bend, bend], "hidden_size": units}
        if bend == "Affine":
            options |= {"activation_alpha": [1.0, 1.0, 1.0], "activation_beta": [0.0, 0.0, 0.0]}
        steps, batch, _ = sequence.shape
        like = Value("", (steps, 1, batch, units), "float32", natural(4))
        made = self.reshape(self.builder.made("LSTM", names, like, **options), (steps, batch, units))
        return made if recurrence.time_major else self.transpose(made, (1, 0, 2))

    def region_matrix(self, landmarks: Value, region: Region) -> Value:
        """See Home."""
        return region_matrix(self, landmarks, region)

    def region_features(self, picture: Value, matrix: Value, size: Pair) -> Value:
        """See Home."""
        return region_features(self, picture, matrix, size)

    def from_region(self, landmarks: Value, matrix: Value) -> Value:
        """See Home."""
        return from_region(self, landmarks, matrix)


def _gate_order(gates: Array, coupled: bool) -> Array:
    admit, forget, cell, output = gates
    return np.stack([-forget if coupled else admit, output, forget, cell])


def _steps(size: int, reach: int, stride: int) -> int:
    return (size - reach) // stride + 1


def _pads(window: Window) -> list[int]:
    """ONNX's order: the beginnings of all axes, then their ends."""
    (top, bottom), (left, right) = window.pads
    return [top, left, bottom, right]
