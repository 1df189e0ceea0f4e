"""The manifest's models as the templates see them: what is missing or broken is found here, before any rendering."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from swift_templates.errors import RenderError
from swift_templates.identifiers import distinct, member

Entry = Mapping[str, Any]

DETECTOR_FORMS = ("faces", "vision", "proposals")
KEYPOINTS = 6
"""A detection's points, box and keypoints, are one SIMD16 in Swift."""
LEVEL_KEYPOINTS = {"rightEye", "leftEye"}
"""A face's region is turned by them."""
RESERVED = ("all", "allCases", "rawValue", "hashValue", "description", "Type", "self")
"""Members that the generated types have of themselves."""


@dataclass(frozen=True)
class Image:
    """A package's picture: its feature's name, its size in pixels, what a channel's value is scaled and moved by."""

    name: str
    width: int
    height: int
    scale: float
    bias: float


@dataclass(frozen=True)
class Package:
    """A package: the constant that it becomes, its name, hash, picture, optional numbers and outputs' shapes."""

    constant: str
    name: str
    sha256: str
    image: Image
    scalars: tuple[tuple[str, float], ...]
    outputs: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def module(self) -> str:
        """The name of the module that carries it."""
        return f"{self.name}Package"


@dataclass(frozen=True)
class Detector:
    """A detector's package and how its outputs are read; `slots` is None for proposals."""

    package: Package
    form: str
    input_side: int
    strides: tuple[int, ...]
    anchors_per_layer: int
    score: float
    iou: float
    slots: int | None
    keypoints: tuple[str, ...]


@dataclass(frozen=True)
class Landmarks:
    """A package that places `landmarks` points on a crop; `refined` ones hold the irises."""

    package: Package
    landmarks: int
    refined: bool


@dataclass(frozen=True)
class Contents:
    """All packages by kind, in the manifest's order, and the keypoints that the detectors share."""

    detectors: tuple[Detector, ...]
    meshes: tuple[Landmarks, ...]
    eyes: tuple[Landmarks, ...]
    keypoints: tuple[str, ...]

    @property
    def kinds(self) -> dict[str, tuple[Package, ...]]:
        """The packages by the Swift type that describes them."""
        return {
            "DetectorModel": tuple(detector.package for detector in self.detectors),
            "MeshModel": tuple(mesh.package for mesh in self.meshes),
            "EyeModel": tuple(eye.package for eye in self.eyes),
        }

    @property
    def packages(self) -> tuple[Package, ...]:
        """All of them."""
        return tuple(package for packages in self.kinds.values() for package in packages)


def read_contents(models: Sequence[Entry], taken_types: Sequence[str]) -> Contents:
    """The manifest's `models`; RenderError, one line, where one can't be rendered.

    `taken_types` are the names of the package's own types: Xcode makes a class of each model's name.
    """
    distinct([_Fields(model).text("name") for model in models], taken_types, "the model")
    by_form: dict[str, list[_Fields]] = {}
    for model in map(_Fields, models):
        by_form.setdefault(model.text("form"), []).append(model)
    if unknown := by_form.keys() - {*DETECTOR_FORMS, "mesh", "eye"}:
        raise RenderError(f"manifest.json: the form {min(unknown)!r} is not known; expected faces, mesh and the like")
    detectors = tuple(_detector(m) for m in map(_Fields, models) if m.text("form") in DETECTOR_FORMS)
    meshes = tuple(map(_landmarks, by_form.get("mesh", ())))
    if not detectors or not meshes:
        raise RenderError("manifest.json has no detector or no mesh; expected both: run `make coreml`")
    eyes = tuple(map(_landmarks, by_form.get("eye", ())))
    for kind in (detectors, meshes, eyes):
        distinct([each.package.constant for each in kind], RESERVED, "the constant")
    return Contents(detectors, meshes, eyes, _keypoints(detectors))


def _keypoints(detectors: Sequence[Detector]) -> tuple[str, ...]:
    """The keypoints' names as constants."""
    lists = {detector.keypoints for detector in detectors}
    if len(lists) != 1:
        raise RenderError("manifest.json: the detectors' keypoints differ; expected the same of all")
    names = tuple(member(name, "a keypoint") for name in lists.pop())
    distinct(names, RESERVED, "the keypoint")
    if len(names) != KEYPOINTS or not set(names) >= LEVEL_KEYPOINTS:
        raise RenderError(f"manifest.json: keypoints {', '.join(names)}; expected {KEYPOINTS}, both eyes among them")
    return names


def _detector(model: "_Fields") -> Detector:
    anchors, thresholds = model.inside("anchors"), model.inside("thresholds")
    form = model.text("form")
    return Detector(
        _package(model),
        form,
        anchors.count("inputSide"),
        tuple(anchors.counts("strides")),
        anchors.count("anchorsPerLayer"),
        thresholds.share("score"),
        thresholds.share("iou"),
        None if form == "proposals" else model.count("slots"),
        tuple(model.texts("keypoints")),
    )


def _landmarks(model: "_Fields") -> Landmarks:
    return Landmarks(_package(model), model.count("landmarks"), model.value("refinement") is not None)


def _package(model: "_Fields") -> Package:
    name = model.text("name")
    inputs = model.objects("inputs")
    pictures = [each for each in inputs if each.text("kind") == "image"]
    if len(pictures) != 1:
        raise RenderError(f"manifest.json: {name} takes {len(pictures)} pictures; expected one")
    scalars = [(each.text("name"), each.number("default")) for each in inputs if each.text("kind") == "scalar"]
    outputs = [(each.text("name"), tuple(each.sizes("shape"))) for each in model.objects("outputs")]
    constant = member(name, "a model")
    return Package(constant, name, model.text("sha256"), _image(pictures[0]), tuple(scalars), tuple(outputs))


def _image(picture: "_Fields") -> Image:
    shape = picture.counts("shape")
    if len(shape) != 4:
        raise RenderError(f"manifest.json: {picture.name} has shape {shape}; expected [1, 3, height, width]")
    return Image(picture.text("name"), shape[3], shape[2], picture.number("scale"), picture.number("bias"))


class _Fields:
    """An object of the manifest whose fields are asked for by name and kind."""

    def __init__(self, fields: Any, name: str = "") -> None:
        if not isinstance(fields, Mapping):
            raise RenderError(f"manifest.json: {name or 'a model'} is {fields!r}; expected an object")
        self._fields = fields
        self.name = name or str(fields.get("name", "a model"))

    def value(self, key: str) -> Any:
        """The field, whatever it is; RenderError if there is none, as for all that follow if it is something else."""
        if key not in self._fields:
            raise RenderError(f"manifest.json: {self.name} has no {key!r}; build it again with `make coreml`")
        return self._fields[key]

    def text(self, key: str) -> str:
        return str(self._one(key, str, "a text"))

    def count(self, key: str) -> int:
        """A whole number of 1 or more."""
        found = self._one(key, int, "a whole number")
        if found < 1:
            raise self._other(key, "1 or more")
        return int(found)

    def number(self, key: str) -> float:
        """A finite number."""
        found = float(self._one(key, int | float, "a number"))
        if not isfinite(found):
            raise self._other(key, "a finite number")
        return found

    def share(self, key: str) -> float:
        """A number of 0 to 1."""
        found = self.number(key)
        if not 0 <= found <= 1:
            raise self._other(key, "0 to 1")
        return found

    def inside(self, key: str) -> "_Fields":
        return _Fields(self.value(key), f"{self.name}'s {key}")

    def objects(self, key: str) -> list["_Fields"]:
        return [_Fields(each, f"{self.name}'s {key}[{i}]") for i, each in enumerate(self._one(key, list, "a list"))]

    def texts(self, key: str) -> list[str]:
        return [_Fields({key: each}, self.name).text(key) for each in self._one(key, list, "a list")]

    def counts(self, key: str) -> list[int]:
        return [_Fields({key: each}, self.name).count(key) for each in self._one(key, list, "a list")]

    def sizes(self, key: str) -> list[int]:
        """Counts, of which −1 is one that depends on the picture."""
        return [each if each == -1 else _Fields({key: each}, self.name).count(key) for each in self._one(key, list, "")]

    def _one(self, key: str, kind: Any, what: str) -> Any:
        found = self.value(key)
        if not isinstance(found, kind) or isinstance(found, bool):
            raise self._other(key, what)
        return found

    def _other(self, key: str, what: str) -> RenderError:
        return RenderError(f"manifest.json: {self.name}'s {key} is {self.value(key)!r}; expected {what}")
