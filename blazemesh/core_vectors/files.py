"""All files of vectors."""

from blazemesh.core_vectors import axes, detection, orientation, pose, regions, smoothing, tracking
from blazemesh.core_vectors.vectors import Vectors

FILES: tuple[Vectors, ...] = tuple(
    module.VECTORS for module in (axes, detection, orientation, pose, regions, smoothing, tracking)
)
