"""What a package depends on, as one hash: while it stays the same, nothing is converted again."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from blazemesh.catalog import Product

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("blazemesh", "converters", "facts", "pipelines", "verification")
"""The packages whose code or tables can change a package or its verdict."""
DEPENDENCIES = ("ai-edge-litert", "coremltools", "numpy", "onnx", "onnxruntime", "pillow", "protobuf")


def project_digest() -> str:
    """SHA-256 over this project's own code and tables and the versions of what it computes with."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".json", ".png"} and path.is_file():  # editors leave links to nothing
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(ROOT).as_posix()}\0{content}\n".encode())
    for name in DEPENDENCIES:
        digest.update(f"{name}=={_version(name)}\n".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def build_key(product: Product, options: Mapping[str, Any], project: str) -> str:
    """The key of one package: source, meaning, options, the project, and the system whose engines judge it."""
    record = {"product": asdict(product), "options": dict(options), "project": project, "system": sys.platform}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
