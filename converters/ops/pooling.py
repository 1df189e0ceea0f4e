"""Pooling."""

from collections.abc import Callable
from functools import partial

from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.activation import activated
from converters.ops.registry import register
from converters.windows import window_padding


@register("MAX_POOL_2D")
def lower_max_pool_2d(context: Context, operator: Operator) -> None:
    """The maximum of each window; padding never wins (MIL pads with −∞ as TensorFlow does)."""
    _pool(context, operator, mb.max_pool)


@register("AVERAGE_POOL_2D")
def lower_average_pool_2d(context: Context, operator: Operator) -> None:
    """The mean of each window's cells inside the picture: padding counts for nothing."""
    _pool(context, operator, partial(mb.avg_pool, exclude_padding_from_average=True))


def _pool(context: Context, operator: Operator, pool: Callable[..., Var]) -> None:
    source, result = context.tensor(operator, 0), context.result(operator)
    window = (operator.whole("filterHeight"), operator.whole("filterWidth"))
    strides = (operator.whole("strideH"), operator.whole("strideW"))
    if len(source.shape) != 4 or min(*window, *strides) < 1:
        raise ConversionError(f"input {list(source.shape)}, window {window}, strides {strides}")
    kind = str(operator.option("padding"))
    pads = [window_padding(kind, source.shape[1 + j], window[j], strides[j]) for j in (0, 1)]
    x = context.value(source, CHANNELS_FIRST)
    var = activated(
        context,
        operator,
        lambda name: pool(
            x=x,
            kernel_sizes=list(window),
            strides=list(strides),
            pad_type="custom",
            pad=[*pads[0], *pads[1]],
            name=name,
        ),
        result,
    )
    context.put(result, var, CHANNELS_FIRST)
