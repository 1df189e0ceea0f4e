"""The attention network's operators in ONNX, held to their numpy twins."""

from collections.abc import Mapping

import numpy as np
import pytest

from blazemesh.homes import loaded, written_home
from converters.features import derived_features
from converters.graph import Array
from converters.onnx.model import LAYOUTS
from converters.tflite_reader import read_tflite
from tests.converters.judging import assert_agree
from tests.converters.network import Network
from tests.converters.ops.test_mediapipe import MATRICES, landmarks, matrix, operator, region, sampling
from verification.oracles.original import open_original


def run_both(network: Network, inputs: Mapping[str, Array], layout: str = "nhwc") -> tuple[Array, Array]:
    """ONNX's only output, and the original's."""
    data = network.build()
    graph = read_tflite(data, "built.tflite")
    features = derived_features(graph, 0, 1, True)
    written = written_home(graph, features, "any", "onnx", layout)
    (found,) = loaded(written, graph, features, "any", "onnx", "built.onnx").run(inputs).values()
    (expected,) = open_original(data, "built.tflite").run(inputs).values()
    return found, expected


@pytest.mark.parametrize("line", [(0, 0), (5, 0), (-5, 0), (0, -5), (-3, -4)])
def test_a_region_follows_the_landmarks(line: tuple[int, int]) -> None:
    points = landmarks(2)
    points[0, 4, :2] = points[0, 1, :2] + np.array(line, np.float32)
    assert_agree(*run_both(region(target_rotation_radians=0.3), {"landmarks": points}), str(line))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(4, 5), (9, 7), (1, 6), (6, 1)])
def test_a_picture_is_sampled(shape: tuple[int, int], layout: str) -> None:
    seen = 0.0
    for given in MATRICES:
        picture = np.random.default_rng(3).standard_normal((1, *shape, 3)).astype(np.float32)
        found, expected = run_both(sampling(*shape, held=True), {"picture": picture, "matrix": given}, layout)
        np.testing.assert_allclose(found, expected, atol=2e-5)  # GridSample counts from −1 to 1: a digit more is lost
        seen += float(np.abs(expected).max())
    assert seen > 0


@pytest.mark.parametrize("shift", [np.nan, np.inf, -np.inf, 1e30])
def test_a_matrix_that_leads_nowhere_gives_zeros(shift: float) -> None:
    inputs = {"picture": np.ones((1, 4, 5, 3), np.float32), "matrix": matrix((1, 0, shift), (0, 1, 0))}
    found, _ = run_both(sampling(4, 5), inputs)
    assert not found.any()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_come_back(dimensions: int) -> None:
    network = Network()
    points, given = network.input("points", (1, 6, dimensions)), network.input("matrix", (1, 4, 4))
    network.output(operator(network, "TransformLandmarks", [points, given], (1, 6, dimensions), dimensions=dimensions))
    values = np.random.default_rng(1).standard_normal((1, 6, dimensions)).astype(np.float32)
    assert_agree(*run_both(network, {"points": values, "matrix": MATRICES[1]}), "points")
