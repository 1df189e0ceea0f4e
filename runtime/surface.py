"""A face's mesh as a surface: which of its triangles each pixel shows, shaded, or with a picture laid over it."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from runtime.canvas import Area
from runtime.geometry import POINTS, canonical_face

Floats = NDArray[np.float64]

FINENESS = 3
"""Edges are found on a grid this many times finer than the pixels'."""
CLAY = np.array([236.0, 224.0, 208.0])
"""The shaded surface's colour in full light."""
LIGHT = np.array([-0.30, -0.45, -0.8411])
"""Towards the light: from the upper left, before the face (x right, y down, z away from the camera); of length 1."""
CAMERA = np.array([0.0, 0.0, -1.0])
"""Towards it."""
AMBIENT, SOFT_AMBIENT = 0.30, 0.55
"""The part of the light that comes from everywhere, on clay and on a texture."""
GLOSS, SHININESS = 0.22, 22
"""A highlight's strength and narrowness."""
CHECKS = 16
"""The default texture's squares on each side."""
CHECK_SIDE = 64
"""Pixels of each."""


@dataclass(frozen=True, eq=False)
class Surface:
    """The pixels [P] of an area that show the mesh: `rows` and `columns` from the area's corner, the `corners` [P, 3]
    (vertices) of the triangle that each shows, its `weights` [P, 3] in them, and how much of it is `covered`, 0-1.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    corners: NDArray[np.intp]
    weights: Floats
    covered: Floats

    def interpolated(self, values: Floats) -> Floats:
        """`values` [468, C] of the vertices → [P, C] of the pixels."""
        return np.asarray(np.einsum("pk,pkc->pc", self.weights, values[self.corners]))

    def painted(self, picture: Image.Image, area: Area, colours: Floats, opacity: Floats | float = 1.0) -> Image.Image:
        """The picture with `colours` [P, 3] of 0-255 on this surface."""
        pixels = np.array(picture.convert("RGB"))
        inside = pixels[area[1] : area[3], area[0] : area[2]]
        share = (self.covered * opacity)[:, np.newaxis]
        below = inside[self.rows, self.columns]
        inside[self.rows, self.columns] = np.rint(below + share * (colours - below)).clip(0, 255).astype(np.uint8)
        return Image.fromarray(pixels)


def shaded(picture: Image.Image, area: Area, landmarks: Floats) -> Image.Image:
    """The picture with a mesh of clay: `landmarks` [468 or more, 3] in its pixels, z in those of x.

    Lambert's law with the vertices' normals in between, a highlight after Blinn (SIGGRAPH 1977), one light.
    """
    surface = surface_in(area, landmarks)
    normals = _seen_normals(surface, landmarks)
    halfway = _unit(np.array([LIGHT + CAMERA]))[0]
    gloss = GLOSS * (normals @ halfway).clip(0, 1) ** SHININESS
    return surface.painted(picture, area, _light(normals, AMBIENT) * CLAY + 255 * gloss[:, np.newaxis])


def textured(picture: Image.Image, area: Area, landmarks: Floats, texture: Image.Image) -> Image.Image:
    """The picture with a mesh on which `texture` lies: RGBA, over the unit square of the canonical face's coordinates.

    It is lit as the shaded mesh is, but more softly and without the highlight.
    """
    surface = surface_in(area, landmarks)
    samples = _sampled(_as_fine(texture.convert("RGBA"), landmarks), surface.interpolated(canonical_face().uv))
    light = _light(_seen_normals(surface, landmarks), SOFT_AMBIENT)
    return surface.painted(picture, area, samples[:, :3] * light, samples[:, 3] / 255)


def _as_fine(texture: Image.Image, landmarks: Floats) -> Image.Image:
    """The texture, made about as fine as the face shows it, so that it doesn't flicker where pixels skip some of it."""
    extent = landmarks[:POINTS, :2].max(axis=0) - landmarks[:POINTS, :2].min(axis=0)
    size = [max(2, min(have, round(need))) for have, need in zip(texture.size, extent, strict=True)]
    return texture.resize((size[0], size[1]), Image.Resampling.BOX)


def _sampled(texture: Image.Image, places: Floats) -> Floats:
    """The texture's RGBA [P, 4] at `places` [P, 2] of the unit square, bilinear; its border goes on outside of it."""
    table = np.asarray(texture, np.float64)
    last = np.array(texture.size) - 1
    at = (places * texture.size - 0.5).clip(0, last)
    column, row = np.minimum(at.astype(np.intp), last - 1).T
    across, down = (at - np.stack([column, row], axis=1)).T[..., np.newaxis]
    upper = table[row, column] * (1 - across) + table[row, column + 1] * across
    lower = table[row + 1, column] * (1 - across) + table[row + 1, column + 1] * across
    return np.asarray(upper * (1 - down) + lower * down)


def surface_in(area: Area, landmarks: Floats) -> Surface:
    """What an area shows of a mesh, `landmarks` [468 or more, 3] in pixels: nearer triangles hide farther ones."""
    triangles = canonical_face().triangles
    points = landmarks[:POINTS, :2] - area[:2]
    shown = _triangles_shown(points, landmarks[:POINTS, 2], (area[2] - area[0], area[3] - area[1]))
    blocks = shown.reshape(len(shown) // FINENESS, FINENESS, -1, FINENESS)
    covered = (blocks > 0).mean(axis=(1, 3))
    rows, columns = np.nonzero(covered)
    middle = FINENESS // 2
    central = blocks[rows, middle, columns, middle]
    chosen = np.where(central > 0, central, blocks.max(axis=(1, 3))[rows, columns]) - 1
    corners = triangles[chosen]
    weights = _weights(points[corners], np.stack([columns, rows], axis=1) + np.float64(0.5))
    return Surface(rows, columns, corners, weights, covered[rows, columns])


def _triangles_shown(points: Floats, depths: Floats, size: tuple[int, int]) -> NDArray[np.int32]:
    """One more than the triangle seen at each place of the fine grid, 0 for none; painted from back to front."""
    triangles = canonical_face().triangles
    layer = Image.new("I", (size[0] * FINENESS, size[1] * FINENESS))
    draw = ImageDraw.Draw(layer)
    fine = points[triangles] * FINENESS
    for index in np.argsort(-depths[triangles].mean(axis=1), kind="stable"):
        draw.polygon(fine[index].ravel().tolist(), fill=int(index) + 1)
    return np.asarray(layer)


def _weights(corners: Floats, places: Floats) -> Floats:
    """Barycentric coordinates [P, 3] of `places` [P, 2] in triangles [P, 3, 2]; at an edge, those of a place inside."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    offset = places - corners[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    b = (offset[:, 0] * second[:, 1] - offset[:, 1] * second[:, 0]) / area
    c = (first[:, 0] * offset[:, 1] - first[:, 1] * offset[:, 0]) / area
    weights = np.stack([1 - b - c, b, c], axis=1).clip(0, 1)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _normals(points: Floats) -> Floats:
    """The vertices' normals [468, 3] towards the camera: their triangles', by area."""
    triangles = canonical_face().triangles
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], np.cross(b - a, c - a))
    return _unit(normals)


def _seen_normals(surface: Surface, landmarks: Floats) -> Floats:
    """The pixels' normals [P, 3], smooth between vertices; whichever side of the sheet is seen, it is its front."""
    normals = _unit(surface.interpolated(_normals(landmarks[:POINTS])))
    return np.asarray(np.where(normals[:, 2:] > 0, -normals, normals))


def _light(normals: Floats, ambient: float) -> Floats:
    """How bright the pixels are, [P, 1] of 0-1, by Lambert's law."""
    return np.asarray(ambient + (1 - ambient) * (normals @ LIGHT).clip(0, 1)[:, np.newaxis])


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


@cache
def checkers() -> Image.Image:
    """The texture for want of another: squares, teal and sand in turn, which show how the coordinates lie."""
    squares = np.indices((CHECKS, CHECKS)).sum(axis=0) % 2
    colours = np.array([[38, 140, 138, 225], [245, 226, 188, 225]], np.uint8)[squares]
    return Image.fromarray(colours.repeat(CHECK_SIDE, axis=0).repeat(CHECK_SIDE, axis=1), "RGBA")
