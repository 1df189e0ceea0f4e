"""Whether the parts of a release agree: sums, archives, bill of materials, packages and repository."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blazemesh import __version__
from blazemesh.errors import InputError
from blazemesh.manifest import FILE as MANIFEST
from blazemesh.manifest import listing_digest, parse_manifest
from blazemesh.release import NAME, Tree
from blazemesh.release.archive import read_archive
from blazemesh.release.bill import invalid
from blazemesh.release.contents import package_files
from blazemesh.release.names import BILL, PACKAGES_ZIP, REPOSITORY, SWIFT_ZIP
from blazemesh.release.repository import commit_of, write_repository
from blazemesh.release.sums import FILE, read_sums, sha256

LISTED = (SWIFT_ZIP, PACKAGES_ZIP, BILL)
_SHARED = ("LICENSE", "NOTICE", MANIFEST)


def findings(release: Tree) -> list[str]:
    """What is wrong with a release, a line each; nothing in it is trusted, and nothing is unpacked.

    A release without its repository, as one that was downloaded, is held to the rest.
    """
    told: list[str] = []
    try:
        for line in _findings(release):
            told.append(line)
    except InputError as error:  # the rest can't be read
        told.append(str(error))
    return told


def has_repository(release: Tree) -> bool:
    """Whether the repository is there."""
    return any(path.startswith(f"{REPOSITORY}/") for path in release)


def _findings(release: Tree) -> Iterator[str]:
    missing = [name for name in (*LISTED, FILE) if name not in release]
    if missing:
        yield f"found no {', '.join(missing)}, expected the whole release of BlazeMesh {__version__}"
        return
    strange = [path for path in release if path not in (*LISTED, FILE) and not path.startswith(f"{REPOSITORY}/")]
    yield from (f"{path}: is no part of a release" for path in strange)
    yield from _sums(release)
    swift, time = read_archive(release[SWIFT_ZIP], NAME, SWIFT_ZIP)
    alone, _ = read_archive(release[PACKAGES_ZIP], NAME, PACKAGES_ZIP)
    yield from _archives(swift, alone)
    repository = write_repository(swift, __version__, time)
    yield from _bill(release, package_files(swift), commit_of(repository, __version__))
    if has_repository(release):
        expected = {f"{REPOSITORY}/{path}": data for path, data in repository.items()}
        yield from _repository({path: release[path] for path in release if path.startswith(f"{REPOSITORY}/")}, expected)


def _sums(release: Tree) -> Iterator[str]:
    sums = read_sums(release[FILE])
    if sums.keys() != set(LISTED):
        yield f"{FILE}: found {', '.join(sorted(sums))}, expected {', '.join(LISTED)}"
    for name in sums.keys() & set(LISTED):
        if sha256(release[name]) != sums[name]:
            yield f"{name}: its SHA-256 is {sha256(release[name])}, {FILE} says {sums[name]}"


def _archives(swift: Tree, alone: Tree) -> Iterator[str]:
    """Both hold the manifest's packages, and the second nothing but what the first has."""
    manifest = parse_manifest(swift.get(MANIFEST, b""), Path(SWIFT_ZIP, MANIFEST))
    packages = package_files(swift)
    for entry in manifest.models:
        top = f"{entry['package']}/"
        hashes = {path.removeprefix(top): sha256(data) for path, data in packages.items() if path.startswith(top)}
        if listing_digest(hashes) != entry["sha256"]:
            yield f"{SWIFT_ZIP}: {entry['package']} has other bytes than the manifest says"
    named = {entry["package"] for entry in manifest.models}
    if extra := {path.partition("/")[0] for path in packages} - named:
        yield f"{SWIFT_ZIP}: {', '.join(sorted(extra))} is not in the manifest"
    expected = packages | {name: swift.get(name, b"") for name in _SHARED}
    if {path: data for path, data in alone.items() if path != "README.md"} != expected:
        yield f"{PACKAGES_ZIP}: found other packages, licences or manifest than {SWIFT_ZIP} has"


def _bill(release: Tree, packages: Tree, commit: str) -> Iterator[str]:
    """Its archives, and the packages' files, are those that are here."""
    if (why := invalid(release[BILL])) is not None:
        yield f"{BILL}: is not CycloneDX: {why}"
        return
    bill: dict[str, Any] = json.loads(release[BILL])
    product: dict[str, Any] = bill.get("metadata", {}).get("component", {})
    listed = dict(_files(product))
    for component in bill.get("components", []):
        listed |= _files(component)
    expected = {name: sha256(release[name]) for name in (SWIFT_ZIP, PACKAGES_ZIP)}
    expected |= {path: sha256(data) for path, data in packages.items()}
    for name in sorted(listed.keys() | expected.keys()):
        if listed.get(name) != expected.get(name):
            yield f"{BILL}: {name}: found the SHA-256 {listed.get(name)}, expected {expected.get(name)}"
    stated = [item.get("value") for item in product.get("properties", []) if item.get("name") == "blazemesh:commit"]
    if stated != [commit]:
        yield f"{BILL}: found the commit {stated}, the files of {SWIFT_ZIP} make {commit}"


def _files(component: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The files inside a component, with their SHA-256."""
    for inside in component.get("components", []):
        for found in inside.get("hashes", []):
            yield inside["name"], found["content"]


def _repository(found: Tree, expected: Tree) -> Iterator[str]:
    """It is the one that the archive's files make."""
    for path in sorted(found.keys() | expected.keys()):
        if path not in found:
            yield f"{path}: is missing"
        elif path not in expected:
            yield f"{path}: is not of the commit that {SWIFT_ZIP} makes"
        elif found[path] != expected[path]:
            yield f"{path}: found other bytes than {SWIFT_ZIP} makes"
