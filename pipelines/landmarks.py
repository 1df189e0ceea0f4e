"""A landmark network's raw values → landmarks and presence."""

import numpy as np
from numpy.typing import NDArray

from pipelines.decoding import sigmoid


def normalise(landmarks: NDArray[np.floating], side: int) -> NDArray[np.float32]:
    """Landmarks [N, 2 or 3] in pixels of a crop of `side` × `side` → normalised to the crop, z in x's scale.

    Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_landmarks_calculator.cc.
    """
    return landmarks.astype(np.float32) / np.float32(side)


def presence(logit: NDArray[np.floating]) -> NDArray[np.float32]:
    """The probability 0-1 that the crop shows a face, 1 / (1 + e^−x), for a logit of any shape; it stays.

    Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_floats_calculator.cc.
    """
    return sigmoid(logit)
