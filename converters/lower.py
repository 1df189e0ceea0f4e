"""Graph → MIL function body: which operator goes where, and in which axis order its values are held.

A `.tflite` keeps pictures as NHWC, Core ML as NCHW. Each value is held once, as some axis order of its tensor; whoever
needs another order gets it from `Context.value`, which transposes only where the order really differs. A convolution
takes and leaves NCHW, an elementwise operator takes what its operands have, TRANSPOSE only relabels: so nothing is
transposed between convolutions.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813 — coremltools' own name for it
from coremltools.converters.mil.mil.block import curr_block
from coremltools.converters.mil.mil.types import builtin_to_string, nptype_from_builtin

from converters.errors import ConversionError
from converters.finish import Var, kept_float32
from converters.graph import Array, Graph, Operator, Tensor
from converters.identifiers import operation_name
from converters.merged_axes import MOST_AXES
from converters.operands import Operands
from converters.ops.registry import handlers
from converters.refusals import refuse_arithmetic_of_bytes, refuse_unknown

CHANNELS_FIRST = (0, 3, 1, 2)
"""NCHW as axes of NHWC."""

MIL_TYPES: dict[str, type[np.generic]] = {
    "float32": np.float32,
    "float16": np.float32,
    "int32": np.int32,
    "int64": np.int32,
    "uint8": np.int32,
    "bool": np.bool_,
}
"""What each type of the source is computed in; the package's precision is chosen later, for the whole program."""

PASSING_ON = frozenset(
    {"ADD", "SUB", "MUL", "DIV", "NEG", "CONCATENATION", "PACK", "UNPACK", "SPLIT", "SPLIT_V", "GATHER", "GATHER_ND"}
    | {"RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "SLICE", "STRIDED_SLICE"}
)
"""Operators that scale, shift or move: of precise values alone they make precise ones (see Context.precise)."""


@dataclass(frozen=True)
class Held:
    """A MIL value whose axis i is the tensor's axis `axes[i]`."""

    var: Var
    axes: tuple[int, ...]


@dataclass(frozen=True)
class ZeroPadding:
    """A PAD that waits for its reader: zeros around the rows (top, bottom) and columns (left, right) of `source`."""

    source: int
    rows: tuple[int, int]
    columns: tuple[int, int]


class Context(Operands):
    """What an operator's function sees: its operands in the axis order it asks for, and where its result goes."""

    def __init__(self, graph: Graph, inputs: dict[int, Held], expand_prelu: bool = False) -> None:
        self.graph = graph
        self.expand_prelu = expand_prelu
        self.zero_paddings: dict[int, ZeroPadding] = {}
        self.precise: set[int] = set()
        """Tensors that stay float32 in a float16 package: places and what maps them, in pixels, where halves step."""
        self._held: dict[int, list[Held]] = {index: [held] for index, held in inputs.items()}
        self._deferred: dict[int, Callable[[], None]] = {}

    def known(self, tensor: Tensor) -> Array | None:
        """What the tensor holds whatever the inputs are: a constant, or what MIL infers (a shape, say); else None."""
        if tensor.value is not None:
            return tensor.value
        var = self._cheapest(tensor)
        return None if var.val is None else np.asarray(var.val).reshape(tensor.shape)

    def axes(self, tensor: Tensor) -> tuple[int, ...]:
        """The order in which `tensor` is held, NCHW where both that and another are; its own for a constant."""
        if tensor.value is not None:
            return tuple(range(len(tensor.shape)))
        orders = [held.axes for held in self._holds(tensor)]
        return CHANNELS_FIRST if CHANNELS_FIRST in orders else orders[0]

    def value(self, tensor: Tensor, axes: Sequence[int] | None = None) -> Var:
        """The tensor's MIL value with its axes in the order `axes`, by default its own."""
        wanted = tuple(range(len(tensor.shape))) if axes is None else tuple(axes)
        if tensor.value is not None:
            return mil_constant(tensor.value.transpose(wanted))
        holds = self._holds(tensor)
        for held in holds:
            if held.axes == wanted:
                return held.var
        held = holds[0]
        order = [held.axes.index(axis) for axis in wanted]
        name = f"{self.name(tensor)}_{'nchw' if wanted == CHANNELS_FIRST else 'ordered'}{len(holds)}"
        with self._as_precise_as(tensor):
            holds.append(Held(_reordered(held.var, order, name), wanted))
        return holds[-1].var

    def reshaped(self, tensor: Tensor, shape: Sequence[int], name: str) -> Var:
        """The tensor's values, read in its own axis order, as `shape`."""
        if tensor.value is not None:
            return mb.const(val=mil_constant(tensor.value).reshape(shape), name=name)
        var = self._cheapest(tensor)
        if tuple(var.shape) == tuple(shape):
            return var
        with self._as_precise_as(tensor):
            return mb.reshape(x=var, shape=list(shape), name=name)

    def _as_precise_as(self, tensor: Tensor) -> AbstractContextManager[None]:
        return kept_float32(curr_block()) if tensor.index in self.precise else nullcontext()

    def _cheapest(self, tensor: Tensor) -> Var:
        """A hold that has the tensor's values in order already (only axes of size 1 moved), else a transposed one."""
        for held in self._holds(tensor):
            long = [axis for axis in held.axes if tensor.shape[axis] != 1]
            if long == sorted(long):
                return held.var
        return self.value(tensor)

    def put(self, tensor: Tensor, var: Var, axes: Sequence[int] | None = None) -> None:
        """The operator's result; ConversionError unless its shape and type are what the source declares."""
        if isinstance(var, np.ndarray):  # an operand that is a constant, passed on as it is
            var = mb.const(val=var, name=self.name(tensor))
        if len(tensor.shape) > MOST_AXES:
            raise ConversionError(f"makes {list(tensor.shape)}, Core ML's tensors have at most {MOST_AXES} axes")
        order = tuple(range(len(tensor.shape))) if axes is None else tuple(axes)
        expected = tensor.shape if len(order) != len(tensor.shape) else tuple(tensor.shape[axis] for axis in order)
        if tuple(var.shape) != expected:
            raise ConversionError(f"came out as {list(var.shape)}, the source says {list(expected)}")
        if nptype_from_builtin(var.dtype) is not MIL_TYPES.get(tensor.dtype):
            raise ConversionError(f"came out as {builtin_to_string(var.dtype)}, the source says {tensor.dtype}")
        self._held[tensor.index] = [Held(var, order)]

    def defer(self, tensor: Tensor, padding: ZeroPadding, emit: Callable[[], None]) -> None:
        """A result that a convolution may take over; `emit` puts it in place when anybody else asks for it."""
        self.zero_paddings[tensor.index] = padding
        self._deferred[tensor.index] = emit

    def name(self, tensor: Tensor) -> str:
        """A MIL name for the tensor: its own made an identifier, and its index, by which a comparer finds it again."""
        return operation_name(tensor.name, tensor.index)

    def _holds(self, tensor: Tensor) -> list[Held]:
        if emit := self._deferred.pop(tensor.index, None):
            emit()
        return self._held[tensor.index]


def mil_constant(value: Array) -> Array:
    """The array in a type that MIL knows: 64-bit numbers as 32-bit ones, float16 as float32."""
    return np.asarray(value, MIL_TYPES.get(value.dtype.name), order="C")


def _reordered(var: Var, order: list[int], name: str) -> Var:
    """`var` with its axes in `order`: a reshape where only axes of size 1 move, else a transpose."""
    long = [axis for axis in order if var.shape[axis] != 1]
    if long == sorted(long):
        return mb.reshape(x=var, shape=[var.shape[axis] for axis in order], name=name)
    return mb.transpose(x=var, perm=order, name=name)


def lower(context: Context) -> None:
    """Emit every operator of the graph, in order; ConversionError names the one that can't be."""
    graph = context.graph
    refuse_unsupported(graph)
    known = handlers()
    for operator in graph.operators:
        try:
            refuse_arithmetic_of_bytes(graph, operator)
            with _precisely(context, operator):
                known[operator.kind](context, operator)
        except ConversionError as error:
            raise ConversionError(f"{graph.where(operator)}: {error}") from error
        except Exception as error:  # coremltools validates by whatever it happens to raise
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ConversionError(f"{graph.where(operator)}: Core ML does not take it: {reason}") from error


def _precisely(context: Context, operator: Operator) -> AbstractContextManager[None]:
    """Keeps float32 what an operator makes of precise values alone, and marks it as precise."""
    computed = [j for j in operator.inputs if j is not None and context.graph.tensors[j].value is None]
    if operator.kind not in PASSING_ON or not computed or not context.precise.issuperset(computed):
        return nullcontext()
    context.precise.update(operator.outputs)
    return kept_float32(curr_block())


def refuse_unsupported(graph: Graph) -> None:
    """ConversionError for what no operator's function could lower."""
    refuse_unknown(graph, handlers())


def remaining_axes(order: tuple[int, ...], dropped: Collection[int]) -> tuple[int, ...]:
    """The axis order of what is left of a tensor held in `order` when its axes `dropped` are gone."""
    left = [axis for axis in order if axis not in dropped]
    return tuple(sorted(left).index(axis) for axis in left)


def common_axes(context: Context, tensors: Iterable[Tensor], rank: int) -> tuple[int, ...]:
    """The axis order in which operands of equal rank meet with the fewest transposes: NCHW if any of them has it."""
    orders = [context.axes(t) for t in tensors if t.value is None and len(t.shape) == rank]
    if rank == 4 and CHANNELS_FIRST in orders:
        return CHANNELS_FIRST
    return orders[0] if orders else tuple(range(rank))
