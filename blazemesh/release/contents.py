"""What a release holds: the Swift package with the models inside, and the packages alone."""

from dataclasses import dataclass
from pathlib import Path

from blazemesh.catalog import Catalog
from blazemesh.errors import InputError
from blazemesh.manifest import FILE, Manifest, is_there, read_manifest
from blazemesh.release import NAME, Tree
from blazemesh.release.notices import fill, notice, product_rows
from blazemesh.swift_package import swift_files

LICENSE = Path(__file__).parents[2] / "LICENSE"


@dataclass(frozen=True)
class Contents:
    """The trees of the two archives, and the manifest of the packages that both hold."""

    manifest: Manifest
    swift: Tree
    packages: Tree


def read_contents(packages: Path, catalog: Catalog) -> Contents:
    """Render the Swift package for the packages in `packages`, and add texts, licences and the manifest.

    InputError, one line, where the manifest is missing or broken, has not every package of the catalogue, made from its
    models, or states another hash than a package's bytes have; OSError.
    """
    manifest = read_manifest(packages)
    _refuse_incomplete(manifest, catalog, packages)
    rendered = swift_files(packages)
    shared = {
        "LICENSE": LICENSE.read_bytes(),
        "NOTICE": notice(manifest, catalog),
        FILE: (packages / FILE).read_bytes(),
    }
    swift = {path.removeprefix(f"{NAME}/"): data for path, data in rendered.items() if path.startswith(f"{NAME}/")}
    readme = fill("README.md", products=product_rows(manifest, catalog, "Package"))
    alone = fill("packages.md", products=product_rows(manifest, catalog, ""))
    return Contents(
        manifest,
        {path: data for path, data in swift.items() if not _is_hidden(path)} | shared | {"README.md": readme},
        package_files(swift) | shared | {"README.md": alone},
    )


def package_files(swift: Tree) -> dict[str, bytes]:
    """The Core ML packages' files of a Swift package's tree, below nothing but their package's own folder."""
    inside = (path.partition("/Models/")[2] for path in swift)
    return {path: swift[whole] for path, whole in zip(inside, swift, strict=True) if ".mlpackage/" in path}


def _is_hidden(path: str) -> bool:
    """What programs of this repository's developers keep for themselves, such as the formatter's settings."""
    return any(part.startswith(".") for part in path.split("/"))


def _refuse_incomplete(manifest: Manifest, catalog: Catalog, packages: Path) -> None:
    missing = {product.name for product in catalog.products} - {entry["name"] for entry in manifest.models}
    if missing:
        raise InputError(f"{packages / FILE}: found no {', '.join(sorted(missing))}; run `make coreml`")
    for entry in manifest.models:
        model = catalog.product(entry["name"]).model
        if entry["source"] != [{"file": model.file, "sha256": model.sha256}]:
            raise InputError(f"{packages / FILE}: {entry['name']} is not made from {model.file}; run `make coreml`")
        if not is_there(packages, entry):
            where = str(packages / entry["package"])
            raise InputError(f"{where!r}: found other bytes than its SHA-256 in the manifest; run `make coreml`")
