"""The bounds of a STRIDED_SLICE: which speaks of which axis, and what they cut out of it."""

from converters.errors import ConversionError
from converters.graph import Operator


def places(operator: Operator, count: int, rank: int) -> list[int | None]:
    """For each axis, which of the `count` bounds speaks of it; None for what an ellipsis or the end leaves whole."""
    places = [j for j in range(count) if _named(operator, "ellipsisMask", j) or not _named(operator, "newAxisMask", j)]
    ellipses = [j for j in places if _named(operator, "ellipsisMask", j)]
    explicit = len(places) - len(ellipses)
    if explicit > rank or len(ellipses) > 1:
        raise ConversionError(f"bounds for {explicit} axes and {len(ellipses)} ellipses, the source has {rank} axes")
    split = places.index(ellipses[0]) if ellipses else len(places)
    return [*places[:split], *([None] * (rank - explicit)), *places[split + len(ellipses) :]]


def cut(operator: Operator, given: list[slice], place: int | None, size: int) -> tuple[int, int, int]:
    """First, last (excluded; −1 before the first element) and step along one axis of `size`.

    All are brought into the axis, as numpy does: the formats differ in what they make of bounds beyond it.
    """
    if place is None:
        return 0, size, 1
    first = None if _named(operator, "beginMask", place) else given[place].start
    last = None if _named(operator, "endMask", place) else given[place].stop
    if not dropped(operator, place):
        step = given[place].step
        if last is not None and operator.option("offset", False):
            last += slice(first, None, step).indices(size)[0]
        return slice(first, last, step).indices(size)
    index = first or 0
    if not -size <= index < size:
        raise ConversionError(f"element {index} of an axis of {size}")
    return index % size, index % size + 1, 1


def dropped(operator: Operator, place: int) -> bool:
    """Whether the bound leaves one element, and its axis out of the result."""
    return _named(operator, "shrinkAxisMask", place)


def _named(operator: Operator, mask: str, place: int) -> bool:
    return bool(operator.whole(mask, 0) >> place & 1)
