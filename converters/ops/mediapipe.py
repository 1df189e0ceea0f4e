"""MediaPipe's custom operators for attention: a region around some landmarks, the features in it, and the way back.

Sources: google-ai-edge/mediapipe, mediapipe/util/tflite/operations/{landmarks_to_transform_matrix,
transform_tensor_bilinear,transform_landmarks}.cc, their second versions, whose options are FlexBuffers. A matrix is
4×4, row-major, and maps (x, y, 0, 1) of the region, in its own cells, to the picture's; rows 2 and 3 are the unit's.

All of it stays float32 in a float16 package: places in pixels step by 1/8 in halves.
"""

import math

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.mil.block import curr_block

from converters.errors import ConversionError
from converters.finish import Var, kept_float32
from converters.graph import Array, Operator
from converters.lower import CHANNELS_FIRST, Context
from converters.ops.registry import register
from converters.regions import Region, check_way_back, read_region, read_view


@register("Landmarks2TransformMatrix")
def lower_landmarks_to_transform_matrix(context: Context, operator: Operator) -> None:
    """M = T(centre) · R⁻¹ · S(scale · box / size) · T(−size / 2), R turning the line left → right to the rotation.

    No angle is computed: the line's direction, made a unit vector, is (cos, sin) of it.
    """
    landmarks, result = context.tensor(operator, 0), context.result(operator)
    region = read_region(operator, landmarks)
    name = context.name(result)
    x = context.value(landmarks)
    with kept_float32(curr_block()):
        points = mb.slice_by_index(x=x, begin=[0, 0, 0], end=[1, landmarks.shape[1], 2], name=f"{name}_xy")
        back = _rotation_back(points, region, name)
        chosen = mb.gather(x=points, indices=np.array(region.subset, np.int32), axis=1, name=f"{name}_subset")
        level = mb.matmul(x=chosen, y=back, name=f"{name}_level")  # a row times the inverse: the point turned
        greatest = mb.reduce_max(x=level, axes=[1], keep_dims=True, name=f"{name}_greatest")
        least = mb.reduce_min(x=level, axes=[1], keep_dims=True, name=f"{name}_least")
        box = mb.mul(x=mb.sub(x=greatest, y=least), y=np.array([[region.scale]], np.float32), name=f"{name}_box")
        middle = mb.mul(x=mb.add(x=greatest, y=least), y=np.float32(0.5), name=f"{name}_middle")
        cells = mb.mul(x=box, y=np.array([[[1 / side for side in region.size]]], np.float32), name=f"{name}_cell")
        linear = mb.mul(x=back, y=cells, name=f"{name}_linear")
        corner = mb.sub(x=middle, y=mb.mul(x=box, y=np.float32(0.5)), name=f"{name}_corner")
        shift = mb.matmul(x=back, y=corner, transpose_y=True, name=f"{name}_shift")
        rows = mb.concat(values=[linear, np.zeros((1, 2, 1), np.float32), shift], axis=2, name=f"{name}_rows")
        unit = np.eye(4, dtype=np.float32)[None, 2:]
        context.put(result, mb.concat(values=[rows, unit], axis=1, name=name))
    context.precise.add(result.index)


def _rotation_back(points: Var, region: Region, name: str) -> Var:
    """R⁻¹ [1, 2, 2] of r = rotation − the line's angle: ((cos r, sin r), (−sin r, cos r)).

    A line without length has the angle 0, as atan2(0, 0).
    """
    ends = [
        mb.slice_by_index(x=points, begin=[0, j, 0], end=[1, j + 1, 2], name=f"{name}_{side}")
        for side, j in (("left", region.left), ("right", region.right))
    ]
    line = mb.sub(x=ends[1], y=ends[0], name=f"{name}_line")
    length = mb.reduce_l2_norm(x=line, axes=[2], keep_dims=True, name=f"{name}_length")
    # Where there is no line, (0, 0) / 1 + (1, 0).
    none = mb.cast(x=mb.equal(x=length, y=np.float32(0)), dtype="fp32", name=f"{name}_pointlike")
    direction = mb.real_div(x=line, y=mb.add(x=length, y=none), name=f"{name}_unit")
    direction = mb.add(x=direction, y=mb.mul(x=none, y=np.array([[[1, 0]]], np.float32)), name=f"{name}_direction")
    cos, sin = math.cos(region.rotation), math.sin(region.rotation)
    # cos r = cos·dx + sin·dy and sin r = sin·dx − cos·dy, written as one product for the four entries.
    entries = np.array([[cos, sin, -sin, cos], [sin, -cos, cos, sin]], np.float32)
    flat = mb.matmul(x=direction, y=entries[None], name=f"{name}_entries")
    return mb.reshape(x=flat, shape=[1, 2, 2], name=f"{name}_rotation")


@register("TransformTensorBilinear")
def lower_transform_tensor_bilinear(context: Context, operator: Operator) -> None:
    """The picture as seen through a matrix: cell (x, y) is the picture's value at M·(x + ½, y + ½) − ½, or 0 outside.

    Between the centres of a picture's cells values are interpolated linearly; beyond the outermost ones is outside.
    """
    picture, matrix, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    width, height = read_view(operator, picture, matrix)
    expected = (1, height, width, picture.shape[3])
    if result.shape != expected:
        raise ConversionError(f"its result is {list(result.shape)}, by its options {list(expected)}")
    name = context.name(result)
    x = context.value(picture, CHANNELS_FIRST)
    rows = _top_rows(context.value(matrix), 4, name)
    with kept_float32(curr_block()):
        places = mb.matmul(x=rows, y=_cell_middles(width, height)[None], name=f"{name}_projected")
        places = mb.sub(x=places, y=np.float32(0.5), name=f"{name}_places")
        sampled = _sampled(x, places, name)
        context.put(
            result, mb.reshape(x=sampled, shape=[1, picture.shape[3], height, width], name=name), CHANNELS_FIRST
        )


def _cell_middles(width: int, height: int) -> Array:
    """(x + ½, y + ½, 0, 1) of each cell, row by row: shape [4, height · width]."""
    y, x = np.divmod(np.arange(width * height), width)
    return np.stack([x + 0.5, y + 0.5, np.zeros(x.size), np.ones(x.size)]).astype(np.float32)


def _sampled(picture: Var, places: Var, name: str) -> Var:
    """`picture` [1, C, H, W] at `places` [1, 2, P] (x, y, in cells from the first one's centre): [C, P].

    The four cells around each place are gathered and weighted. Which place is inside is decided before anything is
    made an index of it, so that none is out of range, NaN included.
    """
    channels, height, width = picture.shape[1:]
    last = np.array([[[width - 1], [height - 1]]], np.float32)
    inside = mb.logical_and(
        x=mb.greater_equal(x=places, y=np.float32(0)), y=mb.less_equal(x=places, y=last), name=f"{name}_inside"
    )
    safe = mb.select(cond=inside, a=places, b=np.zeros(places.shape, np.float32), name=f"{name}_safe")
    visible = mb.reduce_min(x=mb.cast(x=inside, dtype="fp32"), axes=[1], name=f"{name}_visible")
    # On the last cell's centre the second neighbour, with all the weight, is that cell.
    first = mb.minimum(x=mb.floor(x=safe), y=np.maximum(last - 1, 0), name=f"{name}_first")
    share = mb.sub(x=safe, y=first, name=f"{name}_share")
    number = mb.reduce_sum(x=mb.mul(x=first, y=np.array([[[1], [width]]], np.float32)), axes=[1], name=f"{name}_number")
    steps = np.array([[j + width * k] for k in (0, min(1, height - 1)) for j in (0, min(1, width - 1))], np.int32)
    corners = mb.add(x=mb.cast(x=number, dtype="int32"), y=steps, name=f"{name}_corners")
    flat = mb.reshape(x=picture, shape=[channels, height * width], name=f"{name}_flat")
    values = mb.gather(x=flat, indices=corners, axis=1, name=f"{name}_values")
    weights = mb.mul(x=_corner_weights(share, name), y=visible, name=f"{name}_weights")
    return mb.reduce_sum(x=mb.mul(x=values, y=weights), axes=[1], name=f"{name}_sampled")


def _corner_weights(share: Var, name: str) -> Var:
    """Bilinear weights [4, P] of the corners (0, 0), (1, 0), (0, 1), (1, 1) for `share` [1, 2, P] of the way (x, y)."""
    rest = mb.sub(x=np.float32(1), y=share, name=f"{name}_rest")
    both = mb.concat(values=[rest, share], axis=0, name=f"{name}_shares")  # [rest or share, x or y, P]
    count = share.shape[2]
    x, y = (
        mb.slice_by_size(x=both, begin=[0, axis, 0], size=[2, 1, count], name=f"{name}_{'xy'[axis]}_shares")
        for axis in (0, 1)
    )
    x = mb.reshape(x=x, shape=[1, 2, count], name=f"{name}_x_row")
    return mb.reshape(x=mb.mul(x=y, y=x), shape=[4, count], name=f"{name}_bilinear")


@register("TransformLandmarks")
def lower_transform_landmarks(context: Context, operator: Operator) -> None:
    """Points of a region → the picture's: (x, y, 0, 1) through the matrix; a third coordinate stays as it is."""
    landmarks, matrix, result = context.tensor(operator, 0), context.tensor(operator, 1), context.result(operator)
    check_way_back(operator, landmarks, matrix)
    name, (_, points, dimensions) = context.name(result), landmarks.shape
    x = context.value(landmarks)
    rows = _top_rows(context.value(matrix), 2, name)
    shift = _shift(context.value(matrix), name)
    with kept_float32(curr_block()):
        flat = mb.slice_by_index(x=x, begin=[0, 0, 0], end=[1, points, 2], name=f"{name}_xy") if dimensions == 3 else x
        turned = mb.matmul(x=flat, y=rows, transpose_y=True, name=f"{name}_turned")
        var = mb.add(x=turned, y=shift, name=name if dimensions == 2 else f"{name}_moved")
        if dimensions == 3:
            depth = mb.slice_by_index(x=x, begin=[0, 0, 2], end=[1, points, 3], name=f"{name}_z")
            var = mb.concat(values=[var, depth], axis=2, name=name)
        context.put(result, var)
    context.precise.add(result.index)


def _top_rows(matrix: Var, columns: int, name: str) -> Var:
    """The first entries of the matrix's rows for x and y: [1, 2, columns]."""
    with kept_float32(curr_block()):
        return mb.slice_by_index(x=matrix, begin=[0, 0, 0], end=[1, 2, columns], name=f"{name}_rows")


def _shift(matrix: Var, name: str) -> Var:
    """The matrix's shift, as a row: [1, 1, 2]."""
    with kept_float32(curr_block()):
        column = mb.slice_by_index(x=matrix, begin=[0, 0, 3], end=[1, 2, 4], name=f"{name}_column")
        return mb.reshape(x=column, shape=[1, 1, 2], name=f"{name}_shift")
