"""How far a package may be from its original, and why that far.

Limits are in the output's unit. "px" are pixels of the network's input, "logit" raw scores, "value" anything else:
there the limit is a share of the output's range over all cases, since nobody said what the numbers mean, or a multiple
of what the original differs from itself by (verification/spread.py), where that is more. "index" are whole numbers that
name something, a class or a place: 3 is no closer to 4 than to 9, so that the share of those that differ is limited.

- float32 arithmetic, weights kept exactly: both runtimes sum the same products in another order. LiteRT's own two sets
  of kernels, plain and XNNPACK, differ by up to 3.8e-4 logits on the same faces.
- float32 arithmetic, weights rounded: the source's float32 weights lose 13 bits in a float16 package, as those of
  the iris network, the only one of MediaPipe's face models that stores float32. A "value" or an "index" knows no such
  limit: there the original is given the same rounded weights (verification/oracles/rounded_weights.py).
- float16 arithmetic: every operator's output rounded to 11 bits. A pixel value of 128 to 255 alone steps by 0.125.

What is measured stands in the manifest and in docs/verification.md.
"""

from dataclasses import dataclass, replace
from typing import Literal

Arithmetic = Literal["float32", "float16"]


INDEX = "index"
"""The unit of whole numbers: they name classes or places, and either are the original's or are not."""

TAIL = 3.0
"""How much further the greatest error may go on cases other than the built-in ones.

The figures above belong to a fixed set of 24 cases; a maximum over more of them, or over other pictures, reaches
further into the tail: 1.8 times the float16 limits and twice the float32 ones over 960 cases (docs/verification.md).
A wrong weight, axis or padding is off by orders of magnitude.
"""


@dataclass(frozen=True)
class SelfDifference:
    """What an output of the original differs from itself by, in its unit: what no package is asked to stay below.

    `kernels` is the greatest difference between two ways to sum the same products, `rounding` and `rounding_mean` are
    what rounding the weights to float16 does, where the package has them rounded.
    """

    kernels: float = 0.0
    rounding: float = 0.0
    rounding_mean: float = 0.0


NOTHING = SelfDifference()


@dataclass(frozen=True)
class Limit:
    """The greatest and the mean error allowed; `relative` to the output's range, or in its unit.

    A relative maximum grows to `spreads` times what the original's kernels differ by, up to `widest` of the range;
    both grow to `roundings` times what rounding its weights does, the mean up to `widest_mean` of the range.
    """

    max: float
    mean: float | None = None
    relative: bool = False
    spreads: float = 0.0
    widest: float = 0.0
    roundings: float = 0.0
    widest_mean: float = 0.0

    def allowed(self, size: float, own: SelfDifference = NOTHING) -> float:
        """The greatest error in the output's unit, for an output of this range or size and its original's `own`."""
        if not self.relative:
            return self.max
        grown = max(self.spreads * own.kernels, self.roundings * own.rounding)
        return max(self.max * size, min(grown, self.widest * size))

    def allowed_mean(self, size: float, own: SelfDifference = NOTHING) -> float | None:
        """The mean error in the output's unit; None where nothing limits it."""
        if self.mean is None or not self.relative:
            return self.mean
        return max(self.mean * size, min(self.roundings * own.rounding_mean, self.widest_mean * size))


SPREADS = 2.0
"""The package is one more order of summation, which can't be closer to the original than its kernels to each other.

The greatest of some million differences is itself a matter of luck. The mask of pose_landmark_full, whose kernels
differ by 1.2e-3 of its range, was off by 1.1 times as much in the cases, 1.2 times on a black frame.
"""

ROUNDING_STEPS = 2.0**13
"""float16 keeps 11 bits where float32 keeps 24: a network magnifies either rounding alike."""

ROUNDINGS = 3.0
"""float16 arithmetic rounds each operator's output by as much as a weight is rounded, and there are several.

Measured on 20 networks, arithmetic against weights: up to 1.9 times in the maximum and 1.5 in the mean where the shares
of the range don't decide already (docs/verification.md).
"""

MOST_BY_WEIGHTS = 5e-2
"""A network whose output its rounded weights change by more of its range, on average, is no longer the same network."""

FACES = Limit(0.5)
"""As many faces; scenes in which the last digit decides are left out."""

_EXACT = {
    "faces": FACES,
    "probability": Limit(1.25e-4),  # a logit's, by the sigmoid's steepest slope, 1/4
    "px": Limit(5e-4),
    "logit": Limit(5e-4),
    "value": Limit(1e-3, relative=True, spreads=SPREADS, widest=1e-2),
    # Of all cases, one element in a thousand may lie so close to another that the order of a sum decides.
    INDEX: Limit(1.0, 1e-3),
}
_ROUNDED_WEIGHTS = {
    "faces": FACES,
    "probability": Limit(5e-3),
    "px": Limit(2e-2),
    "logit": Limit(2e-2),
    "value": _EXACT["value"],
    INDEX: _EXACT[INDEX],
}
_FLOAT16 = {
    "faces": FACES,
    "probability": Limit(2e-2, 5e-3),
    "px": Limit(0.35, 0.05),
    "logit": Limit(0.75, 0.02),
    # Where a network magnifies rounding so that a pixel at a mask's edge may be anything, the mean alone decides.
    "value": Limit(
        5e-2, 5e-3, relative=True, spreads=ROUNDING_STEPS, widest=1.0, roundings=ROUNDINGS, widest_mean=1e-1
    ),
    # A classifier's one answer may be the other one in one of the 24 cases; of a map of classes 0.1 % are.
    INDEX: Limit(1.0, 5e-2),
}


def limit(unit: str, arithmetic: Arithmetic, weights_exact: bool, built_in_cases: bool = True, side: int = 1) -> Limit:
    """The limit for an output of `unit` of a network that takes pictures `side` pixels wide.

    An unknown unit counts as "value".
    """
    table = _FLOAT16 if arithmetic == "float16" else _EXACT if weights_exact else _ROUNDED_WEIGHTS
    if unit == "normalised":
        pixels = table["px"]
        found = Limit(pixels.max / side, None if pixels.mean is None else pixels.mean / side)
    else:
        found = table.get(unit, table["value"])
    return found if built_in_cases or unit == INDEX else replace(found, max=TAIL * found.max)
