"""The sample app is right for iOS, says nothing that would switch a proof off, and its faults would be found."""

import re
import shutil
from pathlib import Path

import pytest

from tests.apple_check.app import SOURCES, check_app
from tests.apple_check.check import Checker
from tests.apple_check.faults import APP, missed, read_faults
from tests.apple_check.package import CORE, LAYER, model_modules
from tests.apple_check.style import unproved_uses
from tests.apple_check.toolchain import IOS, CheckError

FILES = sorted(SOURCES.rglob("*.swift"))

MODELS = {"BlazeFaceShortRangePackage", "BlazeFaceFullRangePackage", "FaceMeshPackage", "FaceMeshAttentionPackage"}
"""The modules with a model that the app's target links."""

APPLES = {"Accessibility", "CoreML", "Foundation", "ImageIO", "Observation", "PhotosUI", "SwiftUI", "UIKit"}

BROKEN = {
    "an await is missing": (
        "Camera/CameraModel.swift",
        ("await landmarker.look", "landmarker.look"),
        "actor-isolated instance method 'look(at:tracking:)' cannot be called from outside of the actor",
    ),
    "a label is misspelt": (
        "Finding/Sighting.swift",
        ("orientation: still.orientation", "orientaton: still.orientation"),
        "incorrect argument label in call (have '_:orientaton:', expected '_:orientation:')",
    ),
    "a model leaves the main actor": (
        "Finding/FaceFinder.swift",
        ("@MainActor @Observable", "@Observable"),
        "risks causing data races",
    ),
    "a case is missing": (
        "Finding/Problem.swift",
        ("case .emptyPicture, .noBuffer:", "case .emptyPicture:"),
        "switch must be exhaustive",
    ),
    "Apple's enumeration may grow": (
        "Photo/Still.swift",
        ("@unknown default: self = .up", ""),
        "'UIImage.Orientation' may have additional unknown values",
    ),
    "a layer is misspelt": (
        "Shared/LayerMenu.swift",
        ("layers[.contours]", "layers[.contour]"),
        "has no member 'contour'",
    ),
    "UIKit has no such constant": (
        "Shared/ProblemView.swift",
        ("openSettingsURLString", "settingsURLString"),
        "type 'UIApplication' has no member 'settingsURLString'",
    ),
}
"""A file of the app, what is changed in it, and what must be said of that."""


@pytest.fixture(scope="session")
def phone(checked: Checker) -> Checker:
    """Has checked the package for the platform that the app is for."""
    if checked.target != IOS:
        pytest.skip("the app is for iOS")
    return checked


def test_the_app_is_accepted(phone: Checker) -> None:
    assert check_app(phone) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_the_app_is_found(fault: str, phone: Checker, tmp_path: Path) -> None:
    name, (right, wrong), said = BROKEN[fault]
    app = tmp_path / SOURCES.name
    shutil.copytree(SOURCES, app)
    text = (app / name).read_text(encoding="utf-8")
    assert right in text
    (app / name).write_text(text.replace(right, wrong), encoding="utf-8")
    found = check_app(phone, app)
    assert any(each.file.startswith(str(app)) and said in each.message for each in found), found


def test_what_apps_get_wrong_is_refused_in_the_expected_words(phone: Checker) -> None:
    faults = read_faults(APP)
    assert len(faults) >= 20
    assert missed(phone, faults) == []


def test_a_folder_without_an_app_is_named(phone: Checker, tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="has no Swift sources; expected the sample app"):
        check_app(phone, tmp_path)


def test_the_app_uses_each_module_that_it_links_and_no_others(package: Path) -> None:
    assert set(model_modules(package)) >= MODELS
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    imports = {line for text in texts for line in re.findall(r"^.*\bimport\b.*$", text, re.MULTILINE)}
    assert imports == {f"import {module}" for module in APPLES | MODELS | {CORE, LAYER}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_proof_is_switched_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unproved_uses(text) == []
    assert "@unchecked" not in text
    assert len(text.splitlines()) <= 160


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("@testable import BlazeMesh", ["@testable"]),
        ("@preconcurrency import BlazeMesh", ["@preconcurrency"]),
        ("let first = faces.first!", ["a forced unwrap"]),
        ("let faces = try! landmarker.detect(picture)", ["a forced try", "a forced unwrap"]),
        ("let mesh = model as! MeshModel", ["a forced cast", "a forced unwrap"]),
        ("@AppStorage var faces = 1", ["AppStorage, which needs a reason"]),
        ("if a != b && !c { }  // try! is not said", []),
    ],
)
def test_what_switches_a_proof_off_is_found(code: str, found: list[str]) -> None:
    assert unproved_uses(code) == found
