"""Recipes of frames for golden vectors: crowds for the detectors, a face for the meshes, an eye for the iris network.

All show one photograph's face. The numbers are drawn by Python's own generator and rounded, so that a recipe reads back
as it was written.
"""

import math
from collections.abc import Iterator
from random import Random

from verification.cases import EYE_SCALE, EYE_WIDTH, FACE_SCALE
from verification.compositions import Composition, Paste
from verification.pictures import Spot

MOST_FACES = 12
CROWDS = 3
"""Frames of each number of faces."""
HEAD = 0.9
"""Half the side of the square that is pasted: hair and chin, in sizes of the face's box."""

BACKDROPS = ("black", "grey", "white", "noise a")
Named = tuple[str, Composition]


def crowds(side: int, spot: Spot, seed: str) -> Iterator[Named]:
    """50 frames for a detector of `side` pixels: 1 to 12 faces, faces that overlap, and frames with hardly any."""
    random = Random(seed)
    for count in range(1, MOST_FACES + 1):
        for turn in range(CROWDS):
            backdrop = BACKDROPS[(count + turn) % len(BACKDROPS)]
            faces = tuple(_in_cell(random, spot, side, count, index) for index in range(count))
            yield f"{count} on {backdrop}", Composition(side, backdrop, faces)
    for apart in (0.3, 0.5, 0.7, 0.9):
        yield f"two, {apart} of a face apart", Composition(side, "grey", _neighbours(spot, side, apart))
    for name in ("black", "white", "noise b", "noise c"):
        yield name, Composition(side, name)
    whole = Paste((256.0, 256.0), (side / 2, side / 2), 256.0, side / 512)
    for bars in (0, side // 5, side // 3):
        yield f"the photograph, {bars} black columns on either side", Composition(side, "black", (whole,), bars)
    near = _figure(0.6 * side / spot.size)
    for name, at in (("one, near", (0.5, 0.5)), ("one, cut off on the left", (0.25, 0.5)), ("one, below", (0.5, 0.75))):
        middle = (at[0] * side, at[1] * side)
        yield name, Composition(side, "black", (Paste(_rounded(*spot.center), middle, 256.0, near),))


def faces(side: int, spot: Spot, seed: str) -> Iterator[Named]:
    """20 crops for a mesh model of `side` pixels: MediaPipe's region as tracking finds it, loose ones, none."""
    random = Random(seed)
    for index in range(12):
        yield f"face {index}", _closeup(random, side, spot, spot.center, FACE_SCALE * spot.size, loose=1)
    for index in range(4):
        yield f"loose {index}", _closeup(random, side, spot, spot.center, FACE_SCALE * spot.size, loose=4)
    yield from ((name, Composition(side, name)) for name in ("black", "white", "noise d", "noise e"))


def eyes(side: int, spot: Spot, seed: str) -> Iterator[Named]:
    """20 crops for the iris model of `side` pixels: its own eye, the other one mirrored, none."""
    random = Random(seed)
    (right_x, right_y), (left_x, left_y) = spot.eyes
    width = EYE_SCALE * EYE_WIDTH * math.hypot(left_x - right_x, left_y - right_y)
    for index in range(16):
        eye, loose = index % 2, 1 if index < 12 else 3
        name = f"{'loose ' if loose > 1 else ''}{'left' if eye else 'right'} eye {index // 2}"
        yield name, _closeup(random, side, spot, spot.eyes[eye], width, loose, mirrored=eye == 1)
    yield from ((name, Composition(side, name)) for name in ("black", "white", "noise f", "noise g"))


def _in_cell(random: Random, spot: Spot, side: int, count: int, index: int) -> Paste:
    """A face in one of the frame's cells, its head a little smaller or larger than that, somewhat beside its middle."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cell = side / columns
    x = (index % columns + 0.5 + random.uniform(-0.15, 0.15)) * cell
    y = (index // columns + 0.5 + random.uniform(-0.15, 0.15)) * side / rows
    reach = HEAD * spot.size
    scale = random.uniform(0.8, 1.2) * cell / (2 * reach)
    degrees = random.uniform(-30, 30)
    return Paste(
        _rounded(*spot.center), _rounded(x, y), _figure(reach), _figure(scale), _figure(degrees), random.random() < 0.5
    )


def _neighbours(spot: Spot, side: int, apart: float) -> tuple[Paste, ...]:
    """Two faces whose middles lie `apart` widths of a face from each other: the second one covers part of the first."""
    scale = 0.35 * side / spot.size
    middles = [(side * (0.5 + sign * 0.35 * apart / 2), side / 2) for sign in (-1, 1)]
    # Only a face's own width is pasted of each, or the first would be gone.
    return tuple(
        Paste(_rounded(*spot.center), _rounded(*middle), _figure(spot.size / 2), _figure(scale)) for middle in middles
    )


def _closeup(
    random: Random,
    side: int,
    spot: Spot,
    center: tuple[float, float],
    width: float,
    loose: int,
    mirrored: bool | None = None,
) -> Composition:
    """A square of about `width` around `center`, the eyes about level: ±10 % and ±10° and ±5 % in place, `loose` times.

    `mirrored` None leaves it to chance.
    """
    width *= 1 + loose * random.uniform(-0.1, 0.1)
    x, y = (middle + loose * width * random.uniform(-0.05, 0.05) for middle in center)
    flip = random.random() < 0.5 if mirrored is None else mirrored
    level = math.degrees(spot.rotation) * (1 if flip else -1)
    degrees = level + loose * random.uniform(-10, 10)
    # A reach of the width covers the frame's corners however it is turned.
    paste = Paste(_rounded(x, y), (side / 2, side / 2), _figure(width), _figure(side / width), _figure(degrees), flip)
    return Composition(side, "black", (paste,))


def _rounded(x: float, y: float) -> tuple[float, float]:
    return _figure(x), _figure(y)


def _figure(value: float) -> float:
    return round(value, 4)
