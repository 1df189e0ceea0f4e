"""How functions are put into a registry of operator kinds."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

H = TypeVar("H", bound=Callable[..., Any])


def registered(handlers: dict[str, H], kinds: Sequence[str]) -> Callable[[H], H]:
    """A decorator that makes a function the one of `kinds` in `handlers`.

    TypeError unless its signature is (context, operator), ValueError where a kind has a function already.
    """

    def decorate(handler: H) -> H:
        parameters = list(inspect.signature(handler).parameters)
        if parameters != ["context", "operator"]:
            raise TypeError(f"{handler.__name__} takes {parameters}, expected (context, operator)")
        for kind in kinds:
            if kind in handlers:
                raise ValueError(f"{kind} is registered twice: {handlers[kind].__name__}, {handler.__name__}")
            handlers[kind] = handler
        return handler

    return decorate
