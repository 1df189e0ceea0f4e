"""How far a package may be from its original, and why that far.

Limits are in the output's unit. "px" are pixels of the network's input, "logit" raw scores, "value" anything else:
there the limit is a share of the output's range over all cases, since nobody said what the numbers mean.

- float32 arithmetic, weights kept exactly: both runtimes sum the same products in another order. LiteRT's own two sets
  of kernels, plain and XNNPACK, differ by up to 3.8e-4 logits on the same faces.
- float32 arithmetic, weights rounded: the source's float32 weights lose 13 bits in a float16 package, as those of
  the iris network, the only one of MediaPipe's face models that stores float32.
- float16 arithmetic: every operator's output rounded to 11 bits. A pixel value of 128 to 255 alone steps by 0.125.

What is measured stands in the manifest and in docs/verification.md.
"""

from dataclasses import dataclass, replace
from typing import Literal

Arithmetic = Literal["float32", "float16"]


TAIL = 3.0
"""How much further the greatest error may go on cases other than the built-in ones.

The figures above belong to a fixed set of 24 cases; a maximum over more of them, or over other pictures, reaches
further into the tail: 1.8 times the float16 limits and twice the float32 ones over 960 cases (docs/verification.md).
A wrong weight, axis or padding is off by orders of magnitude.
"""


@dataclass(frozen=True)
class Limit:
    """The greatest and the mean error allowed; `relative` to the output's range, or in its unit."""

    max: float
    mean: float | None = None
    relative: bool = False


_EXACT = {"px": Limit(5e-4), "logit": Limit(5e-4), "value": Limit(1e-3, relative=True)}
_ROUNDED_WEIGHTS = {"px": Limit(2e-2), "logit": Limit(2e-2), "value": Limit(1e-2, relative=True)}
_FLOAT16 = {"px": Limit(0.35, 0.05), "logit": Limit(0.75, 0.02), "value": Limit(5e-2, 5e-3, relative=True)}


def limit(unit: str, arithmetic: Arithmetic, weights_exact: bool, built_in_cases: bool = True) -> Limit:
    """The limit for an output of `unit`; an unknown unit counts as "value"."""
    table = _FLOAT16 if arithmetic == "float16" else _EXACT if weights_exact else _ROUNDED_WEIGHTS
    found = table.get(unit, table["value"])
    return found if built_in_cases else replace(found, max=TAIL * found.max)
