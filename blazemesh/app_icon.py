"""The sample app's icon, MediaPipe's canonical face as its mesh; `python -m blazemesh.app_icon` draws it again.

The pictures are kept as they are drawn, as another Pillow may compress or smooth them otherwise; a test compares them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import facts
from blazemesh.files import write_atomically
from blazemesh.sinks import encoded
from runtime.canvas import Canvas, Colour
from runtime.drawing import AMBER, ROSE, SKY, TEAL, VEIL, WHITE
from swift_templates.app import APP, NAME

FOLDER = APP / NAME / "Assets.xcassets" / "AppIcon.appiconset"
SIDE = 1024
FACE = 0.78
"""The face's height as a share of the icon's."""
GROUND = (17, 24, 39)
BLACK = (0, 0, 0)


@dataclass(frozen=True)
class Ink:
    """The colours of one appearance: the ground, and whether what is on it is grey, for iOS to tint."""

    ground: tuple[int, int, int]
    grey: bool = False


APPEARANCES = {"icon.png": Ink(GROUND), "icon-dark.png": Ink(BLACK), "icon-tinted.png": Ink(BLACK, grey=True)}
CONTOURS = {
    "faceOval": WHITE,
    "leftEye": SKY,
    "leftEyebrow": SKY,
    "rightEye": TEAL,
    "rightEyebrow": TEAL,
    "lips": ROSE,
}


def draw_icon(ink: Ink) -> Image.Image:
    """The face from the front, RGB, SIDE × SIDE."""
    topology = facts.load("face_mesh_topology")
    points = _front()
    canvas = Canvas(Image.new("RGB", (SIDE, SIDE), ink.ground))
    edges = {tuple(sorted((a, b))) for t in topology["tessellation"] for a, b in zip(t, (*t[1:], t[0]), strict=True)}
    canvas.edges(points, sorted(edges), _shade(VEIL, ink), 2)
    for name, colour in CONTOURS.items():
        canvas.edges(points, topology["contours"][name], _shade(colour, ink), 11)
    for eye in ("leftEye", "rightEye"):
        corners = points[np.unique(topology["contours"][eye])]
        canvas.dot((corners.min(axis=0) + corners.max(axis=0)) / 2, 17, _shade(AMBER, ink))
    return canvas.picture()


def _front() -> NDArray[np.float64]:
    """The canonical face's vertices seen from the front, [468, 2] in pixels, in the middle of the icon."""
    seen = np.array(facts.load("canonical_face")["vertices"])[:, :2] * (1, -1)
    low, high = seen.min(axis=0), seen.max(axis=0)
    placed: NDArray[np.float64] = (seen - (low + high) / 2) * (FACE * SIDE / (high - low)[1]) + SIDE / 2
    return placed


def _shade(colour: Colour, ink: Ink) -> Colour:
    """The colour, or the grey of its luminance (ITU-R BT.601)."""
    if not ink.grey:
        return colour
    red, green, blue, opacity = colour
    grey = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return grey, grey, grey, opacity


def main() -> None:
    """Draw all into the templates."""
    for name, ink in APPEARANCES.items():
        write_atomically(FOLDER / name, encoded(draw_icon(ink), FOLDER / name))
        print(FOLDER / name)


if __name__ == "__main__":
    main()
