"""BlazeMesh: MediaPipe's face models as verified Core ML packages for iOS apps.

The public names; each is imported when it is first used, so that `import blazemesh` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blazemesh.conversion import convert, verify
    from blazemesh.errors import GateError, InputError
    from blazemesh.inspection import inspect
    from blazemesh.landmarker import FaceLandmarker
    from blazemesh.manifest import read_manifest
    from blazemesh.options import Request
    from blazemesh.prediction import predict
    from converters.errors import ConversionError
    from runtime.errors import EngineError, FrameError
    from runtime.faces import Detection, Face
    from verification.executor.errors import PackageError
    from verification.executor.reference import ReferenceModel
    from verification.lint.linter import lint

__version__ = "0.1.0"

_HOMES = {
    "ConversionError": "converters.errors",
    "Detection": "runtime.faces",
    "EngineError": "runtime.errors",
    "Face": "runtime.faces",
    "FaceLandmarker": "blazemesh.landmarker",
    "FrameError": "runtime.errors",
    "GateError": "blazemesh.errors",
    "InputError": "blazemesh.errors",
    "PackageError": "verification.executor.errors",
    "ReferenceModel": "verification.executor.reference",
    "Request": "blazemesh.options",
    "convert": "blazemesh.conversion",
    "inspect": "blazemesh.inspection",
    "lint": "verification.lint.linter",
    "predict": "blazemesh.prediction",
    "read_manifest": "blazemesh.manifest",
    "verify": "blazemesh.conversion",
}

__all__ = [
    "ConversionError",
    "Detection",
    "EngineError",
    "Face",
    "FaceLandmarker",
    "FrameError",
    "GateError",
    "InputError",
    "PackageError",
    "ReferenceModel",
    "Request",
    "__version__",
    "convert",
    "inspect",
    "lint",
    "predict",
    "read_manifest",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'blazemesh' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
