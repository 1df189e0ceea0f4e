"""Which function says what an operator kind comes to in any home."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from converters.graph import Operator
from converters.registration import registered

if TYPE_CHECKING:
    from converters.homes.context import Context

Handler = Callable[["Context[Any]", Operator], None]

_handlers: dict[str, Handler] = {}


def register(*kinds: str) -> Callable[[Handler], Handler]:
    """Decorator: the function emits operators of these kinds; its signature is (context, operator), a kind has one."""
    return registered(_handlers, kinds)


def handlers() -> Mapping[str, Handler]:
    """Every registered kind with its function; the operator modules are imported on the first call."""
    import converters.homes.operators.convolution
    import converters.homes.operators.dense
    import converters.homes.operators.elementwise
    import converters.homes.operators.mediapipe
    import converters.homes.operators.moving
    import converters.homes.operators.ordering
    import converters.homes.operators.padding
    import converters.homes.operators.recurrent
    import converters.homes.operators.reduction
    import converters.homes.operators.resize
    import converters.homes.operators.selection
    import converters.homes.operators.slicing
    import converters.homes.operators.space_batch  # noqa: F401

    return _handlers
