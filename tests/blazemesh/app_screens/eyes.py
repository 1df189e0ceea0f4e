"""Where eyes are drawn, and where they are."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from blazemesh.app_screens.screens import Screen
from blazemesh.app_screens.text import Drawing
from blazemesh.landmarker import FaceLandmarker
from blazemesh.pictures import astronaut
from verification.compositions import Paste

AMBER = (252, 196, 80, 255)
IRIS_WIDTH = 1.5
IRISES = (468, 473)
MIRRORING = (2, 4, 5, 7)
"""Exif's numbers of what is seen from behind."""

Points = NDArray[np.float64]


def drawn_eyes(drawing: Drawing) -> Points:
    """The middle of each iris [N, 2] in points of the view, from left to right."""
    rings = [each.points[0] for each in drawing.commands if (each.colour, each.size) == (AMBER, IRIS_WIDTH)]
    middles = np.array(rings).reshape(-1, 24, 2).mean(axis=1)
    return np.asarray(middles[np.argsort(middles[:, 0])])


def expected_eyes(screen: Screen) -> Points:
    """Where the photograph's own eyes, the scene's recipe and the view say that they are, in the order of `drawn_eyes`.

    None of the code that turned, placed or drew is in this.
    """
    scene = screen.scenes[-1]
    eyes = np.concatenate([_pasted(paste) for paste in scene.composition.pastes])
    if screen.mirrored or screen.orientation in MIRRORING:
        eyes[:, 0] = scene.width - eyes[:, 0]
    across, down = screen.view[0] / scene.width, screen.view[1] / scene.height
    scale = max(across, down) if screen.scaling == "fill" else min(across, down)
    placed = (eyes - [scene.width / 2, scene.height / 2]) * scale + np.array(screen.view) / 2
    return np.asarray(placed[np.argsort(placed[:, 0])])


@cache
def photographed_eyes() -> Points:
    """The middles of the irises in the photograph as it comes, [2, 2] in its pixels."""
    (face,) = FaceLandmarker(mesh="attention", backend="litert").detect(astronaut().pixels)
    assert face.landmarks_in_pixels is not None
    return np.asarray(face.landmarks_in_pixels[list(IRISES), :2])


def _pasted(paste: Paste) -> Points:
    """The photograph's eyes in the scene."""
    away = photographed_eyes() - paste.source
    if paste.mirrored:
        away[:, 0] *= -1
    angle = np.radians(paste.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(paste.target + paste.scale * away @ turn.T)
