"""Manifests' models, as small as they can be rendered."""

from typing import Any

KEYPOINTS = ["rightEye", "leftEye", "noseTip", "mouthCenter", "rightEarTragion", "leftEarTragion"]
Entry = dict[str, Any]


def _entry(name: str, form: str, side: int, outputs: dict[str, list[int]]) -> Entry:
    picture = {"name": "image", "kind": "image", "shape": [1, 3, side, side], "scale": 0.5, "bias": -1.0}
    shapes = [{"name": output, "shape": shape} for output, shape in outputs.items()]
    return {"name": name, "form": form, "sha256": "ab" * 32, "inputs": [picture], "outputs": shapes}


def detector(name: str = "Detector", form: str = "faces") -> Entry:
    entry = _entry(name, form, 16, {"landmarks": [4, 8, 2], "confidence": [4], "count": [1]})
    entry["inputs"].append({"name": "scoreThreshold", "kind": "scalar", "shape": [1], "default": 0.5})
    return entry | {
        "anchors": {"inputSide": 16, "strides": [8], "anchorsPerLayer": 2, "count": 8},
        "thresholds": {"score": 0.5, "iou": 0.3},
        "slots": None if form == "proposals" else 4,
        "keypoints": list(KEYPOINTS),
    }


def mesh(name: str = "Mesh", refinement: str | None = None) -> Entry:
    return _entry(name, "mesh", 192, {"landmarks": [468, 3]}) | {"landmarks": 468, "refinement": refinement}


def eye(name: str = "EyeNetwork") -> Entry:
    return _entry(name, "eye", 64, {"contour": [71, 3], "iris": [5, 3]}) | {"landmarks": 76, "refinement": None}


def models() -> list[Entry]:
    return [detector(), detector("DetectorProposals", "proposals"), mesh(), mesh("RefinedMesh", "table"), eye()]
