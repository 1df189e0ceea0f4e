"""A `.tflite` whose float32 constants are rounded to float16: the network that a float16 package can be at best."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


EPSILONS = 400
"""coremltools (mil/passes/defs/quantization.py) keeps constants of fewer numbers from becoming 0: it takes them for
what keeps a logarithm or a quotient finite."""


def with_rounded_weights(model: bytes) -> bytes:
    """The same file with each float32 constant rounded to float16 and back, in place; its other bytes stay.

    What lies beyond float16's range stays as it is, as it does in a package.
    """
    copy = bytearray(model)
    for stored in _float32_buffers(copy):
        stored[:] = _rounded(stored)
    return bytes(copy)


def _rounded(values: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = values.astype(np.float16)
    if values.size < EPSILONS:
        vanished = (rounded == 0) & (values != 0)
        rounded[vanished] = np.copysign(np.finfo(np.float16).smallest_subnormal, values[vanished])
    return np.where(np.isfinite(rounded), rounded, values).astype(np.float32)


def _float32_buffers(model: bytearray) -> Iterator[Array]:
    """The values of each float32 constant, as views of the file's bytes."""
    from ai_edge_litert.schema_py_generated import Model, TensorType

    file = Model.GetRootAs(model, 0)
    for subgraph in (file.Subgraphs(number) for number in range(file.SubgraphsLength())):
        for tensor in (subgraph.Tensors(number) for number in range(subgraph.TensorsLength())):
            if tensor.Type() != TensorType.FLOAT32:
                continue
            buffer = file.Buffers(tensor.Buffer())
            if buffer.Offset() > 1 and buffer.Size() > 0:  # the large-model form: the data lies behind the tables
                yield np.frombuffer(model, np.float32, buffer.Size() // 4, buffer.Offset())
            elif buffer.DataLength() > 0:
                yield buffer.DataAsNumpy().view(np.float32)
