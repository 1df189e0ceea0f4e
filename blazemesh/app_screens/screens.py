"""What is looked at, with which device, held how."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np
from PIL import Image

from blazemesh.pictures import astronaut
from runtime.orientation import Orientation
from verification.compositions import Composition, Paste
from verification.pictures import Pixels
from verification.scenes import Scene

IPHONE, IPAD = (393, 852), (1024, 1366)
"""Points, upright: iPhone 15, 15 Pro and 16; iPad Pro and Air of 13 inches.
Source: Apple's Human Interface Guidelines, Layout, "Specifications"."""
BUFFER = (1280, 720)
"""Pixels of a camera's buffer, whose sensor lies on its side: CameraSession's preset."""

USUAL = ("mesh", "contours", "irises")
FEATURES = ("contours", "irises", "boxes", "axes")

TURNS: dict[str, tuple[Orientation, Orientation]] = {
    "portrait": (Orientation.RIGHT, Orientation.LEFT_MIRRORED),
    "upside down": (Orientation.LEFT, Orientation.RIGHT_MIRRORED),
    "landscape left": (Orientation.UP, Orientation.DOWN_MIRRORED),
    "landscape right": (Orientation.DOWN, Orientation.UP_MIRRORED),
}
"""How the buffers of back and front camera are turned upright by how the device is held, the front's mirrored.
Source: Apple's sample code "Tracking the user's face in real time" and, for the back camera, the orientation that its
Camera app writes into photographs."""

PIXELS: dict[Orientation, Image.Transpose | None] = {
    Orientation.UP: None,
    Orientation.UP_MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Orientation.DOWN: Image.Transpose.ROTATE_180,
    Orientation.DOWN_MIRRORED: Image.Transpose.FLIP_TOP_BOTTOM,
    Orientation.LEFT_MIRRORED: Image.Transpose.TRANSPOSE,
    Orientation.RIGHT: Image.Transpose.ROTATE_270,
    Orientation.RIGHT_MIRRORED: Image.Transpose.TRANSVERSE,
    Orientation.LEFT: Image.Transpose.ROTATE_90,
}
"""What turns a picture's pixels upright, as Pillow has it; points are turned by other code, Swift's and runtime/'s."""


class Mode(Enum):
    """How faces are looked for: each in a still, in a second frame after another one, or by the detector alone."""

    STILL = "still"
    SECOND_FRAME = "second frame"
    DETECTOR = "detector"


@dataclass(frozen=True)
class Screen:
    """A view of `view` points that shows what a camera sees.

    `scenes` are what is before the camera, upright and not mirrored: the last one is shown, others are frames before
    it. `orientation` turns the buffer upright, and mirrors it where the session does; `mirrored` where the view does.
    """

    name: str
    view: tuple[int, int]
    scenes: tuple[Scene, ...]
    orientation: Orientation
    layers: tuple[str, ...]
    mirrored: bool = False
    scaling: str = "fill"
    mode: Mode = Mode.STILL
    most_faces: int = 1

    @property
    def file(self) -> str:
        """The name of its text."""
        return f"{self.name.replace(' ', '-')}.txt"

    def buffer(self, scene: Scene) -> Pixels:
        """What the sensor, which never mirrors, makes of a scene."""
        unmirrored = self.orientation if _is_rotation(self.orientation) else self.orientation.mirrored
        return turned(drawn(scene), unmirrored.inverse)

    def upright(self, scene: Scene) -> Pixels:
        """The frame in which faces are looked for."""
        return turned(self.buffer(scene), self.orientation)


@cache
def drawn(scene: Scene) -> Pixels:
    """The scene's pixels, of which the buffers that several devices see are made."""
    return scene.draw(astronaut().pixels)


def turned(pixels: Pixels, orientation: Orientation) -> Pixels:
    """A stored picture [height, width, 3], upright."""
    turn = PIXELS[orientation]
    picture = Image.fromarray(pixels)
    return np.asarray(picture if turn is None else picture.transpose(turn))


def _is_rotation(orientation: Orientation) -> bool:
    return float(np.linalg.det(orientation.to_upright()[:, :2])) > 0


def _portrait(x: float = 360, y: float = 640, degrees: float = 0) -> Scene:
    """The astronaut, as near as in a picture of oneself, and beside the middle, where a mirror would change nothing."""
    paste = Paste((213.0, 152.0), (x, y), 256.0, 4.2, degrees)
    return Scene(Composition(1280, "black", (paste,)), 720, 1280)


LANDSCAPE = Scene(Composition(1280, "black", (Paste((213.0, 152.0), (640.0, 360.0), 256.0, 4.2),)), 1280, 720)
"""The same scene around the same middle, of a camera on its side."""
TWO = Scene(
    Composition(
        1280,
        "black",
        (
            Paste((225.0, 190.0), (340.0, 360.0), 256.0, 1.8),
            Paste((225.0, 190.0), (930.0, 360.0), 200.0, 1.8, mirrored=True),
        ),
    ),
    1280,
    720,
)
WIDE = Scene(Composition(1280, "black", (Paste((256.0, 151.0), (640.0, 360.0), 256.0, 2.5),)), 1280, 720)
"""She is farther away."""
PHOTOGRAPH = Scene(Composition(512, "black", (Paste((256.0, 256.0), (256.0, 256.0), 256.0, 1.0),)), 512, 512)


def _held(camera: str) -> tuple[Screen, ...]:
    """One scene, by one camera of an iPhone that is held in four ways."""
    screens = []
    for held, turns in TURNS.items():
        upright = not held.startswith("landscape")
        view, scene = (IPHONE, _portrait()) if upright else (IPHONE[::-1], LANDSCAPE)
        screens.append(Screen(f"iphone {held} {camera}", view, (scene,), turns[camera == "front"], FEATURES))
    return tuple(screens)


SCREENS: tuple[Screen, ...] = (
    *_held("back"),
    *_held("front"),
    Screen("iphone mesh", IPHONE, (_portrait(),), Orientation.LEFT_MIRRORED, USUAL),
    Screen("iphone landscape", IPHONE[::-1], (WIDE,), Orientation.UP, FEATURES),
    Screen("iphone mirrored by the view", IPHONE, (_portrait(),), Orientation.RIGHT, FEATURES, mirrored=True),
    Screen("ipad two faces", IPAD[::-1], (TWO,), Orientation.UP_MIRRORED, (*USUAL, "boxes", "axes"), most_faces=2),
    Screen(
        "ipad tracked",
        IPAD,
        (_portrait(), _portrait(372, 634, 3)),
        Orientation.LEFT_MIRRORED,
        (*FEATURES, "keypoints"),
        mode=Mode.SECOND_FRAME,
    ),
    Screen("iphone detector", IPHONE, (_portrait(),), Orientation.RIGHT, USUAL, mode=Mode.DETECTOR),
    Screen("iphone photograph", IPHONE, (PHOTOGRAPH,), Orientation.UP, (*FEATURES, "keypoints"), scaling="fit"),
)
