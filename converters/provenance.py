"""What a package says of its source, for whoever verifies or uses it: one JSON object in the user-defined metadata."""

import json

from converters.features import Features
from converters.graph import Graph

SOURCE_KEY = "com.blazemesh.source"


def source_metadata(graph: Graph, features: Features, subject: str) -> str:
    """File and SHA-256 of the source, the tensor behind each feature, how its pictures were scaled, and its `subject`.

    `subject` is what the network looks at ("frame", "face", "eye"), or "any" where nobody said.
    """
    record = {
        "version": 1,
        "file": graph.file,
        "sha256": graph.sha256,
        "subject": subject,
        "inputs": [
            {"name": i.name, "tensor": graph.tensors[i.tensor].name, "kind": i.kind, "range": [i.low, i.high]}
            for i in features.inputs
        ],
        "outputs": [
            {"name": o.name, "tensor": graph.tensors[o.tensor].name, "unit": o.unit, "shape": list(o.shape)}
            for o in features.outputs
        ],
    }
    return json.dumps(record, sort_keys=True)
