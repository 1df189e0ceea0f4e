"""The saved packages on a real face: the astronaut with her detection, mesh and irises, as one picture."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from blazemesh.errors import GateError, InputError
from blazemesh.files import describe_os_error, write_atomically
from blazemesh.landmarker import DETECTORS, NETS, FaceLandmarker, open_package
from blazemesh.pictures import astronaut
from pipelines.refinement import attention_refinement
from runtime import drawing
from runtime.backends import PackagedIris
from runtime.canvas import Canvas, Colour
from runtime.regions import Region, around_eye, whole_frame
from runtime.warp import warp

DETECTOR, MESH, IRIS = DETECTORS["short"], NETS["attention"], "IrisLandmarks"
IRIS_SIDE = 64
"""Of the iris model's input, in pixels."""
MOST_FACES = 16
LEAST_PRESENCE = 0.5
EYES = ((33, 133, False), (362, 263, True))
"""Landmarks at an eye's corners, the one on the picture's left first, and whether the iris model wants it mirrored."""

FORMATS = {".png": "PNG", ".jpg": "JPEG"}
QUALITY = 90
"""Of a JPEG: 1 to 95."""


@dataclass(frozen=True)
class Demo:
    """Where the picture is, how many faces the detector found, and the mesh model's presence (0-1) for the first."""

    path: Path
    faces: int
    presence: float


@dataclass(frozen=True, eq=False)
class Eye:
    """The iris model's region, and its outputs in pixels of the frame: `contour` [71, 3], `iris` [5, 3]."""

    region: Region
    contour: NDArray[np.float64]
    iris: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Face:
    """What the networks say of one frame, in its pixels: `detections` [M, 8, 2] (best first), the first face's mesh."""

    detections: NDArray[np.float64]
    scores: list[float]
    region: Region
    landmarks: NDArray[np.float64]
    presence: float
    eyes: tuple[Eye, ...]


def write_demo(packages: Path, output: Path) -> Demo:
    """Run the packages in the folder `packages` on the astronaut's picture and draw the answers into `output`.

    `output` ends in .png or .jpg. InputError if a package is missing, or if `output` can't be written; EngineError if
    one has other outputs; PackageError if one can't be executed; GateError if the astronaut's face isn't found.
    """
    if output.suffix not in FORMATS:
        raise InputError(f"can't write the demo picture {output}; expected a name that ends in {' or '.join(FORMATS)}")
    frame = Image.fromarray(astronaut().pixels)
    face = find_face(packages, frame)
    save(compose(frame, face), output)
    return Demo(output, len(face.scores), face.presence)


def find_face(packages: Path, frame: Image.Image) -> Face:
    """The frame's faces, and the best one's mesh and irises; GateError if there is none."""
    landmarker = FaceLandmarker(
        MOST_FACES, "short", "attention", min_presence=0, backend="reference", packages=packages
    )
    iris = PackagedIris(IRIS, open_package(packages / f"{IRIS}.mlpackage", "reference"))
    faces = landmarker.detect(frame)
    detections = [face.detection for face in faces if face.detection is not None]
    best = faces[0] if faces else None
    if best is None or best.landmarks_in_pixels is None or best.region is None or best.presence is None:
        raise GateError(f"{DETECTOR} and {MESH} find no face in the astronaut's picture; expected one: verify them")
    if best.presence < LEAST_PRESENCE:
        raise GateError(
            f"{MESH} gives the astronaut's face a presence of {best.presence:.3f}; "
            f"expected at least {LEAST_PRESENCE}: verify the package"
        )
    landmarks = best.landmarks_in_pixels
    eyes = tuple(find_eye(iris, frame, landmarks, *eye) for eye in EYES)
    points = np.array([detection.points for detection in detections]) * np.array(frame.size, float)
    return Face(points, [detection.score for detection in detections], best.region, landmarks, best.presence, eyes)


def find_eye(
    iris: PackagedIris, frame: Image.Image, landmarks: NDArray[np.float64], left: int, right: int, mirror: bool
) -> Eye:
    """The eye between the landmarks `left` and `right` of a mesh, shown mirrored if the iris model wants it so."""
    region = around_eye(landmarks[left], landmarks[right])
    seen = region.mirrored() if mirror else region
    found = iris.eye(warp(np.asarray(frame), seen, IRIS_SIDE, "replicate"))
    return Eye(region, seen.to_frame(found.contour), seen.to_frame(found.iris))


BACKGROUND = (17, 24, 39)
TEXT, QUIET = (243, 244, 246), (156, 163, 175)
PANEL, GAP, CAPTION = 600, 12, 58
INSET = (PANEL - GAP) // 2
MARGIN = 1.12
"""The mesh's panel is this much wider than the mesh."""
EYE_ZOOM = 0.8
"""The part of the iris model's region that an eye's panel shows: the region leaves a wide margin."""
SHADE = 0.78
"""The face's brightness under its mesh, so that thin light lines stand out from light skin."""


def compose(frame: Image.Image, face: Face) -> Image.Image:
    """Three panels side by side: the frame with its detections, the face with its mesh, both eyes with their irises."""
    width, height = 2 * PANEL + INSET + 4 * GAP, PANEL + GAP + CAPTION
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    left, middle, right = GAP, PANEL + 2 * GAP, 2 * PANEL + 3 * GAP
    sheet.paste(detection_panel(frame, face), (left, GAP))
    sheet.paste(mesh_panel(frame, face), (middle, GAP))
    for row, (eye, colour) in enumerate(zip(face.eyes, (drawing.TEAL, drawing.SKY), strict=True)):
        sheet.paste(eye_panel(frame, eye, colour), (right, GAP + row * (INSET + GAP)))
    pen = ImageDraw.Draw(sheet)
    for x, name, words in (
        (left, DETECTOR, f"score {face.scores[0]:.2f}, box and 6 keypoints; white: what the mesh model sees"),
        (middle, MESH, f"presence {face.presence:.2f}, 478 landmarks, irises among them"),
        (right, IRIS, "71 + 5 points an eye"),
    ):
        pen.text((x, PANEL + GAP + 7), name, TEXT, ImageFont.load_default(20))
        pen.text((x, PANEL + GAP + 31), words, QUIET, ImageFont.load_default(16))
    return sheet


def detection_panel(frame: Image.Image, face: Face) -> Image.Image:
    """The whole frame with every detection, and the region that the mesh model was shown."""
    view = whole_frame(*frame.size)
    canvas = Canvas(show(frame, view, PANEL))
    drawing.draw_region(canvas, view.from_frame(face.region.corners) * PANEL)
    for detection in face.detections:
        drawing.draw_detection(canvas, view.from_frame(detection) * PANEL)
    return canvas.picture()


def mesh_panel(frame: Image.Image, face: Face) -> Image.Image:
    """The face, upright and large, with its mesh and irises."""
    inside = face.region.from_frame(face.landmarks)
    low, high = inside.min(axis=0), inside.max(axis=0)
    x, y = face.region.to_frame((low + high) / 2)
    side = float((high - low).max()) * face.region.size[0] * MARGIN
    view = Region((float(x), float(y)), (side, side), face.region.rotation)
    canvas = Canvas(ImageEnhance.Brightness(show(frame, view, PANEL)).enhance(SHADE))
    drawing.draw_mesh(canvas, view.from_frame(face.landmarks) * PANEL)
    for iris in attention_refinement().irises:
        drawing.draw_iris(canvas, view.from_frame(face.landmarks[list(iris.points)]) * PANEL)
    return canvas.picture()


def eye_panel(frame: Image.Image, eye: Eye, colour: Colour) -> Image.Image:
    """One eye, level and large, with its contour and iris."""
    side = eye.region.size[0] * EYE_ZOOM
    view = Region(eye.region.center, (side, side), eye.region.rotation)
    canvas = Canvas(show(frame, view, INSET))
    drawing.draw_eye(canvas, view.from_frame(eye.contour) * INSET, colour)
    drawing.draw_iris(canvas, view.from_frame(eye.iris) * INSET)
    return canvas.picture()


def show(frame: Image.Image, view: Region, side: int) -> Image.Image:
    """The region of the frame as a picture of `side` x `side` for the eye, not for a network: bicubic."""
    origin, right, below = view.to_frame(np.array([[0.0, 0.0], [1 / side, 0.0], [0.0, 1 / side]]))
    coefficients = (
        right[0] - origin[0],
        below[0] - origin[0],
        origin[0],
        right[1] - origin[1],
        below[1] - origin[1],
        origin[1],
    )
    return frame.transform((side, side), Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC)


def save(picture: Image.Image, output: Path) -> None:
    """Write the picture, whole or not at all, in the format its name ends in; InputError if it can't be written."""
    encoded = BytesIO()
    # JPEG's options, which PNG ignores: without chroma subsampling thin lines keep their colour.
    picture.save(encoded, FORMATS[output.suffix], quality=QUALITY, subsampling=0, optimize=output.suffix == ".jpg")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(output, encoded.getvalue())
    except OSError as error:
        raise InputError(describe_os_error(error)) from error
