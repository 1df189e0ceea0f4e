"""`make golden`: what MediaPipe itself computes, into tests/golden/*.json, so that tests can do without it.

Runs in an environment of its own (scripts/golden.sh), which has MediaPipe and nothing of what converts or verifies.
"""

import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.catalog import Model, load_catalog
from blazemesh.files import sha256_file, write_atomically
from blazemesh.pictures import astronaut
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.detections import Detections
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds
from verification.compositions import compose, digest
from verification.crowds import Named, crowds, eyes, faces
from verification.oracles.mediapipe import LandmarkGraph, TensorGraph, detect, root
from verification.pictures import Pixels

OUT = Path("tests/golden")
PIXEL_DIGITS = 5
NORMALISED_DIGITS = 7
"""Decimals that are kept: as fine as a float32 of the size in question, and far finer than any tolerance."""
MESH_SIDE, EYE_SIDE = 192, 64

# Another machine's kernels add up in another order: 4e-4 px or logits, of 128 px. Float16 rounds values of 64 to 128 px
# to 1/16 px; what comes out is a mean of several anchors.
DETECTOR_TOLERANCE = {
    "float32": 1e-4,
    "float16": 2e-3,
    "unit": "of the frame's side, and of 1 for scores",
    "float16_where": "margin is 0.01 or more, detections matched by place: close scores may change their order",
}
# Those of docs/verification.md; the iris model's weights are rounded in a float16 package.
MESH_TOLERANCE = {"float32": 5e-4, "float16": 0.35, "unit": "px of the crop, and logits for presence"}
IRIS_TOLERANCE = {"float32": 5e-4, "float32, weights rounded": 2e-2, "float16": 0.35, "unit": "px of the crop"}

FRAME = (
    "Each case: name; frame, the recipe of its picture for verification/compositions.py, made of facts/astronaut.png; "
    "sha256 of the picture's bytes (rows of RGB)"
)
Case = dict[str, Any]
Drawn = list[tuple[Case, Pixels]]


@dataclass(frozen=True)
class Golden:
    """One file: the models, what the file says of itself, and its cases, which are computed as they are asked for."""

    models: tuple[Model, ...]
    what: str
    tolerance: Case
    cases: Iterator[Case]


def detector(name: str, recipe: AnchorRecipe, thresholds: Thresholds) -> Golden:
    """What MediaPipe's face detection finds with the detector `name`."""
    model, side = load_catalog().model(name), recipe.input_side
    what = (
        f"MediaPipe's face detection graph ({model.file}, minimum score {thresholds.score}, IoU {thresholds.iou}) on "
        f"frames of {side} x {side} pixels, its own input's size, so that nothing is resampled. {FRAME}; margin, the "
        "smallest distance of any anchor's logit from the threshold's (where it is small, rounding adds or drops a "
        "candidate); detections in the graph's order, each a score (0-1), box [x min, y min, x max, y max] and six "
        "keypoints [x, y] in the order of facts/detector_keypoints.json, normalised to the frame"
    )
    drawn = _draw(crowds(side, astronaut().spots[0], model.file))
    return Golden((model,), what, DETECTOR_TOLERANCE, _detector_cases(model, recipe, thresholds, drawn))


def mesh(name: str) -> Golden:
    """What MediaPipe's inference makes of the mesh model `name`; all meshes are shown the same crops."""
    model, drawn = load_catalog().model(name), _draw(faces(MESH_SIDE, astronaut().spots[0], "faces"))
    return Golden((model,), _about_tensors(model, MESH_SIDE), MESH_TOLERANCE, _tensor_cases(model, MESH_SIDE, drawn))


def refined_mesh(name: str) -> Golden:
    """The same of the attention model `name`, and what MediaPipe's graph around it makes of the tensors."""
    model, drawn = load_catalog().model(name), _draw(faces(MESH_SIDE, astronaut().spots[0], "faces"))
    what = _about_tensors(model, MESH_SIDE) + (
        "; points [478, 3], what MediaPipe's landmark graph makes of them with the whole picture as its region, "
        "normalised to it (null where the graph sees no face, presence below 0.5)"
    )
    return Golden((model,), what, MESH_TOLERANCE, _refined_cases(model, drawn))


def iris(name: str) -> Golden:
    """What MediaPipe's inference makes of the iris model `name`; its Python package has no graph around it."""
    model = load_catalog().model(name)
    drawn = _draw(eyes(EYE_SIDE, astronaut().spots[0], model.file))
    return Golden((model,), _about_tensors(model, EYE_SIDE), IRIS_TOLERANCE, _tensor_cases(model, EYE_SIDE, drawn))


def _about_tensors(model: Model, side: int) -> str:
    return (
        f"{model.file} in MediaPipe's own inference, on pictures of {side} x {side} pixels. {FRAME}; tensors, the raw "
        "outputs by their names in models.toml (pixels of the picture; presence a logit)"
    )


def _draw(recipes: Iterator[Named]) -> Drawn:
    """The beginnings of cases, and their pictures."""
    photograph = astronaut().pixels
    drawn = [(name, composition, compose(composition, photograph)) for name, composition in recipes]
    return [({"name": n, "frame": c.to_json(), "sha256": digest(pixels)}, pixels) for n, c, pixels in drawn]


def _detector_cases(model: Model, recipe: AnchorRecipe, thresholds: Thresholds, drawn: Drawn) -> Iterator[Case]:
    found = detect([pixels for _, pixels in drawn], recipe == FULL_RANGE, thresholds.score)
    limit = np.log(thresholds.score / (1 - thresholds.score))
    for case, detections in zip(_tensor_cases(model, recipe.input_side, drawn), found, strict=True):
        margin = float(abs(np.array(case.pop("tensors")["logits"]) - limit).min())
        yield {**case, "margin": round(margin, 4), "detections": listed(detections)}


def listed(found: Detections) -> list[Case]:
    """Detections as the files have them."""
    return [
        {
            "score": rounded(score, NORMALISED_DIGITS),
            "box": rounded(rows[:2].ravel(), NORMALISED_DIGITS),
            "keypoints": rounded(rows[2:], NORMALISED_DIGITS),
        }
        for score, rows in zip(found.scores, found.landmarks, strict=True)
    ]


def _refined_cases(model: Model, drawn: Drawn) -> Iterator[Case]:
    with LandmarkGraph() as graph:
        for case, (_, pixels) in zip(_tensor_cases(model, MESH_SIDE, drawn), drawn, strict=True):
            points = graph.points(pixels)
            yield {**case, "points": None if points is None else rounded(points, NORMALISED_DIGITS)}


def _tensor_cases(model: Model, side: int, drawn: Drawn) -> Iterator[Case]:
    path = model.path.removeprefix("mediapipe/modules/")
    with TensorGraph(path, side, model.input.range, len(model.outputs)) as graph:
        for case, pixels in drawn:
            # models.toml names the outputs in the file's order; tests/blazemesh/test_golden.py holds it to that.
            named = zip(model.outputs, graph.tensors(pixels), strict=True)
            yield {**case, "tensors": {o.name: rounded(value.reshape(o.shape), PIXEL_DIGITS) for o, value in named}}


def rounded(values: NDArray[np.float32] | np.float32, digits: int) -> Any:
    """Nested lists of decimals; ValueError for a number that is not finite, which JSON can't hold."""
    if not np.isfinite(values).all():
        raise ValueError("MediaPipe gave a number that is not finite; expected frames on which it doesn't")
    return np.round(np.asarray(values, np.float64), digits).tolist()


def document(golden: Golden) -> bytes:
    """The file's bytes: a key a line, then a case a line; nothing in it depends on when it is made."""
    head = {"what": golden.what, "made_by": made_by(*golden.models), "tolerance": golden.tolerance}
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in golden.cases)
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    return f'{{\n{body},\n"cases": [\n{lines}\n]\n}}\n'.encode()


def made_by(*models: Model) -> Case:
    """The command, and what the numbers depend on."""
    files = [{"file": model.file, "sha256": sha256_file(root() / model.path)} for model in models]
    return {
        "command": "make golden",
        "mediapipe": version("mediapipe"),
        "numpy": version("numpy"),
        "platform": f"{platform.system()} {platform.machine()}",
        **({"model": files[0]} if len(files) == 1 else {"models": files}),
    }


def main() -> None:
    """Write every file."""
    from blazemesh.golden_pipeline import stills, videos

    OUT.mkdir(parents=True, exist_ok=True)
    files = {
        "detector_short": detector("BlazeFaceShortRange", SHORT_RANGE, SHORT_RANGE_THRESHOLDS),
        "detector_full": detector("BlazeFaceFullRange", FULL_RANGE, FULL_RANGE_THRESHOLDS),
        "mesh": mesh("FaceMesh"),
        "attention": refined_mesh("FaceMeshAttention"),
        "iris": iris("IrisLandmarks"),
        "pipeline_stills": stills(),
        "pipeline_videos": videos(),
    }
    for name, golden in files.items():
        write_atomically(OUT / f"{name}.json", document(golden))
        print(OUT / f"{name}.json")


if __name__ == "__main__":
    main()
