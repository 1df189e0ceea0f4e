"""The mesh as a surface, held against triangles that are looked at one by one."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from runtime.surface import CLAY, checkers, shaded, surface_in, textured

SIDE = 120
AREA = (0, 0, SIDE, SIDE)
TABLE = facts.load("canonical_face")
TRIANGLES = np.array(TABLE["triangles"])
UV = np.array(TABLE["uv"])


def turned(yaw: float) -> NDArray[np.float64]:
    """The canonical face over the picture's middle, [468, 3], turned by `yaw` degrees; z grows away from the camera."""
    x, y, z = np.array(TABLE["vertices"]).T * SIDE / 24
    cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    return np.stack([SIDE / 2 + x * cos + z * sin, SIDE / 2 - y, x * sin - z * cos], axis=1)


def nearest(points: NDArray[np.float64], place: NDArray[np.float64]) -> float:
    """How near the nearest triangle around a place is, in z; infinity where there is none."""
    corners = points[TRIANGLES]
    edges = corners[:, 1:, :2] - corners[:, :1, :2]
    weights = np.linalg.solve(edges.transpose(0, 2, 1), (place - corners[:, 0, :2])[..., np.newaxis])[..., 0]
    inside = (weights >= 0).all(axis=1) & (weights.sum(axis=1) <= 1)
    depths = corners[:, 0, 2] + (weights * (corners[:, 1:, 2] - corners[:, :1, 2])).sum(axis=1)
    return float(np.where(inside, depths, np.inf).min())


@pytest.mark.parametrize("yaw", [0, 50, -70])
def test_the_nearest_triangle_is_seen(yaw: float) -> None:
    points = turned(yaw)
    surface = surface_in(AREA, points)
    depths = surface.interpolated(points)
    chosen = np.random.default_rng(0).choice(np.flatnonzero(surface.covered == 1), 200, replace=False)
    middles = np.stack([surface.columns, surface.rows], axis=1) + 0.5
    expected = np.array([nearest(points, middles[pixel]) for pixel in chosen])
    # Painting by triangles' mean depths errs where long ones lie over small ones at a shallow angle.
    assert np.mean(np.abs(depths[chosen, 2] - expected) < 1.5) > 0.97
    # Where it doesn't, the weights reproduce the place itself, but for triangles seen edge-on.
    off = np.linalg.norm(depths[chosen, :2] - middles[chosen], axis=1)
    assert np.median(off) < 1e-9
    assert np.mean(off < 0.5) > 0.97


def test_the_whole_face_is_covered_and_nothing_else() -> None:
    surface = surface_in(AREA, turned(0))
    covered = np.zeros((SIDE, SIDE))
    covered[surface.rows, surface.columns] = surface.covered
    row, column = np.indices((SIDE, SIDE))[:, ::8, ::8]
    for y, x in zip(row.ravel(), column.ravel(), strict=True):
        inside = np.isfinite(nearest(turned(0), np.array([x + 0.5, y + 0.5])))
        assert (covered[y, x] > 0.3) == inside or 0 < covered[y, x] < 1


def test_an_area_shows_its_part_of_the_whole() -> None:
    whole = Image.new("RGB", (SIDE, SIDE), (10, 20, 30))
    expected = np.asarray(shaded(whole, AREA, turned(20)))
    part = (30, 40, 90, 100)
    found = np.asarray(shaded(whole, part, turned(20)))
    inside = np.s_[part[1] : part[3], part[0] : part[2]]
    # Pillow rounds a polygon's corners one way or the other where they change sign: single pixels along edges.
    assert np.mean(found[inside] != expected[inside]) < 0.01
    outside = np.ones((SIDE, SIDE), bool)
    outside[inside] = False
    assert (found[outside] == (10, 20, 30)).all()


def test_clay_is_lit_from_the_upper_left_and_smooth() -> None:
    levels = np.asarray(shaded(Image.new("RGB", (SIDE, SIDE)), AREA, turned(0))).astype(float).mean(axis=2)
    middle = SIDE // 2
    left, right = levels[middle - 8 : middle + 8, 24:44].mean(), levels[middle - 8 : middle + 8, -44:-24].mean()
    assert left > right + 10
    assert levels[middle - 35, middle] > levels[middle + 42, middle]  # forehead, chin
    assert levels[40:80, 40:80].min() > 0.25 * CLAY.mean()
    # Neighbours on a cheek differ by little: flat triangles would show as steps.
    assert np.abs(np.diff(levels[62:76, 28:44], axis=1)).max() < 8


def test_each_vertex_wears_its_point_of_the_texture() -> None:
    ramp = np.zeros((256, 256, 4), np.uint8)
    ramp[..., 0], ramp[..., 1] = np.arange(256), np.arange(256)[:, np.newaxis]
    ramp[..., 3] = 255
    points = turned(0)
    lit = np.asarray(textured(Image.new("RGB", (SIDE, SIDE)), AREA, points, Image.fromarray(ramp, "RGBA"))).astype(
        float
    )
    # Light scales red and green alike, so that their ratio is the texture's.
    front = [1, 4, 50, 280, 151, 117, 346, 199]  # on the nose, cheeks, forehead, below the eyes, chin
    for vertex in front:
        column, row = np.floor(points[vertex, :2]).astype(int)
        red, green, _ = lit[row, column]
        assert red / green == pytest.approx(UV[vertex, 0] / UV[vertex, 1], rel=0.06)


def test_a_transparent_texture_lets_the_face_through() -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8))
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    np.testing.assert_array_equal(np.asarray(textured(picture, AREA, turned(10), clear)), np.asarray(picture))
    assert checkers().getchannel("A").getextrema() == (225, 225)


def test_a_face_without_extent_is_no_division_by_zero() -> None:
    flat = np.tile([[60.0, 60.0, 0.0]], (468, 1))
    picture = Image.new("RGB", (SIDE, SIDE))
    for made in (shaded(picture, AREA, flat), textured(picture, AREA, flat, checkers())):
        assert made.size == picture.size
    edge_on = turned(0) * [0, 1, 1]
    edge_on[:, 0] = SIDE / 2
    assert shaded(picture, AREA, edge_on).size == picture.size
