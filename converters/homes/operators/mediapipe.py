"""MediaPipe's custom operators for attention; converters/ops/mediapipe.py names their sources."""

from converters.errors import ConversionError
from converters.graph import Operator
from converters.homes.context import Context
from converters.homes.home import V
from converters.homes.registry import register
from converters.regions import Options, check_matrix, check_size, described, read_region


@register("Landmarks2TransformMatrix")
def emit_region_matrix(context: Context[V], operator: Operator) -> None:
    """M = T(centre) · R⁻¹ · S(scale · box / size) · T(−size / 2), R turning the line left → right to the rotation."""
    landmarks = context.tensor(operator, 0)
    if len(landmarks.shape) != 3 or landmarks.shape[0] != 1 or landmarks.shape[2] != 3 or landmarks.dtype != "float32":
        raise ConversionError(f"landmarks {described(landmarks)}, expected float32 [1, points, 3]")
    region = read_region(operator, landmarks.shape[1])
    context.put(context.result(operator), context.home.region_matrix(context.value(landmarks), region))


@register("TransformTensorBilinear")
def emit_region_features(context: Context[V], operator: Operator) -> None:
    """A picture seen through a matrix: cell (x, y) is the picture's value at M·(x + ½, y + ½) − ½, or 0 outside."""
    picture, matrix = context.tensor(operator, 0), context.tensor(operator, 1)
    options = Options(operator)
    size = (options.whole("output_width"), options.whole("output_height"))
    check_size(size)
    if len(picture.shape) != 4 or picture.shape[0] != 1 or picture.dtype != "float32":
        raise ConversionError(f"picture {described(picture)}, expected float32 [1, height, width, channels]")
    check_matrix(matrix)
    check_size((picture.shape[2], picture.shape[1]))
    made = context.home.region_features(context.value(picture), context.value(matrix), size)
    context.put(context.result(operator), made)


@register("TransformLandmarks")
def emit_from_region(context: Context[V], operator: Operator) -> None:
    """Points of a region → the picture's: (x, y, 0, 1) through the matrix; a third coordinate stays as it is."""
    landmarks, matrix = context.tensor(operator, 0), context.tensor(operator, 1)
    dimensions = Options(operator).whole("dimensions", 2)
    if dimensions not in (2, 3):
        raise ConversionError(f"dimensions {dimensions}, expected 2 or 3")
    shape = landmarks.shape
    if len(shape) != 3 or shape[0] != 1 or shape[2] != dimensions or landmarks.dtype != "float32":
        raise ConversionError(f"landmarks {described(landmarks)}, expected float32 [1, points, {dimensions}]")
    check_matrix(matrix)
    made = context.home.from_region(context.value(landmarks), context.value(matrix))
    context.put(context.result(operator), made)
