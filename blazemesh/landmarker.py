"""`FaceLandmarker`: the face pipeline with the networks that are at hand."""

import sys
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from blazemesh.errors import InputError
from blazemesh.options import PACKAGES
from pipelines.anchors import AnchorRecipe
from pipelines.detector import DETECTORS as FACE_DETECTORS
from pipelines.mesh import MESHES
from pipelines.suppression import Thresholds
from runtime.landmarker import Landmarker, Settings

if TYPE_CHECKING:
    from runtime.backends import DetectorBackend, MeshBackend, Predictor
    from runtime.litert import Source

Backend = Literal["auto", "coreml", "litert", "reference"]

DETECTORS: dict[str, str] = {"short": "BlazeFaceShortRange", "full": "BlazeFaceFullRange"}
NETS: dict[str, str] = {"mesh": "FaceMesh", "attention": "FaceMeshAttention"}


class FaceLandmarker(Landmarker):
    """Finds faces in pictures (`detect`) and tracks them through videos (`track`), each with 468 or 478 landmarks.

    `detector` "short" sees faces within about two metres, "full" within five; `mesh` "attention" refines lips, eyes
    and irises (478 landmarks), None leaves landmarks out. `smoothing` filters tracked landmarks (runtime.smoothing),
    `geometry` adds each face's pose and its vertices in centimetres (runtime.geometry).

    `backend` "litert" runs the source models (downloaded once into the cache) anywhere, "reference" and "coreml"
    (macOS) the packages in the folder `packages`; "auto" is Core ML on a Mac that has these packages, else LiteRT.
    Results are the same but for float16's rounding in the packages.

    MediaPipe's names: max_num_faces, model_selection (0 short, 1 full), refine_landmarks (attention),
    static_image_mode (`detect`), min_detection_confidence, min_tracking_confidence (`min_presence`). Without
    `min_detection_confidence` it is what MediaPipe's solutions find faces with: 0.5 (short), 0.6 (full; there, 0.10.21
    takes no notice of the argument). They don't smooth.

    InputError for other values, or where the networks can't be had.
    """

    def __init__(
        self,
        max_faces: int = 1,
        detector: Literal["short", "full"] = "short",
        mesh: Literal["mesh", "attention"] | None = "mesh",
        smoothing: bool = True,
        geometry: bool = False,
        backend: Backend = "auto",
        min_detection_confidence: float | None = None,
        min_presence: float = 0.5,
        packages: str | Path = PACKAGES,
    ) -> None:
        _check("detector", detector, tuple(DETECTORS))
        _check("mesh", mesh, (*NETS, None))
        _check("backend", backend, get_args(Backend))
        name = DETECTORS[detector]
        about = FACE_DETECTORS[name]
        least = about.thresholds.score if min_detection_confidence is None else min_detection_confidence
        score = _share("min_detection_confidence", least)
        settings = Settings(_count("max_faces", max_faces), _share("min_presence", min_presence), smoothing, geometry)
        networks, packages = [name, *([NETS[mesh]] if mesh else [])], Path(packages)
        chosen = _chosen(backend, networks, packages)
        if chosen == "litert":
            opened = _litert(networks, about.anchors, score)
        else:
            opened = _packaged(chosen, networks, about.anchors, score, packages)
        self.backend = chosen
        super().__init__(*opened, settings)


def _check(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise InputError(f"{name} is {value!r}; expected one of {', '.join(map(repr, allowed))}")


def _count(name: str, value: object) -> int:
    """The number as Python's own: numpy's are welcome too, here and below."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InputError(f"{name} is {value!r}; expected a whole number of 1 or more")
    return int(value)


def _share(name: str, value: object) -> float:
    if not (isinstance(value, Real) and 0 <= float(value) <= 1):
        raise InputError(f"{name} is {value!r}; expected a number from 0 to 1")
    return float(value)


def _chosen(backend: Backend, networks: list[str], packages: Path) -> Backend:
    if backend != "auto":
        return backend
    at_hand = all((packages / f"{name}.mlpackage").is_dir() for name in networks)
    return "coreml" if sys.platform == "darwin" and at_hand else "litert"


def _litert(
    networks: list[str], recipe: AnchorRecipe, min_score: float
) -> tuple["DetectorBackend", "MeshBackend | None"]:
    """The source models, out of the cache or the published wheel."""
    from pipelines.forms.landmarks import FaceMesh
    from runtime.litert import LiteRTDetector, LiteRTMesh

    sources = _sources(networks)
    detector = LiteRTDetector(sources[0], recipe, Thresholds(min_score))
    if len(networks) == 1:
        return detector, None
    return detector, LiteRTMesh(sources[1], FaceMesh(MESHES[networks[1]]))


def _sources(networks: list[str]) -> list["Source"]:
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from runtime.litert import Output, Source

    catalog = load_catalog()
    models = [catalog.model(name) for name in networks]
    files = fetch(models, catalog)
    return [
        Source(
            files[model.name].read_bytes(),
            model.file,
            model.input.range,
            tuple(Output(output.tensor, output.name, output.shape) for output in model.outputs),
        )
        for model in models
    ]


def _packaged(
    backend: Backend, networks: list[str], recipe: AnchorRecipe, min_score: float, packages: Path
) -> tuple["DetectorBackend", "MeshBackend | None"]:
    """The saved packages."""
    from runtime.backends import PackagedDetector, PackagedMesh

    opened = [open_package(packages / f"{name}.mlpackage", backend) for name in networks]
    detector = PackagedDetector(networks[0], opened[0], recipe.input_side, min_score)
    if len(networks) == 1:
        return detector, None
    return detector, PackagedMesh(networks[1], opened[1], MESHES[networks[1]].side)


def open_package(package: Path, backend: Backend) -> "Predictor":
    """A saved package, ready to predict in Core ML or the reference; InputError where it is missing, or Core ML is."""
    if not package.is_dir():
        raise InputError(f"no package at {package}; build the packages first (`make coreml`)")
    if backend == "coreml" and sys.platform != "darwin":
        raise InputError(f"Core ML runs on macOS, not on {sys.platform}; use the backend litert or reference")
    from verification.engines import core_ml
    from verification.executor.reference import ReferenceModel

    return core_ml(package) if backend == "coreml" else ReferenceModel(package)
