"""Faces whose place is known: the canonical one, put somewhere and seen through the same camera."""

import math

import numpy as np
import pytest

import facts
from blazemesh import FaceLandmarker
from runtime.errors import FrameError
from runtime.geometry import Camera, face_geometry, procrustes
from tests.golden_vectors import golden, picture

CANONICAL = np.array(facts.load("canonical_face")["vertices"])
WEIGHTS = np.zeros(468)
for entry in facts.load("canonical_face")["procrustes"]:
    WEIGHTS[entry["landmark"]] = entry["weight"]
FRAME = (640, 360)


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """About y, x, z, in degrees, the roll first."""
    (cy, sy), (cp, sp), (cr, sr) = ((math.cos(a), math.sin(a)) for a in map(math.radians, (yaw, pitch, roll)))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def seen(points: np.ndarray, frame: tuple[int, int], camera: Camera) -> np.ndarray:
    """Metric points as landmarks: x and y in perspective, z as a mesh network has it, as large as x and y are."""
    height = 2 * math.tan(math.radians(camera.field_of_view) / 2)
    width = height * frame[0] / frame[1]
    depth = -points[:, 2]
    x, y = points[:, 0] / depth, points[:, 1] / depth
    return np.stack([0.5 + x / width, 0.5 - y / height, (depth / depth.mean() - 1) / width], axis=1)


def degrees_between(a: np.ndarray, b: np.ndarray) -> float:
    cosine = (np.trace(a.T @ b) - 1) / 2
    return math.degrees(math.acos(min(max(cosine, -1), 1)))


@pytest.mark.parametrize(
    ("angles", "place"),
    [
        ((0, 0, 0), (0, 0, -40)),
        ((25, 0, 0), (5, -3, -60)),
        ((0, -20, 0), (-8, 4, -50)),
        ((0, 0, 35), (0, 6, -45)),
        ((-30, 15, -20), (10, 5, -80)),
        ((40, 20, 60), (-12, -6, -120)),
    ],
)
@pytest.mark.parametrize("camera", [Camera(), Camera(field_of_view=40.0, near=2.0)])
def test_a_known_pose_comes_back(
    angles: tuple[float, float, float], place: tuple[float, float, float], camera: Camera
) -> None:
    turned = rotation(*angles)
    points = CANONICAL @ turned.T + place
    found = face_geometry(seen(points, FRAME, camera), FRAME, camera)
    scale = np.linalg.norm(found.pose[:3, 0])
    assert degrees_between(found.pose[:3, :3] / scale, turned) < 0.05
    assert scale == pytest.approx(1, rel=1e-3)
    np.testing.assert_allclose(found.pose[:3, 3], np.array(place), atol=1e-3 * math.hypot(*place))
    np.testing.assert_allclose(found.vertices, CANONICAL, atol=1e-3 * np.abs(CANONICAL).max())
    np.testing.assert_array_equal(found.pose[3], [0, 0, 0, 1])


def test_the_vertices_of_a_real_face_sit_on_the_canonical_ones() -> None:
    case = next(case for case in golden("pipeline_stills")["cases"] if case["faces"]["mesh 1"])
    (face,) = FaceLandmarker(backend="litert", geometry=True).detect(picture(case))
    assert face.geometry is not None
    assert face.pose is not None
    np.testing.assert_array_equal(face.pose, face.geometry.pose)
    matrix = least_squares(CANONICAL, face.geometry.vertices, WEIGHTS)
    # The fit that the pipeline ends with leaves nothing to turn, move or scale; an iteration of Kabsch says so too.
    np.testing.assert_allclose(matrix, np.eye(4), atol=1e-6)
    weighted = WEIGHTS / WEIGHTS.sum()
    distance = math.sqrt(weighted @ ((face.geometry.vertices - CANONICAL) ** 2).sum(axis=1))
    assert distance < 1.0  # cm, of a head of 15: she isn't the canonical face
    assert face.geometry.triangles.shape == (898, 3)


def least_squares(source: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The similarity by quaternions (Horn 1987), another way than the SVD of runtime.geometry."""
    w = weights / weights.sum()
    a, b = source - w @ source, target - w @ target
    m = (a * w[:, None]).T @ b
    skew = np.array([m[1, 2] - m[2, 1], m[2, 0] - m[0, 2], m[0, 1] - m[1, 0]])
    n = np.zeros((4, 4))
    n[0, 0], n[0, 1:], n[1:, 0] = np.trace(m), skew, skew
    n[1:, 1:] = m + m.T - np.trace(m) * np.eye(3)
    q0, *q = np.linalg.eigh(n)[1][:, -1]
    v = np.array(q)
    cross = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    turned = (q0**2 - v @ v) * np.eye(3) + 2 * np.outer(v, v) + 2 * q0 * cross
    scale = (w @ (b * (a @ turned.T)).sum(axis=1)) / (w @ (a**2).sum(axis=1))
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = scale * turned, w @ target - scale * turned @ (w @ source)
    return matrix


def test_procrustes_is_the_least_squares_fit() -> None:
    generator = np.random.default_rng(3)
    source, weights = generator.standard_normal((30, 3)), generator.uniform(0, 1, 30)
    target = 2.5 * source @ rotation(40, -70, 15).T + [1, 2, 3] + 0.3 * generator.standard_normal((30, 3))
    np.testing.assert_allclose(procrustes(source, target, weights), least_squares(source, target, weights), atol=1e-9)


def test_a_mirrored_face_gives_a_rotation_all_the_same() -> None:
    source = np.random.default_rng(4).standard_normal((30, 3))
    found = procrustes(source, source * [-1, 1, 1], np.ones(30))
    assert np.linalg.det(found[:3, :3]) > 0


@pytest.mark.parametrize(
    "landmarks",
    [np.zeros((468, 3)), np.full((468, 3), 0.5), np.full((468, 3), np.nan), np.zeros((5, 3)), np.zeros((468, 2))],
)
def test_what_is_no_face_is_refused(landmarks: np.ndarray) -> None:
    with pytest.raises(FrameError, match="expected"):
        face_geometry(landmarks, FRAME)


def test_the_triangles_that_all_faces_share_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        face_geometry(seen(CANONICAL - np.array([0, 0, 40]), FRAME, Camera()), FRAME).triangles[0] = 0
