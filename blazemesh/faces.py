"""What the manifest says of a face network beyond its inputs and outputs: anchors, thresholds, keypoints, topology."""

from typing import Any

import facts
from blazemesh.catalog import Model
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds

DETECTORS: dict[str, tuple[AnchorRecipe, Thresholds]] = {
    "BlazeFaceShortRange": (SHORT_RANGE, SHORT_RANGE_THRESHOLDS),
    "BlazeFaceFullRange": (FULL_RANGE, FULL_RANGE_THRESHOLDS),
}
MESHES = {"FaceMesh": 468}


def face_details(model: Model) -> dict[str, Any]:
    """The manifest's fields for a detector or a mesh; none for other networks.

    `slots` is null: suppression is not inside these packages, so that there is no number of faces they hold.
    """
    if model.name in DETECTORS:
        recipe, thresholds = DETECTORS[model.name]
        return {
            "anchors": {
                "inputSide": recipe.input_side,
                "strides": list(recipe.strides),
                "anchorsPerLayer": recipe.anchors_per_layer,
                "count": len(recipe.centers()),
            },
            "thresholds": {"score": thresholds.score, "iou": thresholds.iou},
            "slots": None,
            "keypoints": list(facts.load("detector_keypoints")["names"]),
            "layout": "raw: a row of regressors an anchor, in pixels of the input, offsets from the anchor's centre",
        }
    if model.name in MESHES:
        return {
            "landmarks": MESHES[model.name],
            "topology": "face_mesh_topology",
            "normalisation": "pixels of the input",
        }
    return {}
