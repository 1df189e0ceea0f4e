"""Frames composed of one photograph, the same to the byte on every machine and with every version of every library.

Golden vectors are made in one environment and compared in others, so that a frame is stored as its recipe. Whole
numbers are all it is computed with: no library resamples, and no sum depends on its order.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.pictures import Pixels

POINT = 16
ONE = 1 << POINT
"""Positions count in 1/65536 of a pixel."""
DROPPED = 8
"""Bilinear weights count in 1/256: of the sixteen bits behind the point, the lower eight are dropped."""

Positions = NDArray[np.int64]
Levels = NDArray[np.int32]
PLAIN = {"black": 0, "grey": 128, "white": 255}


@dataclass(frozen=True)
class Paste:
    """A square of the photograph, laid on the frame.

    The photograph's point `source` comes to the frame's point `target`, both (x, y) in pixels from the top left corner;
    what is nearer to it than `reach` photograph pixels in x and in y is pasted, `scale` frame pixels for one of the
    photograph's, turned clockwise by `degrees`, after mirroring. The photograph's border goes on outside of it.
    """

    source: tuple[float, float]
    target: tuple[float, float]
    reach: float
    scale: float
    degrees: float = 0.0
    mirrored: bool = False


@dataclass(frozen=True)
class Composition:
    """A square frame: `backdrop` ("black", "grey", "white" or "noise <any text>"), pastes over it, in order, and
    last `bars` black columns on either side.
    """

    side: int
    backdrop: str
    pastes: tuple[Paste, ...] = ()
    bars: int = 0

    @classmethod
    def from_json(cls, recipe: Mapping[str, Any]) -> "Composition":
        """What `to_json` gave."""
        pastes = tuple(
            Paste(**{**paste, "source": tuple(paste["source"]), "target": tuple(paste["target"])})
            for paste in recipe["pastes"]
        )
        return cls(recipe["side"], recipe["backdrop"], pastes, recipe["bars"])

    def to_json(self) -> dict[str, Any]:
        """The recipe, of lists, numbers and text."""
        return asdict(self)


def compose(composition: Composition, photograph: Pixels) -> Pixels:
    """The frame, [side, side, 3]."""
    frame = _backdrop(composition.backdrop, composition.side)
    levels = photograph.astype(np.int32)
    for paste in composition.pastes:
        _lay(paste, levels, frame)
    if composition.bars:
        frame[:, : composition.bars] = frame[:, -composition.bars :] = 0
    return frame


def digest(frame: Pixels) -> str:
    """SHA-256 of a frame's bytes, row by row, in hexadecimal."""
    return hashlib.sha256(frame.tobytes()).hexdigest()


def _backdrop(name: str, side: int) -> Pixels:
    shape = (side, side, 3)
    if name in PLAIN:
        return np.full(shape, PLAIN[name], np.uint8)
    stream = hashlib.shake_256(name.encode()).digest(side * side * 3)
    return np.frombuffer(stream, np.uint8).reshape(shape).copy()


def _lay(paste: Paste, photograph: Levels, frame: Pixels) -> None:
    """Each pixel becomes the mean of fine × fine samples; beside the pasted square they are what was there before."""
    fine = max(1, math.ceil(0.5 / paste.scale))  # one for each four of the photograph's pixels is enough
    (left, right), (top, bottom) = (_extent(paste, axis, len(frame)) for axis in (0, 1))
    u, v = _offsets(paste, fine, (left, right), (top, bottom))
    reach = _fixed(paste.reach)
    inside = (abs(u) < reach) & (abs(v) < reach)
    samples = np.zeros((*inside.shape, 3), np.int32)
    samples[inside] = _sample(photograph, _fixed(paste.source[0]) + u[inside], _fixed(paste.source[1]) + v[inside])
    blocks = (bottom - top, fine, right - left, fine)
    total = samples.reshape(*blocks, 3).sum(axis=(1, 3), dtype=np.int64)
    covered = inside.reshape(blocks).sum(axis=(1, 3))[..., None]
    part = frame[top:bottom, left:right]
    whole = ONE * fine**2
    part[:] = (total + ONE * (fine**2 - covered) * part + whole // 2) // whole


def _extent(paste: Paste, axis: int, side: int) -> tuple[int, int]:
    """The frame's columns (axis 0) or rows (1) that the pasted square may touch."""
    most = paste.reach * paste.scale * math.sqrt(2) + 1
    low, high = math.floor(paste.target[axis] - most), math.ceil(paste.target[axis] + most)
    return min(max(low, 0), side), min(max(high, 0), side)


def _offsets(paste: Paste, fine: int, columns: tuple[int, int], rows: tuple[int, int]) -> tuple[Positions, Positions]:
    """How far from the paste's source each sample lies in the photograph, in x and in y."""

    def middles(span: tuple[int, int], target: float) -> Positions:
        """The samples' middles, (index + ½) / fine, as seen from the target."""
        indices = np.arange(span[0] * fine, span[1] * fine, dtype=np.int64)
        return (2 * indices + 1) * ONE // (2 * fine) - _fixed(target)

    x, y = np.meshgrid(middles(columns, paste.target[0]), middles(rows, paste.target[1]))
    angle = math.radians(paste.degrees)
    cos, sin = _fixed(math.cos(angle) / paste.scale), _fixed(math.sin(angle) / paste.scale)
    u, v = (cos * x + sin * y) >> POINT, (cos * y - sin * x) >> POINT
    return (-u if paste.mirrored else u), v


def _sample(photograph: Levels, x: Positions, y: Positions) -> Levels:
    """Bilinear samples at N positions in 1/65536 of a level, [N, 3]; pixel i covers i…i+1."""
    rows, columns = photograph.shape[:2]
    x = np.clip(x - ONE // 2, 0, (columns - 1) * ONE)
    y = np.clip(y - ONE // 2, 0, (rows - 1) * ONE)
    left, top = x >> POINT, y >> POINT
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    across, down = (((at & ONE - 1) >> DROPPED).astype(np.int32)[:, None] for at in (x, y))
    pixels = photograph.reshape(-1, 3)
    upper_left, upper_right = pixels.take(top * columns + left, 0), pixels.take(top * columns + right, 0)
    lower_left, lower_right = pixels.take(bottom * columns + left, 0), pixels.take(bottom * columns + right, 0)
    upper = upper_left * (256 - across) + upper_right * across
    lower = lower_left * (256 - across) + lower_right * across
    blended: Levels = upper * (256 - down) + lower * down
    return blended


def _fixed(value: float) -> int:
    return round(value * ONE)
