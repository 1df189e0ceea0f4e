"""The rendered package, built, tested, formatted and documented by Swift's own tools."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from blazemesh.swift_package import write_swift
from tests.swift_templates.recording import record
from tests.swift_templates.toolchain import ROOT, SCRATCH, host, needs, run, swift_files, swiftpm

pytestmark = needs()

API = Path(__file__).parent / "public_api.txt"
CORE = "Sources/BlazeMeshCore"
OUTSIDE = """
actor Camera0 {
    var tracker = FaceTracker()
    func faces() -> Int { tracker.reset(); return tracker.faces.count + FaceKeypoint.allCases.count }
}
"""
"""Another actor than the main one uses the core."""


@pytest.fixture(scope="module")
def rendered(built: Path) -> Path:
    """The folder of the rendered packages, always the same, so that SwiftPM builds what changed."""
    folder = ROOT / "build" / "tests" / "swift"
    write_swift(built, folder)
    return folder


@pytest.fixture(scope="module")
def debug(rendered: Path) -> Path:
    """SwiftPM's folder of products, the package and its tests built for debugging without a warning."""
    done = swiftpm("build", rendered / "BlazeMesh", "test-debug", "--build-tests")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "warning:" not in said
    return SCRATCH / "test-debug" / "debug"


def passed(done: subprocess.CompletedProcess[str]) -> int:
    """How many tests ran; fails where one failed."""
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    count = re.search(r"Test run with (\d+) tests in \d+ suites passed", said)
    assert count, said
    return int(count[1])


def test_the_tests_pass_in_debug_builds(debug: Path, rendered: Path) -> None:
    assert passed(swiftpm("test", rendered / "BlazeMesh", "test-debug", "--disable-xctest")) >= 50


def test_the_tests_pass_in_release_builds_without_allocations(
    rendered: Path, tmp_path: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among them those that need a recording of what the networks say of a video."""
    (tmp_path / "video.json").write_text(json.dumps(record("three faces"), allow_nan=False))
    monkeypatch.setenv("BLAZEMESH_RECORDED", str(tmp_path))
    done = swiftpm("test", rendered / "BlazeMesh", "test-release", "--disable-xctest", "-c", "release")
    assert passed(done) >= 50
    assert "Suite RecordedTests passed" in done.stdout + done.stderr
    if sys.platform == "linux":
        assert "Suite AllocationTests passed" in done.stdout + done.stderr


def test_the_style_is_swift_format_s(rendered: Path) -> None:
    folders = [rendered / "BlazeMesh" / name for name in ("Sources", "Tests", "Snippets", "Package.swift")]
    done = run("swift", "format", "lint", "--strict", "--recursive", *folders)
    assert (done.returncode, done.stderr) == (0, "")


@needs((6, 2))
@pytest.mark.parametrize("flags", [[], ["-default-isolation", "MainActor"]])
def test_the_drop_in_is_a_module_of_its_own(rendered: Path, tmp_path: Path, flags: list[str]) -> None:
    (tmp_path / "Outside.swift").write_text(OUTSIDE)
    options = ["-swift-version", "6", "-warnings-as-errors", *flags, "-wmo", "-parse-as-library", "-emit-sil"]
    files = [*swift_files(rendered / "DropIn"), tmp_path / "Outside.swift"]
    done = run("swiftc", *options, "-o", "/dev/null", "-module-name", "App", *files)
    assert (done.returncode, done.stderr) == (0, "")


def symbols(debug: Path, folder: Path) -> Path:
    """The module's symbol graph, alone in a folder."""
    folder.mkdir()
    options = ["-module-name", "BlazeMeshCore", "-target", host(), "-I"]
    done = run(
        "swift",
        "symbolgraph-extract",
        *options,
        debug / "Modules",
        "-output-dir",
        folder,
        "-minimum-access-level",
        "public",
    )
    assert done.returncode == 0, done.stderr
    return folder / "BlazeMeshCore.symbols.json"


@pytest.mark.skipif(sys.platform != "linux", reason="a module's symbols are listed on Linux")
def test_the_public_names_are_those_of_the_list(debug: Path, tmp_path: Path) -> None:
    """To accept a change: `UPDATE=1 pytest tests/swift_templates`, and read the difference."""
    graph = json.loads(symbols(debug, tmp_path / "graph").read_text())
    lines = sorted(
        f"{'.'.join(symbol['pathComponents'])}: {''.join(part['spelling'] for part in symbol['declarationFragments'])}"
        for symbol in graph["symbols"]
        if "::SYNTHESIZED::" not in symbol["identifier"]["precise"]
    )
    found = "\n".join(re.sub(r"\s+", " ", line) for line in lines) + "\n"
    if os.environ.get("UPDATE"):
        API.write_text(found)
    assert found == API.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="a module's symbols are listed on Linux")
def test_the_documentation_builds_without_a_warning(debug: Path, rendered: Path, tmp_path: Path) -> None:
    symbols(debug, tmp_path / "graph")
    catalogue = rendered / "BlazeMesh" / CORE / "BlazeMeshCore.docc"
    names = ["--fallback-display-name", "BlazeMeshCore", "--fallback-bundle-identifier", "blazemesh.core"]
    graph, out = ["--additional-symbol-graph-dir", str(tmp_path / "graph")], str(tmp_path / "out.doccarchive")
    done = run("docc", "convert", catalogue, *names, *graph, "--output-dir", out, "--warnings-as-errors")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_article_s_code_is_the_snippet_that_is_compiled(rendered: Path) -> None:
    package = rendered / "BlazeMesh"
    article = (package / CORE / "BlazeMeshCore.docc" / "GettingStarted.md").read_text()
    code = "\n".join(re.findall(r"```swift\n(.*?)```", article, re.DOTALL))
    assert code == (package / "Snippets" / "GettingStarted.swift").read_text()


def test_the_readme_s_code_is_compiled_too(rendered: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    (code,) = [block for block in re.findall(r"```swift\n(.*?)```", readme, re.DOTALL) if "FaceTracker" in block]
    assert textwrap.indent(code, "    ") in (rendered / "BlazeMesh" / "Snippets" / "Tracking.swift").read_text()


def test_the_package_has_no_dependencies_and_no_unsafe_flags(rendered: Path) -> None:
    done = run("swift", "package", "--package-path", rendered / "BlazeMesh", "dump-package")
    package = json.loads(done.stdout)
    assert package["dependencies"] == []
    assert "unsafeFlags" not in done.stdout
    assert package["toolsVersion"]["_version"] == "6.0.0"
    platforms = {each["platformName"]: each["version"] for each in package["platforms"]}
    assert platforms == {"ios": "17.0", "macos": "14.0", "maccatalyst": "17.0", "visionos": "1.0"}
    in_products = {target for product in package["products"] for target in product["targets"]}
    assert "AllocationProbe" not in in_products
    layers = {"BlazeMesh", "BlazeMeshCore"}
    brought = {product["name"]: set(product["targets"]) - layers for product in package["products"]}
    assert all(models == {name} - layers for name, models in brought.items()), "a product brings its own model alone"
