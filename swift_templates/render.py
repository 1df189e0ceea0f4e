"""The manifest's models → the Swift package's files, as text; nothing is written here."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from swift_templates.contents import read_contents
from swift_templates.tables import canonical_face, topology

ROOT = Path(__file__).resolve().parent
PACKAGES: Mapping[str, str] = {"package": "BlazeMesh", "benchmarks": "Benchmarks", "overlay": "Overlay"}
"""Folders of templates, and the folders that they become."""
DROP_IN = "DropIn"
"""The package's sources as files of an app's own module."""
SHARED = {
    "package/Tests/AllocationProbe": "Benchmarks/Sources/AllocationProbe",
    "package/Tests/BlazeMeshCoreTests/Shared": "BlazeMesh/Tests/BlazeMeshTests/Shared",
}
"""Sources that a second target has too, as no product may hold them."""
STYLE = ".swift-format"
"""The style of all Swift here; the rendered package keeps it."""
SUFFIX = ".jinja"
MODEL = "model.swift.jinja"
"""The source of a module that carries one package."""
TYPE = re.compile(
    r"^(?:public |nonisolated |final )*(?:struct|class|enum|actor|protocol|typealias) (\w+)", re.MULTILINE
)
LINE = 106


def render(models: Sequence[Mapping[str, Any]], generator: str) -> dict[str, str]:
    """Every file's text by its path below the output folder, for the manifest's `models`.

    `generator` names this program and its version. The same models give the same files. RenderError, one line, where
    the models can't become Swift.
    """
    environment = template_environment()
    values: dict[str, Any] = {
        "generator": generator,
        "contents": read_contents(models, _declared_types()),
        "topology": topology(),
        "canonical": canonical_face(),
    }
    files: dict[str, str] = {}
    for source, target in _sources():
        if source.suffix == SUFFIX:
            template = environment.get_template(source.relative_to(ROOT).as_posix())
            files[target.removesuffix(SUFFIX)] = template.render(values)
        else:
            files[target] = source.read_text(encoding="utf-8")
    template = environment.get_template(MODEL)
    for kind, packages in values["contents"].kinds.items():
        for package in packages:
            path = f"{PACKAGES['package']}/Sources/{package.module}/Generated/{package.module}.swift"
            files[path] = template.render(values, kind=kind, package=package)
    return dict(sorted({**files, **_drop_in(files)}.items()))


def _sources() -> Iterator[tuple[Path, str]]:
    """Each file and the path that it is rendered to."""
    yield ROOT / STYLE, f"{PACKAGES['package']}/{STYLE}"
    for folder, target in (*PACKAGES.items(), *SHARED.items()):
        for path in visible_files(ROOT / folder):
            yield path, f"{target}/{path.relative_to(ROOT / folder).as_posix()}"


def visible_files(folder: Path) -> list[Path]:
    """The files below a folder, those left out that editors and systems hide there."""
    below = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in below if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _drop_in(files: Mapping[str, str]) -> dict[str, str]:
    """The Swift sources of the package's targets, without the package."""
    sources = f"{PACKAGES['package']}/Sources/"
    return {
        f"{DROP_IN}/{path.removeprefix(sources)}": text
        for path, text in files.items()
        if path.startswith(sources) and path.endswith(".swift")
    }


def _declared_types() -> list[str]:
    """The names of the package's own types."""
    sources = visible_files(ROOT / "package" / "Sources")
    texts = (path.read_text(encoding="utf-8") for path in sources if ".swift" in path.suffixes)
    return sorted({name for text in texts for name in TYPE.findall(text)})


def template_environment() -> Environment:
    """Templates by their paths below this folder, in which an undefined name is an error."""
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(swift=_literal, rows=_rows)
    return environment


def _literal(value: Any) -> str:
    """A text, number or list of them as a literal of Swift's; characters beyond plain ASCII are escaped."""
    match value:
        case str():
            shown = json.dumps(value)
            return re.sub(r"\\u([0-9a-f]{4})", r"\\u{\1}", shown).replace("\\b", "\\u{8}").replace("\\f", "\\u{c}")
        case list() | tuple():
            return f"[{', '.join(map(_literal, value))}]"
        case None:
            return "nil"
        case int() | float():
            return repr(int(value) if float(value).is_integer() else value)
    raise TypeError(f"{value!r} is no literal")


def _rows(numbers: Sequence[int | float], indent: int) -> str:
    """Numbers in lines of a bearable length, a comma behind each."""
    text = " ".join(f"{_literal(number)}," for number in numbers)
    margin = " " * indent
    return fill(text, LINE, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
