"""One file of vectors: cases with inputs, and what a twin makes of each."""

import json
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

Case = dict[str, Any]


@dataclass(frozen=True)
class Vectors:
    """`inputs` gives each case's name and inputs, `answer` what the twin computes of a case.

    `tolerance` is how far another implementation may be off, in units that `what` names.
    """

    name: str
    what: str
    tolerance: float
    inputs: Callable[[], Iterator[Case]]
    answer: Callable[[Case], Any]

    def document(self) -> bytes:
        """The file's bytes: a key a line, then a case a line."""
        head = {"what": self.what, "made_by": made_by(), "tolerance": self.tolerance}
        cases = [{**case, "expected": self.answer(case)} for case in self.inputs()]
        lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
        body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
        return f'{{\n{body},\n"cases": [\n{lines}\n]\n}}\n'.encode()


def made_by() -> dict[str, str]:
    """Where a file's numbers come from."""
    return {
        "command": "make vectors",
        "numpy": version("numpy"),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def numbers(values: Any) -> Any:
    """Nested lists of the shortest decimals that are these float32 numbers again."""
    array = np.asarray(values, np.float32)
    if not np.isfinite(array).all():
        raise ValueError("a number that is not finite; expected inputs on which the twin gives none")
    return _decimals(array)


def _decimals(array: NDArray[np.float32]) -> Any:
    return float(str(array[()])) if array.ndim == 0 else [_decimals(row) for row in array]


def bits(values: Any) -> list[int]:
    """float32 numbers as the integers that have their bits: JSON knows neither NaN nor infinity."""
    found: list[int] = np.asarray(values, np.float32).reshape(-1).view(np.uint32).tolist()
    return found


def from_bits(values: list[int]) -> NDArray[np.float32]:
    """What `bits` made."""
    return np.array(values, np.uint32).view(np.float32)
