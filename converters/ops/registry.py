"""Which function lowers which operator kind."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from converters.graph import Operator
from converters.registration import registered

if TYPE_CHECKING:
    from converters.lower import Context

Handler = Callable[["Context", Operator], None]

_handlers: dict[str, Handler] = {}


def register(*kinds: str) -> Callable[[Handler], Handler]:
    """Decorator: the function lowers operators of these kinds; its signature is (context, operator), a kind has one."""
    return registered(_handlers, kinds)


def handlers() -> Mapping[str, Handler]:
    """Every registered kind with its function; the operator modules are imported on the first call."""
    import converters.ops.activation
    import converters.ops.convolution
    import converters.ops.dense
    import converters.ops.elementwise
    import converters.ops.mediapipe
    import converters.ops.ordering
    import converters.ops.padding
    import converters.ops.pooling
    import converters.ops.recurrent
    import converters.ops.reduction
    import converters.ops.resize
    import converters.ops.selection
    import converters.ops.shape
    import converters.ops.space_batch
    import converters.ops.transposed_convolution  # noqa: F401

    return _handlers
