"""The Swift package's Apple layer is right for the real platforms, and shows what it should."""

import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.apple_check.check import Checker
from tests.apple_check.package import LAYER, check_drop_in, check_package, check_users
from tests.apple_check.public_names import differing_names, expected_names, public_names, write_symbol_graphs
from tests.apple_check.style import unproved_uses
from tests.apple_check.toolchain import IOS, ROOT, CheckError

SOURCES = ROOT / "swift_templates" / "package" / "Sources"
CATALOGUE = SOURCES / LAYER / "BlazeMesh.docc"
FILES = sorted((SOURCES / LAYER).rglob("*.swift"))


def test_the_package_is_accepted_and_shows_the_names_of_the_list(checked: Checker, package: Path) -> None:
    assert differing_names(checked, package) == []


def test_tests_and_snippets_are_accepted(checked: Checker, package: Path) -> None:
    assert check_users(checked, package) == []


def test_the_articles_code_is_the_snippets_that_are_compiled(package: Path) -> None:
    article = (CATALOGUE / "GettingStarted.md").read_text(encoding="utf-8")
    code = re.findall(r"```swift\n(.*?)```", article, re.DOTALL)
    texts = [(package / "Snippets" / f"{name}.swift").read_text() for name in ("FaceCamera", "FacesInAPicture")]
    assert code == [textwrap.dedent("".join(text.splitlines(keepends=True)[1:-1])) for text in texts]
    assert f"```swift\n{code[0]}```" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_fault_in_the_tests_for_a_mac_is_found(checked: Checker, package: Path, tmp_path: Path) -> None:
    shutil.copytree(package / "Snippets", tmp_path / "Snippets")
    shutil.copytree(package / "Tests", tmp_path / "Tests")
    source = tmp_path / "Tests" / "BlazeMeshTests" / "PackageTests.swift"
    source.write_text(source.read_text().replace("timestamp: 0", "seconds: 0"))
    assert any("'timestamp'" in found.message for found in check_users(checked, tmp_path))


def test_names_that_are_gone_are_noticed(checked: Checker, package: Path, tmp_path: Path) -> None:
    """The module has what the list says, and a name that is not in it is found."""
    assert "FaceLandmarker.reset()" in public_names(checked, LAYER)
    source = tmp_path / "Sources" / "NoModel" / "NoModel.swift"
    source.parent.mkdir(parents=True)
    source.write_text("#if canImport(CorML)\npublic let model = 1\n#endif\n")
    assert checked.check([source], "NoModel", keep=True) == []
    assert differing_names(checked, tmp_path) == ["NoModel: shows nothing; expected one Located.NAME"]


@pytest.mark.parametrize(("more", "code"), [("", 0), ("\nSee ``CameraSession/take()``.\n", 1)])
def test_the_documentation_has_no_dead_link(checked: Checker, tmp_path: Path, more: str, code: int) -> None:
    """Articles and comments; a link to what is not there is found. visionOS lacks the camera, which articles name."""
    if checked.target.name == "visionOS":
        pytest.skip("the articles are of the platforms that have a camera")
    graphs, catalogue = tmp_path / "graphs", tmp_path / CATALOGUE.name
    graphs.mkdir()
    write_symbol_graphs(checked, LAYER, graphs)
    for extension in graphs.glob("*@*"):
        extension.unlink()
    shutil.copytree(CATALOGUE, catalogue)
    with (catalogue / "BlazeMesh.md").open("a") as article:
        article.write(more)
    docc = checked.toolchain.frontend.with_name("docc")
    names = ("--fallback-display-name", LAYER, "--fallback-bundle-identifier", "blazemesh.layer")
    command: list[str | Path] = [
        docc,
        "convert",
        catalogue,
        *names,
        "--additional-symbol-graph-dir",
        graphs,
        "--warnings-as-errors",
    ]
    done = subprocess.run(
        [*command, "--warnings-as-errors", "--output-dir", tmp_path / "out"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr


def test_the_drop_in_is_accepted_in_an_apps_own_module(platform: Checker, package: Path) -> None:
    assert check_drop_in(platform, package.parent / "DropIn") == []


def test_a_package_without_sources_is_not_accepted(platform: Checker, tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="has no sources of BlazeMeshCore; render the package first"):
        check_package(platform, tmp_path)
    with pytest.raises(CheckError, match="has no Swift sources; render the package first"):
        check_drop_in(platform, tmp_path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_empty_without_core_ml_and_switch_no_proof_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#if canImport(CoreML)")
    assert text.endswith("#endif\n")
    assert unproved_uses(text) == []
    unproved = text.count("@unchecked Sendable")
    assert text.count("Sendable without the compiler's proof: ") == unproved, "say why it is sendable"


def test_what_is_to_be_shown_is_written_down() -> None:
    assert FILES
    assert len(expected_names(IOS)) > 60
