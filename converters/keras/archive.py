"""A Keras model → the bytes of a `.keras` file, which depend on nothing but the model."""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

METADATA = "metadata.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip archive can say."""


def keras_archive(model: Any, metadata: Mapping[str, str]) -> bytes:
    """The model as Keras saves it, without the date, and with `metadata` beside Keras' own. OSError."""
    with tempfile.TemporaryDirectory(prefix="blazemesh-keras-") as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        with zipfile.ZipFile(path) as saved:
            members = {name: saved.read(name) for name in saved.namelist()}
    about = json.loads(members[METADATA])
    about.pop("date_saved", None)
    members[METADATA] = json.dumps({**about, **metadata}, sort_keys=True).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), members[name])
    return written.getvalue()
