"""A face in space: its landmarks in centimetres, and where its head is and looks.

Source: google-ai-edge/mediapipe, mediapipe/modules/face_geometry/libs/{geometry_pipeline,procrustes_solver}.cc.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import facts
from runtime.errors import FrameError

Floats = NDArray[np.float64]

POINTS = 468
"""The landmarks that the canonical face has; the irises' are left out."""
LEAST_EXTENT = 1e-3
"""Landmarks that are all nearer to their mean, in parts of the frame, are no face."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks along −z: vertical field of view in degrees, its near plane in centimetres."""

    field_of_view: float = 63.0
    near: float = 1.0


@dataclass(frozen=True, eq=False)
class Geometry:
    """A face in metric space: centimetres, x to the right, y up, the camera in the origin looking along −z.

    `pose` [4, 4] takes the canonical face there; `vertices` [468, 3] are the landmarks in the canonical face's own
    frame, so that `pose` takes them to where they are. `triangles` [898, 3] are indices of vertices, counter-clockwise
    seen from the front, one closed sheet.
    """

    pose: Floats
    vertices: Floats
    triangles: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class CanonicalFace:
    """MediaPipe's: `vertices` [468, 3] in centimetres, their `weights` [468] in the fit, `triangles` [898, 3], and the
    texture coordinates `uv` [468, 2], 0-1 from the texture's top left corner. All faces share it, read-only.
    """

    vertices: Floats
    weights: Floats
    triangles: NDArray[np.intp]
    uv: Floats


@cache
def canonical_face() -> CanonicalFace:
    """Out of facts/canonical_face.json."""
    table = facts.load("canonical_face")
    weights = np.zeros(POINTS)
    for entry in table["procrustes"]:
        weights[entry["landmark"]] = entry["weight"]
    found = CanonicalFace(
        np.array(table["vertices"]), weights, np.array(table["triangles"], np.intp), np.array(table["uv"])
    )
    for values in (found.vertices, found.weights, found.triangles, found.uv):
        values.flags.writeable = False
    return found


def face_geometry(
    landmarks: NDArray[np.floating], frame_size: tuple[int, int], camera: Camera | None = None
) -> Geometry:
    """The face whose `landmarks` [468 or more, 3] are normalised to a frame of (width, height) pixels.

    z is in x's scale. FrameError for fewer landmarks, such as are not finite, or all in one place.
    """
    points = np.asarray(landmarks, np.float64)[:POINTS]
    if points.shape != (POINTS, 3) or not np.isfinite(points).all():
        raise FrameError(f"landmarks of shape {list(np.shape(landmarks))}; expected {POINTS} finite points (x, y, z)")
    if np.linalg.norm(points - points.mean(axis=0), axis=1).max() < LEAST_EXTENT:
        raise FrameError(f"landmarks within {LEAST_EXTENT} of their mean; expected a face")
    camera = camera or Camera()
    canonical = canonical_face()
    screen = _on_near_plane(points, frame_size, camera)
    scale = _scale(canonical, _facing_camera(screen))
    scale *= _scale(canonical, _in_space(screen, scale, camera))
    metric = _in_space(screen, scale, camera)
    pose = procrustes(canonical.vertices, metric, canonical.weights)
    inverse = np.linalg.inv(pose)
    return Geometry(pose, metric @ inverse[:3, :3].T + inverse[:3, 3], canonical.triangles)


def project(points: Floats, frame_size: tuple[int, int], camera: Camera | None = None) -> Floats:
    """Where the camera sees `points` [N, 3] (centimetres, as in Geometry): [N, 2], pixels of a frame (width, height).

    FrameError where a point is not before the camera.
    """
    camera = camera or Camera()
    depth = -points[:, 2]
    if not (depth >= camera.near).all():
        raise FrameError(f"a point {depth.min():.3g} cm before the camera; expected at least {camera.near}")
    width, height = frame_size
    scale = height / (2 * math.tan(math.radians(camera.field_of_view) / 2))
    return np.stack([width / 2 + scale * points[:, 0] / depth, height / 2 - scale * points[:, 1] / depth], axis=1)


def procrustes(source: Floats, target: Floats, weights: Floats) -> Floats:
    """The matrix [4, 4] of a rotation, a scale and a translation that takes `source` [N, 3] closest to `target` [N, 3].

    The weighted sum of squared distances is least; `weights` [N] are relative to each other and not negative.
    """
    shares = weights / weights.sum()
    source_mean, target_mean = shares @ source, shares @ target
    centered = source - source_mean
    weighted = centered * shares[:, np.newaxis]
    u, _, vt = np.linalg.svd((target - target_mean).T @ weighted)
    if np.linalg.det(u) * np.linalg.det(vt) < 0:
        u[:, 2] *= -1  # a reflection is no pose
    rotation = u @ vt
    scale = ((weighted @ rotation.T) * target).sum() / (weighted * centered).sum()
    matrix = np.eye(4)
    matrix[:3, :3] = scale * rotation
    matrix[:3, 3] = target_mean - scale * rotation @ source_mean
    return matrix


def _on_near_plane(points: Floats, frame_size: tuple[int, int], camera: Camera) -> Floats:
    """Landmarks → x and y in centimetres on the near plane, seen from its middle, y up; z in the same scale."""
    height = 2 * camera.near * math.tan(math.radians(camera.field_of_view) / 2)
    width = height * frame_size[0] / frame_size[1]
    x, y, z = points.T
    return np.stack([(x - 0.5) * width, (0.5 - y) * height, z * width], axis=1)


def _in_space(screen: Floats, scale: float, camera: Camera) -> Floats:
    """The points off the near plane: a face is `scale` times as near as its own size on that plane says."""
    depth = (screen[:, 2] - screen[:, 2].mean() + camera.near) / scale
    return _facing_camera(np.stack([*(screen[:, :2].T * depth / camera.near), depth], axis=1))


def _facing_camera(points: Floats) -> Floats:
    """From z growing away from the camera to z growing towards it."""
    return points * [1, 1, -1]


def _scale(canonical: CanonicalFace, points: Floats) -> float:
    """How many times larger than the canonical face the points are."""
    return float(np.linalg.norm(procrustes(canonical.vertices, points, canonical.weights)[:3, 0]))
