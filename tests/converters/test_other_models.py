"""MediaPipe's models beyond faces, converted without a line of code that knows them, held to LiteRT on a picture."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blazemesh.pictures import astronaut
from converters.coreml import ConversionOptions, to_coreml
from converters.features import derived_features
from converters.graph import Array
from converters.package import write_package
from converters.tflite_reader import read_tflite
from verification.executor.reference import ReferenceModel

MODELS = {
    "palm_detection_lite.tflite": "e9a4aaddf90dda56a87235303cf00e4c2d3fb28725f68fd88772997dac905c18",
    "palm_detection_full.tflite": "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    "hand_landmark_lite.tflite": "048edd3645c9bf7397d19a9f6e3a42957d6e414c9bea6598030a2e9b624156e6",
    "hand_landmark_full.tflite": "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    "hand_recrop.tflite": "67d996ce96f9d36fe17d2693022c6da93168026ab2f028f9e2365398d8ac7d5d",
    "pose_detection.tflite": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "selfie_segmentation.tflite": "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    "selfie_segmentation_landscape.tflite": "a77d03f4659b9f6b6c1f5106947bf40e99d7655094b6527f214ea7d451106edd",
}
"""The files that the mediapipe 0.10.21 wheel carries (Apache 2.0), and their SHA-256."""

LIMIT = 1e-3
"""Of an output's range. pose_landmark_full's mask magnifies rounding: LiteRT's own kernels differ by 9e-5 of it."""


def cached(file: str) -> Path:
    """The model in the cache; the test is skipped where it is not."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = root / "blazemesh" / MODELS[file] / file
    if not path.is_file():
        pytest.skip(f"{file} is not in the cache ({path})")
    return path


def litert(data: bytes, picture: Array) -> dict[str, Array]:
    """LiteRT with its default delegate, which has kernels for MediaPipe's own transposed convolution."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=data, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    return {detail["name"]: interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()}


@pytest.mark.parametrize("file", MODELS)
def test_agrees_with_litert(file: str, tmp_path: Path) -> None:
    data = cached(file).read_bytes()
    graph = read_tflite(data, file)
    features = derived_features(graph, 0.0, 1.0, tensor_input=True)
    write_package(to_coreml(graph, features, ConversionOptions("float32")), features, {}, tmp_path / "X.mlpackage")
    model = ReferenceModel(tmp_path / "X.mlpackage")
    _, rows, columns, _ = graph.tensors[graph.inputs[0]].shape
    photograph = np.asarray(Image.fromarray(astronaut().pixels).resize((columns, rows)), np.float32)[None] / 255
    noise = np.random.default_rng(0).random(photograph.shape, np.float32)
    ranges = []
    for picture in (photograph, noise):
        expected = litert(data, picture)
        found = model.predict({features.inputs[0].name: picture})
        for output in features.outputs:
            reference = expected[graph.tensors[output.tensor].name]
            # Of a single probability the range is 0 to 1; of a mask that is black all over, too.
            extent = max(float(np.ptp(reference)), 1.0)
            error = float(np.abs(found[output.name] - reference).max())
            print(f"{file} {output.name}: {error:.2g} of {extent:.3g}, {error / extent:.1g}")
            assert error <= LIMIT * extent, output.name
            ranges.append(float(np.ptp(reference)))
    assert max(ranges) > 0.5  # something was there to be compared
