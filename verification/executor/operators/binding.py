"""A MIL operation's arguments, brought into the form that its operator's signature asks for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.graph import Tensor
from verification.executor.operators.registry import Bools, Ints, Operator, Value

AsTensor = Callable[[Value], Tensor]


def bind(operator: Operator, arguments: Mapping[str, Sequence[Value]], as_tensor: AsTensor) -> dict[str, Any]:
    """The keyword arguments with which to call an operator's function.

    PackageError names a parameter that the operator doesn't have, one that is missing, and one of the wrong form.
    `as_tensor` puts an array into the graph.
    """
    unknown = sorted(set(arguments) - set(operator.parameters))
    if unknown:
        raise PackageError(f"its parameter {unknown[0]!r} is not supported; known are {sorted(operator.parameters)}")
    missing = [key for key, value in operator.parameters.items() if value.required and not arguments.get(key)]
    if missing:
        raise PackageError(f"its parameter {missing[0]!r} is missing")
    bound = {}
    for key, values in arguments.items():
        try:
            bound[key] = _convert(operator.parameters[key].form, values, as_tensor)
        except PackageError as error:
            raise PackageError(f"parameter {key!r}: {error}") from None
    return bound


def _convert(form: Any, values: Sequence[Value], as_tensor: AsTensor) -> Any:
    if form == tuple[Tensor, ...]:
        return tuple(as_tensor(value) for value in values)
    if len(values) != 1:
        raise PackageError(f"found {len(values)} values, expected one")
    if form in (Tensor, Tensor | None):
        return as_tensor(values[0])
    if not isinstance(values[0], np.ndarray):
        raise PackageError("found a value that is computed, expected a constant")
    return _CONSTANT_FORMS[form](values[0])


def _scalar(kinds: str, convert: Callable[[Any], Any]) -> Callable[[Array], Any]:
    def read(array: Array) -> Any:
        if array.dtype.kind not in kinds or array.size != 1:
            raise PackageError(f"found {array.dtype} {list(array.shape)}, expected a single {convert.__name__}")
        return convert(array.item())

    return read


def _vector(kinds: str, convert: Callable[[Any], Any]) -> Callable[[Array], Any]:
    def read(array: Array) -> Any:
        if array.dtype.kind not in kinds or array.ndim > 1:
            raise PackageError(f"found {array.dtype} {list(array.shape)}, expected a vector of {convert.__name__}")
        return tuple(convert(element) for element in array.reshape(-1).tolist())

    return read


_CONSTANT_FORMS: dict[Any, Callable[[Array], Any]] = {
    Array: lambda array: array,
    Array | None: lambda array: array,
    int: _scalar("iu", int),
    int | None: _scalar("iu", int),
    float: _scalar("fiu", float),
    bool: _scalar("b", bool),
    bool | None: _scalar("b", bool),
    str: _scalar("O", str),
    Ints: _vector("iu", int),
    Ints | None: _vector("iu", int),
    Bools | None: _vector("b", bool),
}
