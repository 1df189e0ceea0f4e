"""Rebuilding a program with coremltools, quietly, and within bounds that hostile programs can't break."""

import logging
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from verification.executor.proto import load_proto
from verification.lint.package import Package

LARGEST_FOLDED = 2**26
"""Elements that values computed while a program is rebuilt may have in all: 256 MB of float32."""

_LOCK = threading.Lock()


class RebuildError(Exception):
    """coremltools can't rebuild the program; `operation` is the message of the one where it stopped, if it was one."""

    def __init__(self, reason: str, operation: Any) -> None:
        super().__init__(reason)
        self.operation = operation


def rebuild(package: Package) -> Any:
    """The program as coremltools builds it from the specification and the weights, every type inferred anew.

    RebuildError where it can't: an operator refuses its inputs, or the inferred type isn't the declared one.
    """
    load_proto()
    from coremltools.converters.mil.frontend.milproto.load import load

    specification = package.specification
    weights = package.bundle.model.parent / "weights"
    try:
        with _quiet(), _bounded_folding():
            return load(specification, specification.specificationVersion, str(weights))
    except Exception as error:  # coremltools raises all kinds, assertions and its native reader's among them
        text = " ".join(str(error).split()) or "no reason given"
        raise RebuildError(f"{type(error).__name__}: {text}", _operation_at(error)) from None


def _operation_at(error: Exception) -> Any:
    """The Operation message that coremltools was at, out of the frames that the exception passed through."""
    found, traceback = None, error.__traceback__
    while traceback is not None:
        found = traceback.tb_frame.f_locals.get("op_spec", found)
        traceback = traceback.tb_next
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Without coremltools' remarks on the log and numpy's on overflow."""
    logger = logging.getLogger("coremltools")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _bounded_folding() -> Iterator[None]:
    """While it lasts, coremltools computes values of constant operands up to LARGEST_FOLDED elements in all.

    A few bytes of a program can ask for any size (`fill`, `tile`, a broadcast), and coremltools computes at once. The
    types of the results are known by then, so the one method that all operators compute through is put behind a check.
    A value that can't be computed stays unknown: coremltools' numpy code is not what is judged here.
    """
    from coremltools.converters.mil.mil.operation import Operation

    original, left = Operation._auto_val, LARGEST_FOLDED

    def checked(operation: Any, types: Any) -> Any:
        nonlocal left
        if operation.op_type == "const":
            return original(operation, types)
        left -= sum(_elements(found) for found in types)
        if left < 0:
            raise ValueError(f"constant operands make values of more than {LARGEST_FOLDED} elements")
        try:
            return original(operation, types)
        except Exception:
            return tuple(None for _ in types)

    with _LOCK:
        Operation._auto_val = checked
        try:
            yield
        finally:
            Operation._auto_val = original


def _elements(inferred: Any) -> int:
    """The elements of a type of coremltools'; 0 where they aren't known, for then nothing is computed."""
    from coremltools.converters.mil.mil.types.symbolic import is_symbolic

    shape = inferred.get_shape() if hasattr(inferred, "get_shape") else ()
    return 0 if any(is_symbolic(size) for size in shape) else math.prod(int(size) for size in shape)
