"""`make swift`: the Swift package for what the manifest says was built."""

from pathlib import Path

from blazemesh import __version__
from blazemesh.errors import InputError
from blazemesh.manifest import read_manifest
from blazemesh.options import PACKAGES
from blazemesh.rendered import remove_stale, write_rendered
from swift_templates.errors import RenderError
from swift_templates.render import DROP_IN, render

OUT = Path("build/swift")
OWNED = ("Sources", "Tests", "Snippets")
"""Folders of a package in which nothing but rendered files belongs; SwiftPM's own lie beside them."""


def write_swift(packages: Path = PACKAGES, out: Path = OUT) -> tuple[Path, ...]:
    """Render the package for the manifest in `packages` into `out`; the files that changed.

    Everything is rendered before anything is written; files that are the same are left alone, so that SwiftPM builds no
    more than it must, and files of an older rendering are removed. InputError, one line, for a manifest that can't be
    rendered; OSError.
    """
    files = swift_files(packages)
    changed = write_rendered(files, out)
    packages_rendered = {Path(path).parts[0] for path in files}
    remove_stale(files, out, [DROP_IN, *(f"{name}/{folder}" for name in packages_rendered for folder in OWNED)])
    return changed


def swift_files(packages: Path) -> dict[str, bytes]:
    """What is rendered for the manifest in `packages`, by path.

    InputError, one line, for a manifest that can't be rendered; OSError.
    """
    try:
        models = read_manifest(packages).models
        texts = render(models, f"blazemesh {__version__}")
    except RenderError as error:
        raise InputError(str(error)) from error
    files = {path: text.encode() for path, text in texts.items()}
    for model in models:
        module = f"{model['name']}Package"
        for folder in (f"BlazeMesh/Sources/{module}/Models", f"DropIn/{module}"):
            files |= _model_files(packages / model["package"], folder)
    return files


def _model_files(package: Path, folder: str) -> dict[str, bytes]:
    """A package's files by their paths in the folder of a module's resources; InputError where it is gone."""
    found = {
        f"{folder}/{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file()
    }
    if not found:
        raise InputError(f"{str(package)!r} is in the manifest but not there; run `make coreml`")
    return found
