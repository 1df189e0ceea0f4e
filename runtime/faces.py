"""A face as the landmarker gives it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.geometry import Geometry
from runtime.regions import Region

Points = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Detection:
    """What a detector says of a face: `points` [8, 2] normalised to the frame, and the `score` 0-1.

    The rows are the box's minimum and maximum, then right eye, left eye, nose tip, mouth centre, right ear and left ear
    (the person's own right and left), each (x, y); points may lie outside of the frame.
    """

    points: Points
    score: float

    @property
    def box(self) -> Points:
        """Shape [4]: x min, y min, x max, y max."""
        return self.points[:2].reshape(-1)

    @property
    def keypoints(self) -> Points:
        """Shape [6, 2]."""
        return self.points[2:]

    def as_simd2(self) -> tuple[NDArray[np.float32], float]:
        """As the packages and Swift have it: eight rows of x, y as [8, 2] float32, and the confidence 0-1."""
        return self.points, self.score

    def as_tensor(self) -> NDArray[np.float32]:
        """Shape [17]: y min, x min, y max, x max of the box, six times x, y, the score."""
        (left, top), (right, bottom) = self.points[:2]
        return np.array([top, left, bottom, right, *self.points[2:].reshape(-1), self.score], np.float32)


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a frame of `frame_size` (width, height) pixels.

    `id` is the same from frame to frame while the face is tracked. `detection` is None for a face that tracking
    carried here from the frame before. `landmarks` [468 or 478, 3] are normalised to the frame, z in x's scale;
    `presence` is the mesh network's probability 0-1 that `region`, in pixels, shows a face. These three are None
    without a mesh network, `geometry` is unless it was asked for.
    """

    id: int
    frame_size: tuple[int, int]
    detection: Detection | None = None
    landmarks: Points | None = None
    presence: float | None = None
    region: Region | None = None
    geometry: Geometry | None = None

    @property
    def pose(self) -> NDArray[np.float64] | None:
        """Shape [4, 4]: takes the canonical face to this one, in centimetres; None without geometry."""
        return None if self.geometry is None else self.geometry.pose

    @property
    def landmarks_in_pixels(self) -> NDArray[np.float64] | None:
        """The landmarks in pixels of the frame, z too in those of x."""
        if self.landmarks is None:
            return None
        return in_pixels(self.landmarks, self.frame_size)


def in_pixels(landmarks: Points, frame_size: tuple[int, int]) -> NDArray[np.float64]:
    """`landmarks` [N, 3] normalised to a frame of (width, height) pixels → in these, z in those of x."""
    width, height = frame_size
    return landmarks.astype(np.float64) * [width, height, width]
