"""MediaPipe's custom operators for attention; converters/ops/mediapipe.py names their sources."""

from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register
from converters.regions import check_way_back, read_region, read_view


@register("Landmarks2TransformMatrix")
def emit_region_matrix(context: Context[V], operator: Operator) -> None:
    """M = T(centre) · R⁻¹ · S(scale · box / size) · T(−size / 2), R turning the line left → right to the rotation."""
    landmarks = context.tensor(operator, 0)
    region = read_region(operator, landmarks)
    context.put(context.result(operator), context.home.region_matrix(context.value(landmarks), region))


@register("TransformTensorBilinear")
def emit_region_features(context: Context[V], operator: Operator) -> None:
    """A picture seen through a matrix: cell (x, y) is the picture's value at M·(x + ½, y + ½) − ½, or 0 outside."""
    picture, matrix = context.tensor(operator, 0), context.tensor(operator, 1)
    size = read_view(operator, picture, matrix)
    made = context.home.region_features(context.value(picture), context.value(matrix), size)
    context.put(context.result(operator), made)


@register("TransformLandmarks")
def emit_from_region(context: Context[V], operator: Operator) -> None:
    """Points of a region → the picture's: (x, y, 0, 1) through the matrix; a third coordinate stays as it is."""
    landmarks, matrix = context.tensor(operator, 0), context.tensor(operator, 1)
    check_way_back(operator, landmarks, matrix)
    made = context.home.from_region(context.value(landmarks), context.value(matrix))
    context.put(context.result(operator), made)
