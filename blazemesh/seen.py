"""One frame with its faces, as `blazemesh run` hands it on, and as its JSON has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runtime.faces import Face
from runtime.overlay import Style, draw_faces
from runtime.sources import TimedFrame

DIGITS = 8
"""Decimals of all numbers: float32 has no more between 0.1 and 1."""


@dataclass(frozen=True, eq=False)
class Seen:
    """The frame number `index` of a source, its faces, and what each stage took in milliseconds; `style` draws them."""

    index: int
    frame: TimedFrame
    faces: list[Face]
    milliseconds: Mapping[str, float]
    style: Style

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        image = self.frame.image
        return image.size if isinstance(image, Image.Image) else (image.shape[1], image.shape[0])

    @cached_property
    def picture(self) -> Image.Image:
        """The frame in RGB."""
        image = self.frame.image
        return image.convert("RGB") if isinstance(image, Image.Image) else Image.fromarray(image)

    @cached_property
    def drawn(self) -> Image.Image:
        """The frame with its faces drawn over it."""
        return draw_faces(self.picture, self.faces, self.style)

    def record(self) -> dict[str, Any]:
        """What one line of `--json` says: points and sizes normalised to the frame, z in x's scale, radians."""
        width, height = self.size
        return {
            "frame": self.index,
            "source": self.frame.name,
            "timestamp_ms": round(self.frame.timestamp_ms, 3),
            "width": width,
            "height": height,
            "milliseconds": {stage: round(spent, 3) for stage, spent in self.milliseconds.items()},
            "faces": [_face_record(face) for face in self.faces],
        }


def _face_record(face: Face) -> dict[str, Any]:
    detection, region = face.detection, face.region
    return {
        "id": face.id,
        "score": None if detection is None else round(detection.score, DIGITS),
        "box": None if detection is None else _listed(detection.box),
        "keypoints": None if detection is None else _listed(detection.keypoints),
        "presence": None if face.presence is None else round(face.presence, DIGITS),
        "landmarks": None if face.landmarks is None else _listed(face.landmarks),
        "region": None
        if region is None
        else {
            "center": _listed(np.array(region.center) / face.frame_size),
            "size": _listed(np.array(region.size) / face.frame_size),
            "rotation": round(region.rotation, DIGITS),
        },
        "pose": None if face.pose is None else _listed(face.pose),
    }


def _listed(values: NDArray[Any]) -> Any:
    return values.astype(np.float64).round(DIGITS).tolist()
