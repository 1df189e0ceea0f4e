"""A landmark network's raw values → landmarks and presence, as MIL: the twin of pipelines.landmarks."""

import numpy as np
from coremltools.converters.mil import Builder as mb  # noqa: N813

from converters.finish import Var


def normalise(landmarks: Var, side: int) -> Var:
    """Landmarks in pixels of a crop of `side` × `side` → normalised to it; the shape stays."""
    return mb.mul(x=landmarks, y=np.float32(1 / side))


def presence(logit: Var) -> Var:
    """The probability 0-1 that the crop shows a face, for a logit of any shape; it stays."""
    return mb.sigmoid(x=logit)
