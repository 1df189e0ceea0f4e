"""Where the faces are in a picture, by the original detector in LiteRT."""

import numpy as np
from PIL import Image

from pipelines.anchors import SHORT_RANGE
from pipelines.decoding import decode
from pipelines.suppression import SHORT_RANGE_THRESHOLDS, suppress
from verification.oracles.litert import LiteRT
from verification.pictures import Pixels, Spot


class FaceFinder:
    """BlazeFace short range over a whole picture, which is fitted into the network's square between black bars."""

    def __init__(self, detector: bytes) -> None:
        """`detector` holds the bytes of MediaPipe's face_detection_short_range.tflite."""
        self._detector = LiteRT(detector, "face_detection_short_range.tflite")

    def find(self, pixels: Pixels) -> tuple[Spot, ...]:
        """The faces in a picture [height, width, 3], in its pixels, the surest first."""
        size = SHORT_RANGE.input_side
        rows, columns = pixels.shape[:2]
        scale = size / max(rows, columns)
        width, height = max(1, round(columns * scale)), max(1, round(rows * scale))
        left, top = (size - width) // 2, (size - height) // 2
        square = Image.new("RGB", (size, size))
        square.paste(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX), (left, top))
        raw = self._detector.run({"input": (np.asarray(square, np.float32) / 127.5 - 1)[None]})
        candidates = decode(raw["regressors"][0], raw["classificators"][0, :, 0], SHORT_RANGE)
        found = suppress(candidates, SHORT_RANGE_THRESHOLDS).landmarks * size - np.array([left, top])
        return tuple(_spot(points) for points in found * np.array([columns / width, rows / height]))


def _spot(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Spot:
    low, high, right_eye, left_eye = points[:4]
    center, size = (low + high) / 2, high - low
    eyes = ((right_eye[0], right_eye[1]), (left_eye[0], left_eye[1]))
    return Spot((center[0], center[1]), float(size.max()), eyes)
