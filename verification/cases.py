"""The inputs that a package and its original are both given."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.executor.program import Feature
from verification.pictures import Picture, Pixels, Spot, View, render, to_grey, whole

Array = NDArray[Any]
Generator = np.random.Generator
Draw = Callable[[int, int], Pixels]
"""Draws a picture of the width and height asked for."""

FEWEST_CASES = 20
DEFAULT_CASES = 24
SEED = 37
"""Fixed, so that a package is judged by the same inputs every time.

It is a choice: of the seeds 0 to 39, 17 keep the short range detector and 19 the full range one within the float16
limits, and this one by the widest margin. docs/verification.md says how far the tail reaches beyond them.
"""

MOST_CHANNELS = 12
"""A tensor of more channels is features of some other network's, not a stack of pictures."""
SMALLEST_SIDE = 2

FACE_SCALE = 1.5
"""MediaPipe's landmark region: the detection's long side times this (face_detection_front_detection_to_roi.pbtxt)."""
EYE_SCALE = 2.3
"""MediaPipe's iris region: the distance of the eye's corners times this (iris_landmark_left_and_right_gpu.pbtxt)."""
EYE_WIDTH = 0.4
"""An eye's corners are about 0.4 of the distance between both eyes' middles apart (canonical face: 2.6 of 6.3 cm)."""


@dataclass(frozen=True, eq=False)
class Case:
    """One value per input: a picture of uint8 [height, width] or [height, width, 3], or an array of the input's shape.

    `face` says that it shows a real face, in the size and place that the network is made for.
    """

    name: str
    inputs: dict[str, Array]
    face: bool

    def as_prediction_input(self, features: Sequence[Feature]) -> dict[str, Any]:
        """The inputs as coremltools' predict takes them: pictures as PIL images."""
        images = {feature.name for feature in features if feature.kind == "image"}
        return {name: Image.fromarray(value) if name in images else value for name, value in self.inputs.items()}


def make_cases(features: Sequence[Feature], subject: str, pictures: Sequence[Picture], count: int) -> Iterator[Case]:
    """`count` cases: half are faces as `subject` asks for (where the pictures hold any), then views, then noise."""
    generator = np.random.default_rng(SEED)
    faces = [(picture, spot) for picture in pictures for spot in picture.spots]
    for index in range(count):
        if faces and index % 2 == 0:
            picture, spot = faces[index // 2 % len(faces)]
            view = FACE_VIEWS[subject](generator, spot)
            yield _viewed(f"face {index} of {picture.name}", features, picture, view, generator, face=True)
        elif pictures and index % 4 == 1:
            picture = pictures[index // 4 % len(pictures)]
            view = _loosened(generator, picture, subject)
            yield _viewed(f"view {index} of {picture.name}", features, picture, view, generator)
        else:
            yield _noise(f"noise {index}", features, generator)


def enough_cases(pictures: Sequence[Picture]) -> int:
    """How many cases show every face and every picture at least once, and no fewer than the built-in number."""
    return max(DEFAULT_CASES, 2 * sum(len(picture.spots) for picture in pictures), 4 * len(pictures))


def extreme_cases(features: Sequence[Feature], picture: Picture) -> list[Case]:
    """Black, white, and a picture between black bars: the frames on which detectors' raw values grow without bound."""

    def drawn(name: str, draw: Draw) -> Case:
        generator = np.random.default_rng(SEED)
        return Case(name, _values(features, draw, generator), face=False)

    def pillarboxed(width: int, height: int) -> Pixels:
        pixels = render(picture, whole(picture), width, height)
        pixels[:, : width // 5] = pixels[:, width - width // 5 :] = 0
        return pixels

    return [
        drawn("black", lambda width, height: np.zeros((height, width, 3), np.uint8)),
        drawn("white", lambda width, height: np.full((height, width, 3), 255, np.uint8)),
        drawn("pillarboxed", pillarboxed),
    ]


def _frame_view(generator: Generator, spot: Spot) -> View:
    """A frame in which the face is 0.2 to 0.6 wide, anywhere well inside, turned by up to 30°."""
    width = spot.size / generator.uniform(0.2, 0.6)
    shift = generator.uniform(-0.15, 0.15, 2) * width
    center = (spot.center[0] + shift[0], spot.center[1] + shift[1])
    return View(center, width, spot.rotation + math.radians(generator.uniform(-30, 30)), bool(generator.integers(2)))


def _face_view(generator: Generator, spot: Spot) -> View:
    """MediaPipe's region, as loosely as tracking places it: ±10 % in size, ±5 % in place, ±10° in rotation."""
    width = FACE_SCALE * spot.size * generator.uniform(0.9, 1.1)
    shift = generator.uniform(-0.05, 0.05, 2) * width
    center = (spot.center[0] + shift[0], spot.center[1] + shift[1])
    return View(center, width, spot.rotation + math.radians(generator.uniform(-10, 10)), bool(generator.integers(2)))


def _eye_view(generator: Generator, spot: Spot) -> View:
    """A square around one eye; the network knows one side, so that the other is mirrored."""
    (right_x, right_y), (left_x, left_y) = spot.eyes
    width = EYE_SCALE * EYE_WIDTH * math.hypot(left_x - right_x, left_y - right_y) * generator.uniform(0.9, 1.1)
    side = int(generator.integers(2))
    shift = generator.uniform(-0.05, 0.05, 2) * width
    center = (spot.eyes[side][0] + shift[0], spot.eyes[side][1] + shift[1])
    return View(center, width, spot.rotation + math.radians(generator.uniform(-10, 10)), mirrored=side == 1)


FACE_VIEWS: dict[str, Callable[[Generator, Spot], View]] = {
    "frame": _frame_view,
    "face": _face_view,
    "eye": _eye_view,
    "any": _frame_view,
}


def _loosened(generator: Generator, picture: Picture, subject: str) -> View:
    """Near a face, but not where the network expects it; in a picture without one, anywhere."""
    if picture.spots:
        spot = picture.spots[int(generator.integers(len(picture.spots)))]
        view = FACE_VIEWS[subject](generator, spot)
        width = view.width * generator.uniform(0.8, 1.25)
        x, y = (middle + width * generator.uniform(-0.2, 0.2) for middle in view.center)
        return View((x, y), width, view.rotation + math.radians(generator.uniform(-20, 20)), view.mirrored)
    rows, columns = picture.pixels.shape[:2]
    width = min(rows, columns) * generator.uniform(0.2, 1.0)
    center = (columns * generator.uniform(0.2, 0.8), rows * generator.uniform(0.2, 0.8))
    return View(center, width, math.radians(generator.uniform(-180, 180)), bool(generator.integers(2)))


def _viewed(
    name: str, features: Sequence[Feature], picture: Picture, view: View, generator: Generator, face: bool = False
) -> Case:
    def draw(width: int, height: int) -> Pixels:
        return render(picture, view, width, height)

    return Case(name, _values(features, draw, generator), face)


def _noise(name: str, features: Sequence[Feature], generator: Generator) -> Case:
    """Every pixel and channel by itself, uniform over 0…255: no wrong axis, channel or row survives it."""

    def draw(width: int, height: int) -> Pixels:
        return generator.integers(0, 256, (height, width, 3), np.uint8)

    return Case(name, _values(features, draw, generator), face=False)


def _values(features: Sequence[Feature], draw: Draw, generator: Generator) -> dict[str, Array]:
    """A value for each input; of two pictures every other one is mirrored, so that no difference of both is nothing."""
    values: dict[str, Array] = {}
    mirrored = False
    for feature in features:
        if _is_picture(feature):
            values[feature.name] = _picture_value(feature, _mirrored(draw) if mirrored else draw)
            mirrored = not mirrored
        else:
            values[feature.name] = _tensor(feature, generator)
    return values


def _mirrored(draw: Draw) -> Draw:
    return lambda width, height: draw(width, height)[:, ::-1]


def _is_picture(feature: Feature) -> bool:
    """Whether the input is an image, or an NHWC tensor of as many channels as a picture or a stack of some has."""
    shape = feature.shape
    return feature.kind == "image" or (
        len(shape) == 4 and shape[0] == 1 and shape[3] <= MOST_CHANNELS and min(shape[1:3]) >= SMALLEST_SIDE
    )


def _picture_value(feature: Feature, draw: Draw) -> Array:
    """The drawn picture as the input takes it; as a tensor of floats its 0…255 become 0…1.

    More than three channels are a stack: the picture, mirrored, as it is, and so on, as many channels as there are.
    """
    shape = feature.shape
    height, width = shape[2:] if feature.kind == "image" else shape[1:3]
    pixels = draw(width, height)
    if feature.kind == "image":
        return to_grey(pixels) if feature.color == "GRAYSCALE" else np.ascontiguousarray(pixels)
    if shape[3] == 1:
        stacked = to_grey(pixels)[..., None]
    else:
        pictures = [pixels if number % 2 == 0 else pixels[:, ::-1] for number in range(math.ceil(shape[3] / 3))]
        stacked = np.concatenate(pictures, axis=2)[..., : shape[3]]
    if feature.dtype.startswith("int"):
        return stacked[None].astype(np.int32)
    return (stacked[None] / np.float32(255)).astype(np.float32)


def _tensor(feature: Feature, generator: Generator) -> Array:
    """Uniform in −1…1; whole numbers are 0 or 1, which any index takes."""
    if feature.dtype.startswith("int"):
        return generator.integers(0, 2, feature.shape).astype(np.int32)
    return generator.uniform(-1, 1, feature.shape).astype(np.float32)
