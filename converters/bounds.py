"""The bounds of a STRIDED_SLICE: which speaks of which axis, and what they cut out of it."""

from converters.errors import ConversionError
from converters.graph import Operator
from converters.operands import Operands

Cut = tuple[int, int, int]
"""First, last (excluded; −1 before the first element) and step along one axis."""


def read_cuts(operands: Operands, operator: Operator) -> tuple[list[Cut], list[int]]:
    """A cut for each axis of the source, and the axes that are gone from the result.

    With `offset`, ends count from where the slices begin (tensorflow/lite/kernels/internal/strided_slice_logic.h).
    """
    source = operands.tensor(operator, 0)
    begin, end, stride = (operands.constant(operator, position).reshape(-1).tolist() for position in (1, 2, 3))
    if not len(begin) == len(end) == len(stride) or 0 in stride:
        raise ConversionError(f"begin {begin}, end {end}, strides {stride} for the shape {list(source.shape)}")
    if operator.option("offset", False) and operator.option("endMask", 0):
        # LiteRT's kernel counts with the mask and declares a shape without it.
        raise ConversionError("ends counted from the beginnings (offset) and left open (end mask) at once")
    given = [slice(*bounds) for bounds in zip(begin, end, stride, strict=True)]
    places = _places(operator, len(given), len(source.shape))
    cuts = [_cut(operator, given, place, size) for place, size in zip(places, source.shape, strict=True)]
    return cuts, [axis for axis, place in enumerate(places) if place is not None and _dropped(operator, place)]


def _places(operator: Operator, count: int, rank: int) -> list[int | None]:
    """For each axis, which of the `count` bounds speaks of it; None for what an ellipsis or the end leaves whole."""
    places = [j for j in range(count) if _named(operator, "ellipsisMask", j) or not _named(operator, "newAxisMask", j)]
    ellipses = [j for j in places if _named(operator, "ellipsisMask", j)]
    explicit = len(places) - len(ellipses)
    if explicit > rank or len(ellipses) > 1:
        raise ConversionError(f"bounds for {explicit} axes and {len(ellipses)} ellipses, the source has {rank} axes")
    split = places.index(ellipses[0]) if ellipses else len(places)
    return [*places[:split], *([None] * (rank - explicit)), *places[split + len(ellipses) :]]


def _cut(operator: Operator, given: list[slice], place: int | None, size: int) -> Cut:
    """What is left along one axis of `size`.

    Bounds are brought into the axis, as numpy does: the formats differ in what they make of those beyond it.
    """
    if place is None:
        return 0, size, 1
    first = None if _named(operator, "beginMask", place) else given[place].start
    last = None if _named(operator, "endMask", place) else given[place].stop
    if not _dropped(operator, place):
        step = given[place].step
        if last is not None and operator.option("offset", False):
            last += slice(first, None, step).indices(size)[0]
        return slice(first, last, step).indices(size)
    index = first or 0
    if not -size <= index < size:
        raise ConversionError(f"element {index} of an axis of {size}")
    return index % size, index % size + 1, 1


def _dropped(operator: Operator, place: int) -> bool:
    """Whether the bound leaves one element, and its axis out of the result."""
    return _named(operator, "shrinkAxisMask", place)


def _named(operator: Operator, mask: str, place: int) -> bool:
    return bool(operator.whole(mask, 0) >> place & 1)
