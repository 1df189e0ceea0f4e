import hashlib
import json
from collections import Counter

import pytest
from PIL import Image

import facts

TABLES = ["astronaut", "attention_refinement", "canonical_face", "detector_keypoints", "face_mesh_topology"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_what_it_is_and_where_from(name: str) -> None:
    table = facts.load(name)
    assert all(isinstance(table[key], str) and table[key] for key in ("what", "source", "licence"))


def test_no_table_is_left_untested() -> None:
    assert sorted(file.stem for file in facts.FOLDER.glob("*.json")) == TABLES


@pytest.mark.parametrize("name", ["nothing.json", "../pyproject.toml", "/etc/hostname", "."])
def test_a_file_outside_the_tables_is_refused(name: str) -> None:
    with pytest.raises(facts.FactError, match=r"expected one of: astronaut\.json"):
        facts.path(name)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(facts.FactError, match=r"no file 'nobody\.json'"):
        facts.load("nobody")


def test_the_astronaut_is_the_file_that_its_table_describes() -> None:
    table = facts.load("astronaut")
    data = facts.path(table["file"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (table["bytes"], table["sha256"])
    with Image.open(facts.path(table["file"])) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (table["width"], table["height"]))


def test_the_astronauts_keypoints_lie_where_a_face_has_them() -> None:
    face = facts.load("astronaut")["face"]
    points = dict(zip(facts.load("detector_keypoints")["names"], face["keypoints"], strict=True))
    x_min, y_min, x_max, y_max = face["box"]
    assert all(x_min <= x <= x_max and y_min <= y <= y_max for x, y in points.values())
    # The person's own right is on the picture's left.
    assert points["rightEarTragion"][0] < points["rightEye"][0] < points["noseTip"][0]
    assert points["noseTip"][0] < points["leftEye"][0] < points["leftEarTragion"][0]
    assert points["rightEye"][1] < points["noseTip"][1] < points["mouthCenter"][1]


def test_tessellation_is_a_surface_over_all_landmarks() -> None:
    triangles = facts.load("face_mesh_topology")["tessellation"]
    assert len(triangles) == len({frozenset(triangle) for triangle in triangles}) == 852
    assert {index for triangle in triangles for index in triangle} == set(range(468))
    edges = Counter(frozenset(edge) for a, b, c in triangles for edge in ((a, b), (b, c), (c, a)))
    assert all(len(edge) == 2 for edge in edges)
    assert max(edges.values()) == 2  # a sheet: no edge has three sides


def test_tessellation_leaves_eyes_and_mouth_open() -> None:
    topology = facts.load("face_mesh_topology")
    edges = Counter(frozenset(e) for a, b, c in topology["tessellation"] for e in ((a, b), (b, c), (c, a)))
    border = {edge for edge, count in edges.items() if count == 1}
    closed = {
        name: {frozenset(edge) for edge in topology["contours"][name]} for name in ("faceOval", "leftEye", "rightEye")
    }
    for name, contour in closed.items():
        assert contour <= border, name
    inner_lips = {frozenset(edge) for edge in topology["contours"]["lips"][20:]}
    assert inner_lips <= border
    assert border == inner_lips.union(*closed.values())


@pytest.mark.parametrize(
    ("name", "edges", "closed"),
    [
        ("lips", 40, True),
        ("leftEye", 16, True),
        ("rightEye", 16, True),
        ("leftIris", 4, True),
        ("rightIris", 4, True),
        ("faceOval", 36, True),
        ("leftEyebrow", 8, False),
        ("rightEyebrow", 8, False),
    ],
)
def test_contours_close_where_the_face_does(name: str, edges: int, closed: bool) -> None:
    contour = facts.load("face_mesh_topology")["contours"][name]
    degrees = Counter(index for edge in contour for index in edge)
    assert len(contour) == edges
    # Closed lines have as many points as edges; a brow is two open lines, each with one point more than edges.
    assert len(degrees) == edges + (0 if closed else 2)
    assert set(degrees.values()) == ({2} if closed else {1, 2})


def test_left_and_right_contours_mirror_each_other() -> None:
    face = facts.load("canonical_face")
    contours = facts.load("face_mesh_topology")["contours"]
    for part in ("Eye", "Eyebrow"):
        left, right = ({index for edge in contours[f"{side}{part}"] for index in edge} for side in ("left", "right"))
        mirrored = {(round(-face["vertices"][i][0], 1), round(face["vertices"][i][1], 1)) for i in left}
        assert mirrored == {(round(face["vertices"][i][0], 1), round(face["vertices"][i][1], 1)) for i in right}
        assert all(face["vertices"][i][0] > 0 for i in left)  # the person's left is on the picture's right


def test_refinement_replaces_the_parts_that_it_names() -> None:
    refinement = facts.load("attention_refinement")
    contours = facts.load("face_mesh_topology")["contours"]
    lists = refinement["overwrite"]
    assert list(lists) == ["lips", "leftEye", "rightEye"]
    assert [len(indices) for indices in lists.values()] == [80, 71, 71]
    assert all(len(set(indices)) == len(indices) and set(indices) <= set(range(468)) for indices in lists.values())
    # The picture's left eye is the person's right one.
    for part, contour in (("lips", "lips"), ("leftEye", "rightEye"), ("rightEye", "leftEye")):
        assert {index for edge in contours[contour] for index in edge} <= set(lists[part])
    assert [i for rows in refinement["irises"].values() for i in rows] == list(range(468, 478))
    assert {tuple(edge) for edge in contours["rightIris"]} == {(469, 470), (470, 471), (471, 472), (472, 469)}
    for iris, eye in (("leftIris", "leftEye"), ("rightIris", "rightEye")):
        assert refinement["irisDepth"][iris] == eye
    assert refinement["irisDepth"]["contourPoints"] == 16


def test_both_eyes_lists_run_through_the_same_places() -> None:
    vertices = facts.load("canonical_face")["vertices"]
    lists = facts.load("attention_refinement")["overwrite"]
    for left, right in zip(lists["leftEye"], lists["rightEye"], strict=True):
        (x, y, z), mirrored = vertices[left], vertices[right]
        # The canonical face is symmetric to its third digit, in centimetres.
        assert (-x, y, z) == pytest.approx(mirrored, abs=2e-3)


def test_canonical_face_is_one_closed_sheet() -> None:
    face = facts.load("canonical_face")
    assert (len(face["vertices"]), len(face["uv"]), len(face["triangles"])) == (468, 468, 898)
    assert {index for triangle in face["triangles"] for index in triangle} == set(range(468))
    assert len({row["landmark"] for row in face["procrustes"]}) == 33
    assert sum(row["weight"] for row in face["procrustes"]) > 0


def test_keypoints_are_named_as_swift_would() -> None:
    names = facts.load("detector_keypoints")["names"]
    assert json.dumps(names) == json.dumps([name[0].lower() + name[1:] for name in names])
    assert len(set(names)) == 6
    assert all(name.isalpha() for name in names)
