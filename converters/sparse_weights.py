"""MIL pass: convolution weights that are mostly zeros are stored as their non-zero values and a mask.

Before:  weight = const(…, half of it or more zeros);  conv(x, weight)
After:   weight = constexpr_sparse_to_dense(nonzero_data, mask, shape);  conv(x, weight)

It runs last, when the weights have their final precision: constexpr operators have to feed an operator directly.
"""

from typing import Any

import numpy as np
from coremltools.converters.mil.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.mil.passes.graph_pass import AbstractGraphPass
from coremltools.converters.mil.mil.passes.helper import block_context_manager
from coremltools.converters.mil.mil.passes.pass_registry import register_pass

from converters.graph import Array

SPARSE_WEIGHTS_PASS = "blazemesh::keep_weights_sparse"
LEAST_ZEROS = 0.5
"""The share of zeros from which on it is done, coremltools' own default (OpThresholdPrunerConfig)."""
LEAST_ELEMENTS = 128
"""Below it the second blob's 64 bytes of header and padding outweigh what the mask saves."""


@register_pass(namespace="blazemesh")
class keep_weights_sparse(AbstractGraphPass):  # type: ignore[misc] # noqa: N801, D101 — passes are named so
    def apply(self, prog: Any) -> None:
        """Rewrite every function of the program in place."""
        for function in prog.functions.values():
            _rewrite(function)


@block_context_manager  # type: ignore[untyped-decorator]
def _rewrite(block: Any) -> None:
    for operation in list(block.operations):
        if operation.op_type != "conv":
            continue
        weight = operation.weight
        if weight.op is None or weight.op.op_type != "const" or not mostly_zeros(weight.val):
            continue
        nonzero, mask = sparse_form(weight.val)
        replacement = mb.constexpr_sparse_to_dense(
            nonzero_data=nonzero,
            mask=mask,
            shape=np.array(weight.val.shape, np.uint32),
            before_op=operation,
            name=f"{weight.name}_sparse",
        )
        block.replace_uses_of_var_after_op(
            anchor_op=replacement.op, old_var=weight, new_var=replacement, no_check_var_types=True
        )


def mostly_zeros(value: Array) -> bool:
    """Whether storing only the non-zero values is worth it; zeros alone would leave none to store."""
    return value.size >= LEAST_ELEMENTS and LEAST_ZEROS <= float(np.mean(value == 0)) < 1


def sparse_form(value: Array) -> tuple[Array, Array]:
    """The non-zero values in order, and one bit an element, the lowest bit of a byte first (MIL's order)."""
    present = value.reshape(-1) != 0
    return value.reshape(-1)[present], np.packbits(present, bitorder="little")
