"""What the manifest says of a face package beyond its inputs and outputs: anchors, thresholds, keypoints, topology."""

from typing import TYPE_CHECKING, Any

from pipelines.detector import landmarks_record

if TYPE_CHECKING:
    from pipelines.forms.form import Form

BOX_ROWS = 2
"""The first rows of a detection: its box's corners."""


def face_details(form: "Form") -> dict[str, Any]:
    """The manifest's fields for a detector or a mesh, as the package's own metadata state them."""
    from pipelines.forms.detections import Faces, Proposals, Vision
    from pipelines.forms.landmarks import Eye, FaceMesh

    if isinstance(form, Faces | Vision | Proposals):
        record, layout = form.detector.record(), landmarks_record()
        return {
            "anchors": record["anchors"],
            "thresholds": record["thresholds"],
            "slots": None if isinstance(form, Proposals) else record["slots"],
            "keypoints": layout["rows"][BOX_ROWS:],
            "layout": layout,
        }
    if isinstance(form, FaceMesh | Eye):
        mesh = form.mesh.record()
        return {
            "landmarks": sum(mesh["landmarks"].values()),
            "topology": mesh["topology"],
            "refinement": mesh["refinement"],
            "normalisation": mesh["normalisation"],
        }
    return {}
