import shutil

import pytest

from swift_templates.app import NAME, PRODUCTS
from tests.ios_app.conftest import Sample
from tests.ios_app.surroundings import (
    folder_findings,
    import_findings,
    member_findings,
    package_findings,
    products,
    scheme_findings,
    workspace_findings,
)


def test_all_that_is_named_is_there(whole: Sample) -> None:
    project = whole.project()
    assert folder_findings(project, whole.home) == []
    assert package_findings(project, whole.home, whole.package) == []
    assert scheme_findings(project, whole.bundle) == []
    assert workspace_findings(whole.bundle) == []
    assert member_findings(whole.home / NAME) == []
    assert import_findings(project, whole.sources(), whole.package) == []
    asked = {each["productName"] for each in project.of("XCSwiftPackageProductDependency").values()}
    assert asked == set(PRODUCTS) <= products((whole.package / "Package.swift").read_text())


def test_a_folder_that_is_gone_is_found(broken: Sample) -> None:
    shutil.rmtree(broken.home / NAME)
    assert folder_findings(broken.project(), broken.home) == [f"the folder '{NAME}' is not there"]


@pytest.mark.parametrize("path", ["README.md", ".DS_Store", "Views/notes.txt"])
def test_a_file_that_the_app_would_carry_is_found(broken: Sample, path: str) -> None:
    file = broken.home / NAME / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    assert member_findings(broken.home / NAME) == [f"{path} would be copied into the app"]


def test_a_package_elsewhere_is_found(broken: Sample) -> None:
    broken.replace("relativePath = ../build/swift/BlazeMesh;", "relativePath = ../build/BlazeMesh;")
    (found,) = package_findings(broken.project(), broken.home, broken.package)
    assert found == "the packages are ['../build/BlazeMesh']; expected '../build/swift/BlazeMesh'"


def test_a_product_that_the_package_lacks_is_found(broken: Sample) -> None:
    broken.replace('    "FaceMeshPackage",\n', "", broken.package / "Package.swift")
    found = package_findings(broken.project(), broken.home, broken.package)
    assert found == ["the package has no product 'FaceMeshPackage'"]


def test_products_are_those_that_are_imported(whole: Sample, broken: Sample) -> None:
    broken.replace("productName = FaceMeshPackage;", "productName = IrisLandmarksPackage;")
    assert import_findings(broken.project(), whole.sources(), broken.package) == [
        "FaceMeshPackage is imported and not linked",
        "IrisLandmarksPackage is linked and not imported",
    ]


@pytest.mark.parametrize("old", ['BlueprintIdentifier = "', f'BuildableName = "{NAME}', f'"container:{NAME}'])
def test_a_scheme_of_another_target_is_found(broken: Sample, old: str) -> None:
    scheme = broken.bundle / "xcshareddata" / "xcschemes" / f"{NAME}.xcscheme"
    broken.replace(old, f"{old}0", scheme)
    (found,) = scheme_findings(broken.project(), broken.bundle)
    assert found.startswith("a scheme refers to")


def test_a_workspace_of_something_else_is_found(broken: Sample) -> None:
    broken.replace("self:", "group:x", broken.bundle / "project.xcworkspace" / "contents.xcworkspacedata")
    (found,) = workspace_findings(broken.bundle)
    assert found == "the workspace holds ['group:x']; expected the project itself"


def test_a_scheme_that_is_gone_is_found(broken: Sample) -> None:
    (broken.bundle / "xcshareddata" / "xcschemes" / f"{NAME}.xcscheme").unlink()
    assert scheme_findings(broken.project(), broken.bundle) == ["the schemes are []", "no scheme builds anything"]
