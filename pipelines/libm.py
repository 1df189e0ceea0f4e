"""The C library's functions of float32 numbers: those that MediaPipe calls, and so the same digits on each machine.

numpy and Python have others, which differ in the last bit; regions that differ in it are warped to other pixels, and
tracking carries that on from frame to frame.
"""

import ctypes
import math
from collections.abc import Callable

import numpy as np

Function = Callable[..., np.float32]


def _function(name: str, arguments: int, instead: Callable[..., float]) -> Function:
    """The C library's `name`; where it can't be had, `instead`, rounded."""
    try:
        found = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # no such function; a system without a library of the process's own
        return lambda *values: np.float32(instead(*map(float, values)))
    found.restype, found.argtypes = ctypes.c_float, [ctypes.c_float] * arguments
    return lambda *values: np.float32(found(*map(float, values)))


atan2 = _function("atan2f", 2, math.atan2)
cos = _function("cosf", 1, math.cos)
sin = _function("sinf", 1, math.sin)
