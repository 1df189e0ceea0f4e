"""Reductions along axes."""

from collections.abc import Callable

from verification.executor.graph import Graph, Tensor
from verification.executor.operators.elementwise import named_dtype
from verification.executor.operators.registry import Ints, register
from verification.executor.operators.shape import positive_axis

_KINDS = {
    "reduce_l1_norm": "ReduceL1",
    "reduce_l2_norm": "ReduceL2",
    "reduce_log_sum": "ReduceLogSum",
    "reduce_log_sum_exp": "ReduceLogSumExp",
    "reduce_max": "ReduceMax",
    "reduce_mean": "ReduceMean",
    "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
    "reduce_sum": "ReduceSum",
    "reduce_sum_square": "ReduceSumSquare",
}


def _reduction(onnx_kind: str) -> Callable[..., str]:
    def emit(graph: Graph, x: Tensor, axes: Ints | None = None, keep_dims: bool = False) -> str:
        chosen = tuple(range(x.rank)) if axes is None else tuple(positive_axis(axis, x.rank) for axis in axes)
        return graph.node(onnx_kind, x, graph.integers(chosen), keepdims=int(keep_dims))

    return emit


for _kind, _onnx_kind in _KINDS.items():
    register(_kind)(_reduction(_onnx_kind))


@register("reduce_argmax")
def reduce_argmax(graph: Graph, x: Tensor, axis: int = -1, keep_dims: bool = False, output_dtype: str = "int32") -> str:
    """The index of the largest element along `axis`; of equal ones the first, which MIL leaves open."""
    index = graph.node("ArgMax", x, axis=axis, keepdims=int(keep_dims))
    return graph.cast(index, named_dtype(output_dtype))


@register("reduce_argmin")
def reduce_argmin(graph: Graph, x: Tensor, axis: int = -1, keep_dims: bool = False, output_dtype: str = "int32") -> str:
    """The index of the smallest element along `axis`; of equal ones the first, which MIL leaves open."""
    index = graph.node("ArgMin", x, axis=axis, keepdims=int(keep_dims))
    return graph.cast(index, named_dtype(output_dtype))
