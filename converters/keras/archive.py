"""A Keras model → the bytes of a `.keras` file, which depend on nothing but the model."""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

METADATA, CONFIG = "metadata.json", "config.json"
SHARED = "shared_object_id"
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
    members[CONFIG] = json.dumps(_renumbered(json.loads(members[CONFIG]), {})).encode()
    members[METADATA] = json.dumps({**about, **metadata}, sort_keys=True).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), members[name])
    return written.getvalue()


def _renumbered(config: Any, numbers: dict[int, int]) -> Any:
    """The configuration with Keras' addresses in memory, which only say what is one object, as 1, 2, 3, …"""
    if isinstance(config, list):
        return [_renumbered(item, numbers) for item in config]
    if not isinstance(config, dict):
        return config
    return {
        key: numbers.setdefault(value, len(numbers) + 1) if key == SHARED else _renumbered(value, numbers)
        for key, value in config.items()
    }
