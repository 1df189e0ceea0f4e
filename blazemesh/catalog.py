"""The pinned source models, as models.toml states them: where each comes from and what its tensors mean."""

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from blazemesh.errors import InputError
from blazemesh.files import describe_os_error
from converters.identifiers import CORE_ML_WORDS, SWIFT_KEYWORDS

LARGEST_CATALOG = 1 << 20  # bytes; the real file has some ten thousand
LARGEST_MODEL = (1 << 31) - 1  # bytes; a FlatBuffer's offsets are signed 32-bit numbers
LARGEST_SIZE = (1 << 31) - 1  # TFLite's schema holds a shape as int32
LARGEST_RANK = 5  # Core ML's largest tensor rank
LARGEST_PIXEL_VALUE = 65504.0  # the largest float16, in which the packages compute

SUBJECTS = ("frame", "face", "eye")
UNITS = ("px", "logit")
FORMS = ("faces", "vision", "proposals", "mesh", "eye")

# What a feature can't be called: Swift's reserved words, the capitalised ones too, and names that coremltools changes.
_RESERVED = SWIFT_KEYWORDS | CORE_ML_WORDS | {"Any", "Protocol", "Self", "Type"}

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.+!]*")
_TAG = re.compile(r"[A-Za-z0-9_]+")
_PYTHON = re.compile(r"3\.[0-9]{1,2}")
_LOWER_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
_UPPER_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True)
class Wheel:
    """A published wheel that holds models; it is downloaded, never installed."""

    name: str
    requirement: str  # "project==version"
    platform: str  # the wheel's tags, as pip spells them
    python: str
    abi: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ModelInput:
    """The picture that a model takes: a feature's name and the range that pixel values 0 to 255 are mapped onto."""

    name: str
    range: tuple[float, float]
    description: str


@dataclass(frozen=True)
class ModelOutput:
    """One output: the source's tensor, and the name, shape (without a batch axis), unit and meaning given to it."""

    tensor: str
    name: str
    shape: tuple[int, ...]
    unit: str  # "px" (of the model's input) or "logit"
    meaning: str


@dataclass(frozen=True)
class Package:
    """One package made from a model: what comes out of it (`form`, see pipelines/forms) and what it is for."""

    name: str
    form: str
    description: str


@dataclass(frozen=True)
class PinnedFile:
    """One file of a wheel, pinned by its SHA-256."""

    name: str
    file: str
    wheel: str  # a key of models.toml's [wheels]
    path: str  # inside the wheel
    bytes: int
    sha256: str

    @property
    def folder(self) -> str:
        """The name of the folder that holds the file inside the wheel, e.g. "face_landmark"."""
        return PurePosixPath(self.path).parent.name


@dataclass(frozen=True)
class Model(PinnedFile):
    """One source model and what its tensors mean."""

    title: str
    description: str
    licence: str
    author: str
    subject: str  # what verification shows it: "frame", "face" or "eye"
    input: ModelInput
    outputs: tuple[ModelOutput, ...]
    packages: tuple[Package, ...]


@dataclass(frozen=True)
class Product:
    """A package, and the model that it is made from."""

    package: Package
    model: Model

    @property
    def name(self) -> str:
        """The package's."""
        return self.package.name


@dataclass(frozen=True)
class Catalog:
    """Everything that models.toml states, in its order."""

    wheels: tuple[Wheel, ...]
    models: tuple[Model, ...]
    samples: tuple[PinnedFile, ...] = ()
    """Models that no package is built from: the tests convert them as any other `.tflite`."""

    @property
    def products(self) -> tuple[Product, ...]:
        """Every package that is built."""
        return tuple(Product(package, model) for model in self.models for package in model.packages)

    def product(self, name: str) -> Product:
        """Return the product of that name; InputError, with the names there are, if there is none."""
        for product in self.products:
            if product.name == name:
                return product
        known = ", ".join(product.name for product in self.products)
        raise InputError(f"no package is named {_shown(name)}; expected one of {known}")

    def model(self, name: str) -> Model:
        """Return the model of that name; InputError, with the names there are, if there is none."""
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise InputError(f"no model is named {_shown(name)}; expected one of {known}")

    def by_sha256(self, sha256: str) -> Model | None:
        """Return the model whose file has this SHA-256 (lower-case hexadecimal digits), or None."""
        return next((model for model in self.models if model.sha256 == sha256), None)

    def wheel_of(self, model: PinnedFile) -> Wheel:
        """Return the wheel that holds a model of this catalog."""
        return next(wheel for wheel in self.wheels if wheel.name == model.wheel)


def load_catalog(path: Path | None = None) -> Catalog:
    """Read models.toml, by default the project's own; InputError, one line, if anything in it is not as expected."""
    if path is None:
        package = Path(__file__).parent
        in_clone = package.parent / "models.toml"
        path = in_clone if in_clone.is_file() else package / "models.toml"
    return _catalog(_Table(str(path), _document(path)))


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_CATALOG + 1)
    except OSError as error:
        raise InputError(describe_os_error(error)) from None
    if len(data) > LARGEST_CATALOG:
        raise InputError(f"{path}: found more than {LARGEST_CATALOG} bytes; expected a list of models in TOML")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: found bytes that are not UTF-8 at offset {error.start}; expected TOML") from None
    except RecursionError:
        raise InputError(f"{path}: found arrays nested too deeply; expected a list of models in TOML") from None
    except ValueError as error:  # TOMLDecodeError, or an integer of too many digits
        raise InputError(f"{path}: broken TOML: {error}") from None


class _Table:
    """One table of the document, read key by key; `close` refuses the keys that nobody read."""

    def __init__(self, where: str, value: object) -> None:
        if not isinstance(value, dict):
            raise InputError(f"{where}: found {_shown(value)}, expected a table")
        self.where = where
        self.values: dict[str, Any] = value
        self.read: set[str] = set()

    def refuse(self, key: str, expected: str) -> InputError:
        """Make the error that says where a value stands, what was found and what was expected."""
        found = _shown(self.values[key]) if key in self.values else "nothing"
        return InputError(f"{self.where}: {key}: found {found}, expected {expected}")

    def value(self, key: str, kind: type, expected: str) -> Any:
        """Return the value of a key that must be there; `kind` is exact, so a boolean is no integer."""
        self.read.add(key)
        if type(self.values.get(key)) is not kind:
            raise self.refuse(key, expected)
        return self.values[key]

    def text(self, key: str) -> str:
        """Return one line of printable text."""
        expected = "one line of text"
        text: str = self.value(key, str, expected)
        if not text.strip() or not text.isprintable():
            raise self.refuse(key, expected)
        return text

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        """Return a text that the whole pattern matches."""
        text: str = self.value(key, str, expected)
        if not pattern.fullmatch(text):
            raise self.refuse(key, expected)
        return text

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """Return one of the given texts."""
        expected = "one of " + ", ".join(f'"{choice}"' for choice in choices)
        text: str = self.value(key, str, expected)
        if text not in choices:
            raise self.refuse(key, expected)
        return text

    def identifier(self, key: str, pattern: re.Pattern[str], case: str) -> str:
        """Return a name that Swift takes as an identifier and Core ML leaves as it is."""
        name = self.matching(key, pattern, f"a {case} identifier")
        if name in _RESERVED:
            raise self.refuse(key, f"a {case} identifier that is no reserved word of Swift or Core ML")
        return name

    def count(self, key: str, largest: int) -> int:
        """Return an integer from 1 to `largest`."""
        expected = f"an integer from 1 to {largest}"
        number: int = self.value(key, int, expected)
        if not 1 <= number <= largest:
            raise self.refuse(key, expected)
        return number

    def tables(self, key: str) -> list["_Table"]:
        """Return a list of at least one table."""
        expected = "a list of at least one table"
        items: list[object] = self.value(key, list, expected)
        if not items:
            raise self.refuse(key, expected)
        return [_Table(f"{self.where}: {key}[{index}]", item) for index, item in enumerate(items)]

    def close(self) -> None:
        """Refuse the keys that were not read: a misspelt key must not be ignored."""
        unknown = sorted(self.values.keys() - self.read)
        if unknown:
            known = ", ".join(sorted(self.read))
            raise InputError(f"{self.where}: found the unknown key {_shown(unknown[0])}, expected only {known}")


def _shown(value: object) -> str:
    """A value as it is shown in an error: on one line, and not too long."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write out an integer of thousands of digits
        return f"a value of type {type(value).__name__} too long to show"
    return text if len(text) <= 80 else text[:77] + "..."


def _catalog(root: _Table) -> Catalog:
    wheels = _wheels(root)
    wheel_names = tuple(wheel.name for wheel in wheels)
    models: list[Model] = []
    for table in root.tables("models"):
        name = table.identifier("name", _UPPER_CAMEL, "UpperCamelCase")
        table.where = f"{root.where}: {name}"
        models.append(_model(name, table, wheel_names))
    samples = _samples(root, wheel_names) if "samples" in root.values else ()
    _refuse_duplicates(root.where, "models named", [pinned.name for pinned in (*models, *samples)])
    _refuse_duplicates(root.where, "packages named", [package.name for model in models for package in model.packages])
    root.close()
    return Catalog(wheels, tuple(models), samples)


def _samples(root: _Table, wheels: tuple[str, ...]) -> tuple[PinnedFile, ...]:
    samples = []
    for table in root.tables("samples"):
        pinned = _pinned(table.identifier("name", _UPPER_CAMEL, "UpperCamelCase"), table, wheels)
        samples.append(PinnedFile(**pinned))
        table.close()
    return tuple(samples)


def _pinned(name: str, table: _Table, wheels: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a PinnedFile."""
    file = table.matching("file", _FILE, "a file's name, without a folder")
    return {
        "name": name,
        "file": file,
        "wheel": table.one_of("wheel", wheels),
        "path": _path(table, file),
        "bytes": table.count("bytes", LARGEST_MODEL),
        "sha256": table.matching("sha256", _DIGEST, "64 lower-case hexadecimal digits"),
    }


def _wheels(root: _Table) -> tuple[Wheel, ...]:
    expected = "a table of at least one wheel"
    tables: dict[str, object] = root.value("wheels", dict, expected)
    if not tables:
        raise root.refuse("wheels", expected)
    return tuple(_wheel(name, _Table(f"{root.where}: wheels.{name!r}", value)) for name, value in tables.items())


def _wheel(name: str, table: _Table) -> Wheel:
    wheel = Wheel(
        name=name,
        requirement=table.matching("requirement", _REQUIREMENT, 'a requirement like "project==1.2.3"'),
        platform=table.matching("platform", _TAG, "a wheel's platform tag"),
        python=table.matching("python", _PYTHON, 'a Python version like "3.11"'),
        abi=table.matching("abi", _TAG, "a wheel's ABI tag"),
        bytes=table.count("bytes", LARGEST_MODEL),
        sha256=table.matching("sha256", _DIGEST, "64 lower-case hexadecimal digits"),
    )
    table.close()
    return wheel


def _model(name: str, table: _Table, wheels: tuple[str, ...]) -> Model:
    model = Model(
        **_pinned(name, table, wheels),
        title=table.text("title"),
        description=table.text("description"),
        licence=table.text("licence"),
        author=table.text("author"),
        subject=table.one_of("subject", SUBJECTS),
        input=_input(_Table(f"{table.where}: input", table.value("input", dict, "a table"))),
        outputs=_outputs(table),
        packages=_packages(table),
    )
    if model.input.name in (output.name for output in model.outputs):
        raise InputError(f"{table.where}: found {_shown(model.input.name)} as input and output, expected two names")
    table.close()
    return model


def _path(table: _Table, file: str) -> str:
    expected = f'a relative path inside the wheel that ends in a folder and "{file}"'
    path: str = table.value("path", str, expected)
    parts = path.split("/")
    if len(parts) < 2 or parts[-1] != file or not all(_FILE.fullmatch(part) for part in parts):
        raise table.refuse("path", expected)
    return path


def _input(table: _Table) -> ModelInput:
    model_input = ModelInput(
        name=table.identifier("name", _LOWER_CAMEL, "lowerCamelCase"),
        range=_range(table),
        description=table.text("description"),
    )
    table.close()
    return model_input


def _range(table: _Table) -> tuple[float, float]:
    expected = "two numbers, the lower one first, like [-1, 1]"
    bounds: list[object] = table.value("range", list, expected)
    numbers = [bound for bound in bounds if isinstance(bound, int | float) and not isinstance(bound, bool)]
    if len(bounds) != 2 or len(numbers) != 2 or not all(abs(number) <= LARGEST_PIXEL_VALUE for number in numbers):
        raise table.refuse("range", expected)
    low, high = float(numbers[0]), float(numbers[1])
    if not low < high:
        raise table.refuse("range", expected)
    return low, high


def _outputs(model: _Table) -> tuple[ModelOutput, ...]:
    outputs = tuple(_output(table) for table in model.tables("outputs"))
    _refuse_duplicates(model.where, "outputs named", [output.name for output in outputs])
    _refuse_duplicates(model.where, "outputs of tensor", [output.tensor for output in outputs])
    return outputs


def _packages(model: _Table) -> tuple[Package, ...]:
    packages = tuple(_package(table) for table in model.tables("packages"))
    _refuse_duplicates(model.where, "packages with the form", [package.form for package in packages])
    return packages


def _package(table: _Table) -> Package:
    package = Package(
        name=table.identifier("name", _UPPER_CAMEL, "UpperCamelCase"),
        form=table.one_of("form", FORMS),
        description=table.text("description"),
    )
    table.close()
    return package


def _output(table: _Table) -> ModelOutput:
    output = ModelOutput(
        tensor=table.text("tensor"),
        name=table.identifier("name", _LOWER_CAMEL, "lowerCamelCase"),
        shape=_shape(table),
        unit=table.one_of("unit", UNITS),
        meaning=table.text("meaning"),
    )
    table.close()
    return output


def _shape(table: _Table) -> tuple[int, ...]:
    expected = f"1 to {LARGEST_RANK} positive integers whose product is at most {LARGEST_SIZE}"
    shape: list[object] = table.value("shape", list, expected)
    sizes = tuple(size for size in shape if type(size) is int and 1 <= size <= LARGEST_SIZE)
    if len(sizes) != len(shape) or not 1 <= len(shape) <= LARGEST_RANK or math.prod(sizes) > LARGEST_SIZE:
        raise table.refuse("shape", expected)
    return sizes


def _refuse_duplicates(where: str, what: str, names: list[str]) -> None:
    """Refuse names that are equal, or that differ in case only: a Mac's file names do not tell a from A."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InputError(f"{where}: found two {what} {_shown(name)}, expected names that differ in more than case")
        seen.add(name.lower())
