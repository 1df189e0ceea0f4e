"""What an ONNX model is made of while it grows: values in whatever axis order they are held, nodes, initialisers.

ONNX's convolutions want pictures as NCHW, a `.tflite` has them as NHWC. Each value knows in which order of its tensor's
axes it is held; whoever needs another gets it by a transposition, which is made once. TRANSPOSE only relabels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from converters.graph import Array
from converters.homes.names import Names

CHANNELS_FIRST = (0, 3, 1, 2)
"""NCHW as axes of NHWC."""

OPSET = 17
IR_VERSION = 8
"""The version of the file format that came with opset 17 (onnx/docs/Versioning.md): runtimes refuse newer ones."""

MOST_FOLDED = 1 << 16
"""Values that a step on constants may make to be computed at once."""


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor of `shape` in its own axis order; its ONNX value's axis i is the tensor's axis `order[i]`.

    `array`, in the tensor's own order, is what it holds whatever the inputs are; its `name` is empty until it is used.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    order: tuple[int, ...]
    array: Array | None = None


def natural(rank: int) -> tuple[int, ...]:
    """A tensor's own axis order."""
    return tuple(range(rank))


class Builder:
    """Nodes and initialisers, each under a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: dict[str, Array] = {}
        self.names = Names("/")
        self._moved: dict[tuple[str, tuple[int, ...]], str] = {}

    def stored(self, array: Array, word: str = "constant") -> str:
        """The name of an initialiser that holds the array."""
        name = self.names.fresh(word)
        self.initializers[name] = np.asarray(array, order="C")  # ascontiguousarray makes one axis out of none
        return name

    def node(self, kind: str, inputs: Sequence[str], word: str = "", results: int = 1, **attributes: Any) -> list[str]:
        """Append a node; the names of what it makes."""
        import onnx

        names = [
            self.names.fresh(word if number == 0 else f"{word or kind.lower()}_{number}") for number in range(results)
        ]
        self.nodes.append(onnx.helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names

    def made(self, kind: str, inputs: Sequence[str], like: Value, word: str = "", **attributes: Any) -> Value:
        """The value of a node with one result, `like` in shape, type and order; computed at once from constants."""
        if self._foldable(inputs, like):
            (array,) = _evaluated(kind, {name: self.initializers[name] for name in inputs if name}, inputs, attributes)
            back = [like.order.index(axis) for axis in range(len(like.order))]
            return replace(like, name="", array=np.asarray(array).transpose(back))
        return replace(like, name=self.node(kind, inputs, word, **attributes)[0], array=None)

    def _foldable(self, inputs: Sequence[str], like: Value) -> bool:
        constant = all(not name or name in self.initializers for name in inputs)
        return constant and int(np.prod(like.shape)) <= MOST_FOLDED

    def ordered(self, x: Value, order: Sequence[int] | None = None) -> str:
        """The name of `x` with its axes in `order`, by default its own."""
        wanted = natural(len(x.shape)) if order is None else tuple(order)
        if x.array is not None:
            return self.stored(x.array.transpose(wanted))
        if x.order == wanted:
            return x.name
        key = (x.name, wanted if x.order == natural(len(wanted)) else (*x.order, *wanted))
        if key not in self._moved:
            order = [x.order.index(axis) for axis in wanted]
            self._moved[key] = self.node(
                "Transpose", [x.name], "to_nchw" if wanted == CHANNELS_FIRST else "to_nhwc", perm=order
            )[0]
        return self._moved[key]


def _evaluated(kind: str, feeds: dict[str, Array], inputs: Sequence[str], attributes: dict[str, Any]) -> list[Array]:
    """What ONNX's own reference makes of one node."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    helper = onnx.helper
    node = helper.make_node(kind, list(inputs), ["result"], **attributes)
    given = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in feeds.items()
    ]
    graph = helper.make_graph([node], "folded", given, [onnx.ValueInfoProto(name="result")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    found: list[Array] = ReferenceEvaluator(model).run(None, feeds)
    return found
