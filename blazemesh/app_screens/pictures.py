"""Screens drawn: the camera's picture in the view, computed here by itself, and the Swift core's commands over it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from blazemesh.app_screens.screens import SCREENS, Screen
from blazemesh.app_screens.text import Command, Drawing, read
from runtime.canvas import Canvas

PANELS = ("iphone mesh", "iphone landscape", "ipad two faces")
"""README's: the first one on the left, the others below each other, as wide as makes both sides equally high."""
HEIGHT, GAP = 1000, 12
BACKGROUND = (17, 24, 39)


def read_texts(folder: Path) -> dict[str, Drawing]:
    """The committed texts, by the names of their screens."""
    return {screen.name: read((folder / screen.file).read_text("ascii")) for screen in SCREENS}


def sheet(drawings: Mapping[str, Drawing]) -> Image.Image:
    """README's picture."""
    screens = {screen.name: screen for screen in SCREENS}
    first, *others = (screens[name] for name in PANELS)
    left = round((HEIGHT - 2 * GAP) * first.view[0] / first.view[1])
    tallness = sum(each.view[1] / each.view[0] for each in others)
    right = round((HEIGHT - (len(others) + 1) * GAP) / tallness)
    picture = Image.new("RGB", (left + right + 3 * GAP, HEIGHT), BACKGROUND)
    picture.paste(screenshot(first, drawings[first.name], left), (GAP, GAP))
    top = GAP
    for screen in others:
        panel = screenshot(screen, drawings[screen.name], right)
        picture.paste(panel, (left + 2 * GAP, top))
        top += panel.height + GAP
    return picture


def screenshot(screen: Screen, drawing: Drawing, width: int) -> Image.Image:
    """The screen `width` pixels wide."""
    scale = width / screen.view[0]
    picture = camera_picture(screen, (width, round(screen.view[1] * scale)))
    opaque: list[list[Command]] = []
    for run in drawing.runs:
        if run[0].colour[3] == 255:
            opaque.append(run)
            continue
        picture = _drawn(_drawn(picture, opaque, scale), [run], scale)
        opaque = []
    return _drawn(picture, opaque, scale)


def camera_picture(screen: Screen, size: tuple[int, int]) -> Image.Image:
    """What the camera sees last in a view of `size` pixels, filled, or fitted with black beside it."""
    picture = Image.fromarray(screen.upright(screen.scenes[-1]))
    if screen.mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    shares = [pixels / of for pixels, of in zip(size, picture.size, strict=True)]
    if screen.scaling == "fill":
        seen = np.array(size) / max(shares)
        left, top = (picture.size - seen) / 2
        box = (left, top, left + seen[0], top + seen[1])
        return picture.resize(size, Image.Resampling.BICUBIC, box)
    width, height = (round(side * min(shares)) for side in picture.size)
    view = Image.new("RGB", size)
    view.paste(
        picture.resize((width, height), Image.Resampling.BICUBIC), ((size[0] - width) // 2, (size[1] - height) // 2)
    )
    return view


def _drawn(picture: Image.Image, runs: list[list[Command]], scale: float) -> Image.Image:
    """With runs of commands over it. A run is drawn at once, so that lines that cross don't darken each other."""
    if not runs:
        return picture
    canvas = Canvas(picture)
    for run in runs:
        kind, colour, size = run[0].kind, run[0].colour, run[0].size * scale
        points = np.concatenate([command.points for command in run]) * scale
        if kind == "line":
            canvas.edges(points, np.arange(len(points)).reshape(-1, 2).tolist(), colour, size)
            continue
        for corners in points.reshape(len(run), -1, 2):
            if kind == "point":
                canvas.dot(corners[0], size, colour)
            else:
                canvas.polygon(corners, colour)
    return canvas.picture()
