"""Activations: operators of their own, and the one that another operator carries within itself."""

from collections.abc import Callable

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Array, Operator, Tensor
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register

ACTIVATIONS: dict[str, Callable[..., Var]] = {
    "RELU": lambda x, name: mb.relu(x=x, name=name),
    "RELU6": lambda x, name: mb.relu6(x=x, name=name),
    "RELU_N1_TO_1": lambda x, name: mb.clip(x=x, alpha=np.float32(-1), beta=np.float32(1), name=name),
    "RELU_0_TO_1": lambda x, name: mb.clip(x=x, alpha=np.float32(0), beta=np.float32(1), name=name),
    "TANH": lambda x, name: mb.tanh(x=x, name=name),
}


FUSED = ("RELU", "RELU6", "RELU_N1_TO_1")
"""Those that another operator can carry: LiteRT's own kernels pass over a fused TANH in silence."""


def activated(context: Context, operator: Operator, emit: Callable[[str], Var], result: Tensor) -> Var:
    """What `emit(name)` makes, then the operator's fused activation; whichever is last has the result's name."""
    kind = operator.option("fusedActivationFunction", "NONE")
    name = context.name(result)
    if kind == "NONE":
        return emit(name)
    if kind not in FUSED:
        raise ConversionError(f"fused activation {kind} is not supported; supported are {', '.join(FUSED)}")
    return ACTIVATIONS[str(kind)](x=emit(f"{name}_linear"), name=name)


@register(*ACTIVATIONS)
def lower_activation(context: Context, operator: Operator) -> None:
    """An activation that is an operator of its own."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axes = context.axes(source)
    context.put(result, ACTIVATIONS[operator.kind](x=context.value(source, axes), name=context.name(result)), axes)


@register("PRELU")
def lower_prelu(context: Context, operator: Operator) -> None:
    """x where x > 0, else slope·x; `expand_prelu` writes it as relu(x) − slope·relu(−x).

    So are slopes that differ within a channel (Keras without shared_axes) and operands that are no pictures, which
    MIL's prelu does not take. Apple's own test of that operator is an expected failure in float16 (rdar://92175249 in
    coremltools' test_activation.py); the expanded form avoids it, and its difference, which coremltools' fuse_prelu
    does not look for, keeps it so.
    """
    source, result = context.tensor(operator, 0), context.result(operator)
    axes, name = context.axes(source), context.name(result)
    slopes = np.broadcast_to(context.constant(operator, 1), source.shape)
    per_channel = slopes.reshape(-1, source.shape[-1]) if len(source.shape) == 4 else None
    if per_channel is not None and not np.any(per_channel != per_channel[0]):
        axes = CHANNELS_FIRST
        if not context.expand_prelu:
            alpha = per_channel[0].astype(np.float32)
            context.put(result, mb.prelu(x=context.value(source, axes), alpha=alpha, name=name), axes)
            return
    slope = _without_repeats(slopes.astype(np.float32).transpose(axes))
    context.put(result, _expanded_prelu(context.value(source, axes), slope, name), axes)


def _expanded_prelu(x: Var, slope: Array, name: str) -> Var:
    negated = mb.mul(x=x, y=np.float32(-1), name=f"{name}_negated")
    falling = mb.mul(x=mb.relu(x=negated, name=f"{name}_falling"), y=slope, name=f"{name}_scaled")
    return mb.sub(x=mb.relu(x=x, name=f"{name}_rising"), y=falling, name=name)


def _without_repeats(values: Array) -> Array:
    """The values with each axis along which they are all the same cut to size 1."""
    for axis in range(values.ndim):
        first = values.take([0], axis)
        values = first if not np.any(values != first) else values
    return values


@register("LEAKY_RELU")
def lower_leaky_relu(context: Context, operator: Operator) -> None:
    """x where x > 0, else alpha·x."""
    alpha = np.float32(operator.number("alpha"))
    _lower_with(context, operator, lambda x, name: mb.leaky_relu(x=x, alpha=alpha, name=name))


@register("ELU")
def lower_elu(context: Context, operator: Operator) -> None:
    """x where x > 0, else e^x - 1."""
    _lower_with(context, operator, lambda x, name: mb.elu(x=x, alpha=np.float32(1), name=name))


@register("HARD_SWISH")
def lower_hard_swish(context: Context, operator: Operator) -> None:
    """x · relu6(x + 3) / 6.

    1/6 is no float16: rounded it is 1/4096 too small, in every activation of a network alike. Of two float16 the
    product is off by 2**-22 of it, as (2**22 - 1) / 3 = 2047 · 683; the gate still ends at 1 exactly.
    """

    def emit(x: Var, name: str) -> Var:
        shrunk = mb.mul(x=x, y=np.float32(2047 / 2048), name=f"{name}_shrunk")
        gate = mb.sigmoid_hard(x=shrunk, alpha=np.float32(683 / 4096), beta=np.float32(0.5), name=f"{name}_gate")
        return mb.mul(x=x, y=gate, name=name)

    _lower_with(context, operator, emit)


@register("GELU")
def lower_gelu(context: Context, operator: Operator) -> None:
    """x · Φ(x), or its approximation by tanh."""
    mode = "TANH_APPROXIMATION" if operator.option("approximate", False) else "EXACT"
    _lower_with(context, operator, lambda x, name: mb.gelu(x=x, mode=mode, name=name))


def _lower_with(context: Context, operator: Operator, emit: Callable[[Var, str], Var]) -> None:
    """One operand in, whatever its axis order, one result out."""
    source, result = context.tensor(operator, 0), context.result(operator)
    axes = context.axes(source)
    context.put(result, emit(context.value(source, axes), context.name(result)), axes)
