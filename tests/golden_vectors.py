"""What MediaPipe itself computes, from tests/golden, and the pictures that it was shown."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import facts
from blazemesh.catalog import load_catalog
from blazemesh.pictures import astronaut
from pipelines.detections import ROWS, Detections
from verification.compositions import Composition, compose, digest
from verification.oracles.litert import LiteRT
from verification.pictures import Pixels
from verification.scenes import Scene

FOLDER = Path(__file__).parent / "golden"
NAMES = ("attention", "detector_full", "detector_short", "iris", "mesh")
"""Each a model's."""
PIPELINES = ("pipeline_stills", "pipeline_videos")
Case = dict[str, Any]


@cache
def golden(name: str) -> dict[str, Any]:
    """The document tests/golden/<name>.json; ValueError where it holds NaN or an infinity, which JSON doesn't know."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{name}.json holds {constant}")

    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("ascii"), parse_constant=refuse)
    return document


def picture(case: Case) -> Pixels:
    """The case's picture, the very bytes that MediaPipe was shown."""
    frame = case["frame"]
    scene = Scene.from_json(frame) if "composition" in frame else None
    pixels = scene.draw(_photograph()) if scene else compose(Composition.from_json(frame), _photograph())
    assert digest(pixels) == case["sha256"], case["name"]
    return pixels


@cache
def _photograph() -> Pixels:
    return astronaut().pixels


def original(models: dict[str, Path], name: str) -> Callable[[Pixels], dict[str, NDArray[np.float32]]]:
    """The model `name` of models.toml in LiteRT: a picture in, raw outputs by their names there out."""
    model = load_catalog().model(name)
    litert = LiteRT(models[name].read_bytes(), model.file)
    (tensor,) = litert._interpreter.get_input_details()
    low, high = model.input.range

    def run(pixels: Pixels) -> dict[str, NDArray[np.float32]]:
        values = pixels.astype(np.float32) * np.float32((high - low) / 255) + np.float32(low)
        raw = litert.run({tensor["name"]: values[np.newaxis]})
        return {output.name: raw[output.tensor].reshape(output.shape) for output in model.outputs}

    return run


def expected(case: Case) -> Detections:
    """A detector case's detections."""
    return listed_detections(case["detections"])


def listed_detections(listed: list[Case]) -> Detections:
    """Detections as a file has them."""
    boxes = [np.reshape(found["box"], (2, 2)) for found in listed]
    rows = [np.concatenate([box, found["keypoints"]]) for box, found in zip(boxes, listed, strict=True)]
    scores = np.array([found["score"] for found in listed], np.float32)
    return Detections(np.array(rows, np.float32).reshape(-1, ROWS, 2), scores)


def refined(case: Case) -> NDArray[np.float64]:
    """The 478 points of a case's raw tensors, in pixels of the crop, as facts/attention_refinement.json says."""
    table = facts.load("attention_refinement")
    tensors = {name: np.array(value) for name, value in case["tensors"].items()}
    points = np.concatenate([tensors["landmarks"], np.zeros((10, 3))])
    for name, indices in table["overwrite"].items():
        points[indices, :2] = tensors[name]
    for name, indices in table["irises"].items():
        contour = table["overwrite"][table["irisDepth"][name]][: table["irisDepth"]["contourPoints"]]
        points[indices, :2], points[indices, 2] = tensors[name], points[contour, 2].mean()
    return points


def error(found: Detections, case: Case) -> float:
    """The largest difference of any score or point from the case's; infinite where the faces are not as many."""
    told = expected(case)
    if len(found) != len(told):
        return float("inf")
    pairs = ((found.scores, told.scores), (found.landmarks, told.landmarks))
    return max(largest(abs(mine - theirs)) for mine, theirs in pairs)


def largest(values: NDArray[np.floating]) -> float:
    """The largest value, infinite if one is NaN; 0 of none."""
    return float(np.nan_to_num(values, nan=np.inf).max(initial=0))
