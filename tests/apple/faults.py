"""Faults seeded into the executor: the control of what a case would notice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.graph import Graph
from verification.executor.operators.registry import Operator, Result, operators


@contextmanager
def faulty(kind: str) -> Iterator[None]:
    """Meanwhile the operator `kind` gives 1 - x in place of every result x, which turns truth around as well."""
    # The registry is a dictionary, and the only place that every execution looks at.
    registry = cast(dict[str, Operator], operators())
    right = registry[kind]
    registry[kind] = Operator(lambda graph, **given: _wrong(graph, right.emit(graph, **given)), right.parameters)
    try:
        yield
    finally:
        registry[kind] = right


def _wrong(graph: Graph, result: Result) -> Result:
    if isinstance(result, np.ndarray):
        return _wrong_array(result)
    if isinstance(result, tuple):
        return tuple(_wrong_tensor(graph, name) for name in result)
    return _wrong_tensor(graph, result)


def _wrong_tensor(graph: Graph, name: str) -> str:
    difference = graph.node("Sub", graph.scalar(1.0), graph.cast(name, "float32"))
    return graph.node("CastLike", difference, name)


def _wrong_array(array: Array) -> Array:
    wrong: Any = ~array if array.dtype == bool else np.asarray(1, array.dtype) - array
    return np.asarray(wrong, array.dtype)
