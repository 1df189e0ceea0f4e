"""The attention network, cut and as the package that the apps get, against what MediaPipe itself makes of its crops."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blazemesh.catalog import load_catalog
from pipelines.refinement import refine
from tests.golden_vectors import golden, largest, picture
from verification.executor.reference import ReferenceModel
from verification.oracles.original import open_original

SIDE = 192
Tensors = dict[str, NDArray[np.float32]]


def errors(case: dict[str, Any], tensors: Tensors) -> dict[str, float]:
    """How far each tensor and the refined points are from MediaPipe's, in pixels or logits; z of the points too."""
    told = {name: np.array(value) for name, value in case["tensors"].items()}
    assert tensors.keys() == told.keys()
    found = {name: largest(abs(tensors[name] - value)) for name, value in told.items()}
    if case["points"] is not None:
        found["points"] = SIDE * largest(abs(refine(tensors, SIDE) - np.array(case["points"])))
    return found


def test_segments_of_litert_and_numpy_give_what_mediapipe_gives(models: dict[str, Path]) -> None:
    model, document = load_catalog().model("FaceMeshAttention"), golden("attention")
    original = open_original(models[model.name].read_bytes(), model.file)
    for case in document["cases"]:
        raw = original.run({"input_1": picture(case).astype(np.float32)[None] * np.float32(1 / 255)})
        found = errors(case, {o.name: raw[o.tensor].reshape(o.shape) for o in model.outputs})
        # Measured: 2.0e-4 px and 1.7e-5 logits.
        assert max(found.values()) <= document["tolerance"]["float32"], (case["name"], found)


@pytest.mark.parametrize("arithmetic", ["float32", "float16"])
def test_the_network_in_the_package_gives_what_mediapipe_gives(built: Path, arithmetic: Any) -> None:
    """Measured: 2.6e-4 px in float32; with float16 rounding 0.23 px, in x and y, and 0.02 logits."""
    package, document = ReferenceModel(built / "FaceMeshAttention.mlpackage", arithmetic), golden("attention")
    made = {output.name for operation in package.program.operations for output in operation.outputs}
    names = document["cases"][0]["tensors"]
    raw = {name: next(n for n in (f"raw_{name}", f"raw_{name}_cast_fp16") if n in made) for name in names}
    for case in document["cases"]:
        image = Image.fromarray(picture(case))
        inside = package.predict_watching({"image": image}, tuple(raw.values()))[1]
        found = errors(case, {name: inside[value] for name, value in raw.items()})
        assert max(found.values()) <= document["tolerance"][arithmetic], (case["name"], found)
