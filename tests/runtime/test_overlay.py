import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from runtime import drawing
from runtime.canvas import LARGEST_LAYER, SUPERSAMPLING, Canvas
from runtime.errors import FrameError
from runtime.faces import Detection, Face
from runtime.geometry import face_geometry, project
from runtime.overlay import LAYERS, Style, draw_faces
from runtime.regions import Region

SIZE = (320, 240)
CENTER, SCALE = (160.0, 120.0), 6.0
"""Where the face of `face` is, in pixels, and pixels for a centimetre."""


def landmarks(at: tuple[float, float] = CENTER, scale: float = SCALE, irises: bool = True) -> NDArray[np.float32]:
    """The canonical face from the front, normalised to the frame, with irises in the middle of its eyes."""
    points = np.array(facts.load("canonical_face")["vertices"]) * [scale, -scale, -scale] + np.array([*at, 0.0])
    if irises:
        around = np.array([[0, 0, 0], [6, 0, 0], [0, -6, 0], [-6, 0, 0], [0, 6, 0]], float) * scale / 6
        eyes = [points[[a, b]].mean(axis=0) for a, b in ((33, 133), (362, 263))]
        points = np.concatenate([points, *(eye + around for eye in eyes)])
    return np.asarray(points / [SIZE[0], SIZE[1], SIZE[0]], np.float32)


def face(**fields: object) -> Face:
    rows = np.array([[-50, -50], [50, 50], [-20, -15], [20, -15], [0, 5], [0, 25], [-48, -5], [48, -5]]) + CENTER
    points = landmarks()
    known: dict[str, object] = {
        "detection": Detection((rows / SIZE).astype(np.float32), 0.9),
        "landmarks": points,
        "presence": 0.99,
        "region": Region(CENTER, (150, 150), 0.1),
        "geometry": face_geometry(points, SIZE),
    }
    return Face(3, SIZE, **{**known, **fields})  # type: ignore[arg-type]


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3), np.uint8))


def changed(drawn: Image.Image, picture: Image.Image) -> NDArray[np.bool_]:
    return np.asarray((np.asarray(drawn) != np.asarray(picture)).any(axis=2))


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_draws_on_the_face_and_nowhere_else(layer: str) -> None:
    picture = noise()
    touched = changed(draw_faces(picture, [face()], Style((layer,))), picture)
    rows, columns = np.nonzero(touched)
    assert len(rows) > 100
    assert rows.min() > 30
    assert rows.max() < 215
    assert columns.min() > 70
    assert columns.max() < 250


def test_nothing_is_drawn_without_faces_or_of_what_they_lack() -> None:
    picture = noise()
    assert not changed(draw_faces(picture, []), picture).any()
    bare = face(detection=None, landmarks=None, region=None, geometry=None)
    assert not changed(draw_faces(picture, [bare], Style(LAYERS)), picture).any()
    without_irises = face(landmarks=landmarks(irises=False), geometry=None)
    assert not changed(draw_faces(picture, [without_irises], Style(("irises", "axes"))), picture).any()


def test_boxes_are_where_detections_are_and_regions_where_tracking_looked() -> None:
    black = Image.new("RGB", SIZE)
    found = np.asarray(draw_faces(black, [face()], Style(("boxes",))))
    for column, row in ((110, 120), (209, 120), (160, 169)):
        around = found[row - 1 : row + 2, column - 1 : column + 2]
        assert around[..., 0].max() > 0.7 * drawing.AMBER[0]  # a line of 1.4 px, wherever between two pixels
    tracked = draw_faces(black, [face(detection=None)], Style(("boxes",)))
    corners = face().region.to_frame(np.array([[0.0, 0.5], [1.0, 0.5], [0.5, 1.0]]))  # type: ignore[union-attr]
    for x, y in corners:
        around = np.asarray(tracked)[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2, 0]
        assert around.max() > 0.4 * drawing.AMBER[0]  # a line of 0.8 px
    assert not np.asarray(tracked)[115:125, 108:112].any()


def test_axes_point_where_the_head_does() -> None:
    pose = face().pose
    assert pose is not None
    origin, right, up, ahead = project(
        (np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 13]]) @ pose[:3, :3].T) + pose[:3, 3], SIZE
    )
    assert right[0] > origin[0] + 30
    assert up[1] < origin[1] - 30
    assert np.linalg.norm(ahead - origin) < 30  # towards the camera
    found = np.asarray(draw_faces(Image.new("RGB", SIZE), [face()], Style(("axes",))))
    for end, colour in ((right, drawing.ROSE), (up, drawing.GREEN)):
        along = (end - origin) / np.linalg.norm(end - origin)
        head = np.floor(end - 6.5 * along + 2 * along[::-1] * [-1, 1]).astype(
            int
        )  # beside the shaft, in the arrow's head
        assert np.abs(found[head[1], head[0]].astype(int) - colour[:3]).sum() < 12
        column, row = np.floor(origin + 0.6 * (end - origin)).astype(int)
        assert np.abs(found[row - 1 : row + 2, column - 1 : column + 2].astype(int) - colour[:3]).sum(axis=2).min() < 12


def test_what_geometry_placed_is_projected_back_to_its_landmarks() -> None:
    # In perspective, as a camera sees it: z in x's scale, relative to the face's mean depth.
    vertices = np.array(facts.load("canonical_face")["vertices"]) + np.array([4.0, -2.0, -60.0])
    places = project(vertices, SIZE)
    depth = -vertices[:, 2]
    width = 2 * math.tan(math.radians(63) / 2) * SIZE[0] / SIZE[1]
    seen = np.column_stack([places / SIZE, (depth / depth.mean() - 1) / width])
    geometry = face_geometry(seen, SIZE)
    again = geometry.vertices @ geometry.pose[:3, :3].T + geometry.pose[:3, 3]
    np.testing.assert_allclose(project(again, SIZE), places, atol=1e-6)
    with pytest.raises(FrameError, match=r"a point -?0 cm before the camera; expected at least 1"):
        project(np.zeros((1, 3)), SIZE)


@pytest.mark.parametrize("at", [(-900.0, 120.0), (0.0, 0.0), (320.0, 240.0), (1e7, -1e7)])
def test_faces_that_leave_the_picture_are_no_trouble(at: tuple[float, float]) -> None:
    points = landmarks(at)
    rows = np.array([[-50, -50], [50, 50], *[[0, 0]] * 6]) + at
    gone = face(
        landmarks=points,
        detection=Detection((rows / SIZE).astype(np.float32), 0.9),
        region=Region(at, (150, 150)),
        geometry=face_geometry(points, SIZE),
    )
    picture = noise()
    drawn = draw_faces(picture, [gone], Style(LAYERS))
    assert drawn.size == SIZE
    assert changed(drawn, picture).any() == (0 <= at[0] <= 320)


def test_lines_are_wider_over_larger_faces() -> None:
    def drawn(times: int) -> int:
        """How many pixels the contours take of a picture `times` as large."""
        size = (SIZE[0] * times, SIZE[1] * times)
        large = Face(0, size, landmarks=landmarks())
        picture = draw_faces(Image.new("RGB", size), [large], Style(("contours",)))
        return int((np.asarray(picture).max(axis=2) > 127).sum())

    # Six times as long, at 0.55 and 2.2 times the usual width.
    assert drawn(6) > 6 * 2 * drawn(1)


def test_a_large_canvas_is_drawn_less_finely() -> None:
    side = math.isqrt(LARGEST_LAYER) // 2 + 1
    assert Canvas(Image.new("RGB", (64, 64)))._layer.size == (64 * SUPERSAMPLING, 64 * SUPERSAMPLING)
    large = Canvas(Image.new("RGB", (side, side)))
    assert large._layer.size == (side, side)
    large.polyline(np.array([[10.0, 10.0], [50.0, 10.0]]), drawing.WHITE, 3.0)
    assert np.asarray(large.picture())[10, 30].tolist() == [255] * 3


def test_other_sizes_and_layers_are_refused() -> None:
    with pytest.raises(FrameError, match=r"a face of a frame of \(320, 240\) pixels; expected \(64, 48\)"):
        draw_faces(Image.new("RGB", (64, 48)), [face()])
    with pytest.raises(FrameError, match="a layer 'paint'; expected some of shaded, textured, mesh"):
        Style(("mesh", "paint"))
