import shutil

import pytest

from swift_templates.app import NAME, PRODUCTS
from tests.ios_app.conftest import Sample
from tests.ios_app.surroundings import folder_findings, package_findings, products, scheme_findings


def test_all_that_is_named_is_there(whole: Sample) -> None:
    project = whole.project()
    assert folder_findings(project, whole.home) == []
    assert package_findings(project, whole.home, whole.package) == []
    assert scheme_findings(project, whole.bundle) == []
    asked = {each["productName"] for each in project.of("XCSwiftPackageProductDependency").values()}
    assert asked == set(PRODUCTS) <= products((whole.package / "Package.swift").read_text())


def test_a_folder_that_is_gone_is_found(broken: Sample) -> None:
    shutil.rmtree(broken.home / NAME)
    assert folder_findings(broken.project(), broken.home) == [f"the folder '{NAME}' is not there"]


def test_a_package_elsewhere_is_found(broken: Sample) -> None:
    broken.replace("relativePath = ../build/swift/BlazeMesh;", "relativePath = ../build/BlazeMesh;")
    (found,) = package_findings(broken.project(), broken.home, broken.package)
    assert found == "the packages are ['../build/BlazeMesh']; expected '../build/swift/BlazeMesh'"


def test_a_product_that_the_package_lacks_is_found(broken: Sample) -> None:
    broken.replace('    "FaceMeshPackage",\n', "", broken.package / "Package.swift")
    found = package_findings(broken.project(), broken.home, broken.package)
    assert found == ["the package has no product 'FaceMeshPackage'"]


@pytest.mark.parametrize("old", ['BlueprintIdentifier = "', f'BuildableName = "{NAME}', f'"container:{NAME}'])
def test_a_scheme_of_another_target_is_found(broken: Sample, old: str) -> None:
    scheme = broken.bundle / "xcshareddata" / "xcschemes" / f"{NAME}.xcscheme"
    broken.replace(old, f"{old}0", scheme)
    (found,) = scheme_findings(broken.project(), broken.bundle)
    assert found.startswith("a scheme refers to")


def test_a_scheme_that_is_gone_is_found(broken: Sample) -> None:
    (broken.bundle / "xcshareddata" / "xcschemes" / f"{NAME}.xcscheme").unlink()
    assert scheme_findings(broken.project(), broken.bundle) == ["the schemes are []", "no scheme builds anything"]
