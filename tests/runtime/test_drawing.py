import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from runtime import drawing
from runtime.canvas import Canvas
from runtime.errors import FrameError


def black(side: int = 60) -> Image.Image:
    return Image.new("RGB", (side, side))


def pixels(canvas: Canvas) -> NDArray[np.uint8]:
    return np.asarray(canvas.picture())


def canonical_face(side: float) -> NDArray[np.float64]:
    """The canonical face from the front, 468 landmarks over the middle of a square of `side` pixels, y down."""
    vertices = np.array(facts.load("canonical_face")["vertices"])
    return np.stack([side / 2 + vertices[:, 0] * side / 24, side / 2 - vertices[:, 1] * side / 24], axis=1)


def test_what_is_not_drawn_on_stays_as_it_was() -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8))
    np.testing.assert_array_equal(pixels(Canvas(picture)), np.asarray(picture))


def test_lines_lie_where_they_should_and_are_smooth() -> None:
    canvas = Canvas(black())
    canvas.polyline(np.array([[10.0, 10.0], [50.0, 30.0]]), drawing.WHITE, 2.0)
    found = pixels(canvas)[..., 0].astype(int)
    assert found[20, 30] > 200
    assert found[40:].max() == found[:5].max() == 0
    assert len(np.unique(found)) > 5  # shades between line and ground
    # A line of width 2 and length 44.7 covers 89 pixels, its round ends 3 more.
    assert found.sum() / 255 == pytest.approx(92.6, rel=0.1)


def test_colours_cover_what_is_below_by_their_opacity() -> None:
    canvas = Canvas(Image.new("RGB", (60, 60), (200, 100, 50)))
    for row, opacity in ((10, 255), (30, 128), (50, 0)):
        canvas.polyline(np.array([[5.0, row], [55.0, row]]), (0, 40, 250, opacity), 6.0)
    found = pixels(canvas)
    assert found[10, 30].tolist() == [0, 40, 250]
    np.testing.assert_allclose(found[30, 30], [100, 70, 150], atol=2)  # two roundings to 8 bits
    assert found[50, 30].tolist() == found[20, 30].tolist() == [200, 100, 50]


def test_a_canvas_of_a_part_draws_there_alone() -> None:
    line = np.array([[0.0, 30.0], [60.0, 30.0]])
    whole, part = Canvas(black()), Canvas(black(), (20, 25, 40, 50))
    for canvas in (whole, part):
        canvas.polyline(line, drawing.WHITE, 3.0)
    np.testing.assert_array_equal(pixels(part)[25:50, 20:40], pixels(whole)[25:50, 20:40])
    assert pixels(part)[:, :20].max() == pixels(part)[:, 40:].max() == 0


def test_words_stand_on_their_ground() -> None:
    canvas = Canvas(black())
    canvas.words("I", (10.0, 40.0), 20, drawing.ROSE, drawing.WHITE)
    found = pixels(canvas)
    rows, columns = np.nonzero(found.max(axis=2))
    assert columns.min() == 10
    assert rows.max() in (39, 40)  # Pillow's rectangles end on the corner they are given
    assert 20 <= 40 - rows.min() <= 36
    assert (found == drawing.ROSE[:3]).all(axis=2).any()


def test_closed_lines_return_to_their_start() -> None:
    square = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 50.0], [10.0, 50.0]])
    open_line, closed = Canvas(black()), Canvas(black())
    open_line.polyline(square, drawing.WHITE, 2.0)
    closed.polyline(square, drawing.WHITE, 2.0, closed=True)
    assert pixels(open_line)[30, 10].max() == 0
    assert pixels(closed)[30, 10].min() > 200


def test_a_ring_is_hollow_and_a_dot_is_not() -> None:
    canvas = Canvas(black())
    canvas.ring(np.array([20.0, 30.0]), 10, drawing.WHITE, 2)
    canvas.dot(np.array([50.0, 30.0]), 5, drawing.WHITE)
    found = pixels(canvas)[..., 0]
    assert found[30, 20] == 0
    assert found[30, 11] > 200
    assert found[30, 50] == 255
    # A disc of radius 5 covers 78.5 pixels.
    assert found[:, 42:].astype(int).sum() / 255 == pytest.approx(78.5, rel=0.1)


def test_crossing_veils_do_not_add_up() -> None:
    canvas = Canvas(black())
    for end in ([50.0, 50.0], [50.0, 10.0]):
        canvas.polyline(np.array([[10.0, 60 - end[1]], end]), drawing.VEIL, 4.0)
    expected = np.array(drawing.VEIL[:3]) * drawing.VEIL[3] / 255
    np.testing.assert_allclose(pixels(canvas)[30, 30], expected, atol=2)  # two roundings to 8 bits


def test_every_edge_of_the_mesh_is_drawn() -> None:
    side = 400
    points = canonical_face(side)
    canvas = Canvas(black(side))
    drawing.draw_mesh(canvas, points)
    found = pixels(canvas).max(axis=2)
    topology = facts.load("face_mesh_topology")
    middles = np.array([points[[a, b]].mean(axis=0) for a, b, _ in topology["tessellation"]])
    columns, rows = np.floor(middles.T).astype(int)
    around = [
        found[row - 1 : row + 2, column - 1 : column + 2].max() for column, row in zip(columns, rows, strict=True)
    ]
    # A line one pixel wide covers at least a quarter of some pixel by the middle of each edge.
    assert min(around) > drawing.VEIL[3] / 4
    colours = {tuple(colour) for colour in pixels(canvas).reshape(-1, 3)}
    assert {colour[:3] for colour in drawing.CONTOUR_COLOURS.values()} <= colours


def test_left_and_right_contours_have_their_own_colours() -> None:
    side = 400
    points = canonical_face(side)
    canvas = Canvas(black(side))
    drawing.draw_mesh(canvas, points)
    for corner, colour in ((33, drawing.TEAL), (263, drawing.SKY)):
        column, row = np.floor(points[corner]).astype(int)
        assert tuple(pixels(canvas)[row, column]) == colour[:3]


def test_a_detection_shows_its_box_and_keypoints() -> None:
    canvas = Canvas(black(100))
    points = np.array([[10, 10], [90, 80], [30, 30], [70, 30], [50, 50], [50, 65], [20, 40], [80, 40]], float)
    drawing.draw_detection(canvas, points)
    found = pixels(canvas)
    assert all(tuple(found[int(y), int(x)]) == drawing.ROSE[:3] for x, y in points[2:])
    assert tuple(found[10, 50]) == tuple(found[79, 50]) == tuple(found[45, 10]) == drawing.AMBER[:3]
    assert found[85:].max() == 0


def test_an_iris_is_a_circle_through_its_edge() -> None:
    canvas = Canvas(black())
    drawing.draw_iris(canvas, np.array([[30, 30], [42, 30], [30, 18], [18, 30], [30, 42]], float))
    found = pixels(canvas)[..., 0]
    assert found[30, 30] == drawing.AMBER[0]
    assert min(found[30, 41], found[19, 30], found[30, 18], found[41, 30]) > 200
    assert found[30, 36] == found[30, 46] == 0


def test_an_eye_is_outlined_from_corner_to_corner() -> None:
    # The first nine points are the lower lid from corner to corner, the next seven the upper lid; the rest lie around.
    lower = np.stack([np.linspace(10, 50, 9), 30 + 8 * np.sin(np.linspace(0, np.pi, 9))], axis=1)
    upper = np.stack([lower[1:-1, 0], 60 - lower[1:-1, 1]], axis=1)
    contour = np.concatenate([lower, upper, np.tile([[30.0, 5.0]], (55, 1))])
    canvas = Canvas(black())
    drawing.draw_eye(canvas, contour, drawing.TEAL)
    found = pixels(canvas)
    inside = [tuple(found[int(y), int(x)]) for x, y in contour[:16]]
    assert all(colour != (0, 0, 0) for colour in inside)
    assert found[28:32, 20:40].max() == 0  # closed around the eye, with no line across


@pytest.mark.parametrize("bad", [np.zeros((67, 2)), np.zeros(936), np.zeros((468, 1)), np.full((468, 3), np.nan)])
def test_what_is_no_mesh_is_refused(bad: NDArray[np.float64]) -> None:
    with pytest.raises(FrameError, match="expected at least 468 finite points"):
        drawing.draw_mesh(Canvas(black()), bad)
