"""The rendered project, and copies of it to break."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from blazemesh.catalog import load_catalog
from blazemesh.rendered import write_rendered
from swift_templates.app import NAME, render_app
from swift_templates.render import render
from tests.ios_app.project_file import ProjectFile, read_project
from tests.ios_app.swift_sources import code, sources
from tests.swift_templates.manifests import Entry, detector, eye, mesh


@dataclass(frozen=True)
class Sample:
    """The project's folder, below one in which the Swift package is at its place."""

    home: Path

    @property
    def bundle(self) -> Path:
        return self.home / f"{NAME}.xcodeproj"

    @property
    def file(self) -> Path:
        return self.bundle / "project.pbxproj"

    @property
    def package(self) -> Path:
        return self.home.parent / "build" / "swift" / "BlazeMesh"

    @property
    def catalogue(self) -> Path:
        return self.home / NAME / "Assets.xcassets"

    @property
    def privacy(self) -> Path:
        return self.home / NAME / "PrivacyInfo.xcprivacy"

    def project(self) -> ProjectFile:
        return read_project(self.file)

    def sources(self) -> Mapping[str, str]:
        """The app's own code."""
        return sources(self.home / NAME)

    def replace(self, old: str, new: str, path: Path | None = None) -> None:
        """Change the project file, or another, in the one place where `old` stands first."""
        changed = path or self.file
        text = changed.read_text()
        assert old in text
        changed.write_text(text.replace(old, new, 1))


def entries() -> list[Entry]:
    """A manifest of every package that `make coreml` builds; of each, its name alone is right."""
    others = {"mesh": mesh, "eye": eye}
    found = [(product.name, product.package.form) for product in load_catalog().products]
    return [others[form](name) if form in others else detector(name, form) for name, form in found]


@pytest.fixture(scope="session")
def package_files() -> Mapping[str, str]:
    """The rendered Swift package's files; its products and APIs depend on the models' names alone."""
    return render(entries(), "blazemesh")


@pytest.fixture(scope="session")
def package_sources(package_files: Mapping[str, str]) -> Mapping[str, str]:
    """The code of all that an app may link."""
    return {
        path: code(text)
        for path, text in package_files.items()
        if path.startswith("BlazeMesh/Sources/") and path.endswith(".swift")
    }


@pytest.fixture(scope="session")
def whole(package_files: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """As `make app` leaves it, to read only."""
    root = tmp_path_factory.mktemp("sample")
    write_rendered(render_app(entries()), root / "ios_app")
    manifest = package_files["BlazeMesh/Package.swift"].encode()
    write_rendered({"BlazeMesh/Package.swift": manifest}, root / "build" / "swift")
    return Sample(root / "ios_app")


@pytest.fixture
def broken(whole: Sample, tmp_path: Path) -> Sample:
    """A copy to break."""
    shutil.copytree(whole.home.parent, tmp_path / "sample")
    return Sample(tmp_path / "sample" / "ios_app")
