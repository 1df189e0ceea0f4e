import re

import pytest

from swift_templates.xcode_project import identifier
from tests.ios_app.conftest import Sample
from tests.ios_app.references import linked_findings, reference_findings


def without(text: str, name: str) -> str:
    """The project file without the object called `name`, whether in a line or in several."""
    key = identifier(name)
    one, several = rf"\t\t{key} [^\n]*= \{{isa[^\n]*\}};\n", rf"\t\t{key} [^\n]*= \{{\n.*?\n\t\t\}};\n"
    changed = re.sub(several, "", re.sub(one, "", text), count=1, flags=re.DOTALL)
    assert changed != text
    return changed


def test_every_reference_leads_somewhere(whole: Sample) -> None:
    assert reference_findings(whole.project()) == []
    assert linked_findings(whole.project()) == []


@pytest.mark.parametrize(
    "name",
    [
        *("app", "sources", "package", "main group", "products group", "sources phase", "target configurations"),
        *("project Debug", "target Release", "FaceMeshPackage build file", "BlazeMesh dependency", "target"),
    ],
)
def test_a_removed_object_is_found(broken: Sample, name: str) -> None:
    broken.file.write_text(without(broken.file.read_text(), name))
    found = [each for each in reference_findings(broken.project()) if each.endswith("which is not there")]
    assert found
    assert all(identifier(name) in each for each in found)


@pytest.mark.parametrize("name", ["app", "sources", "FaceMeshPackage build file", "sources phase"])
def test_an_object_that_nothing_leads_to_is_found(broken: Sample, name: str) -> None:
    text = broken.file.read_text()
    key = identifier(name)
    broken.file.write_text(re.sub(rf"\t+(?:productReference = )?{key} /\* [^*]* \*/[,;]\n", "", text))
    assert any(each.startswith(f"{key} (") and "by nothing" in each for each in reference_findings(broken.project()))


def test_an_object_of_another_kind_is_found(broken: Sample) -> None:
    broken.replace(f"mainGroup = {identifier('main group')}", f"mainGroup = {identifier('sources')}")
    found = reference_findings(broken.project())
    expected = f"mainGroup refers to {identifier('sources')}, a PBXFileSystemSynchronizedRootGroup"
    assert any(each.endswith(expected) for each in found)


def test_a_field_that_is_gone_is_found(broken: Sample) -> None:
    broken.replace(f"\t\t\tproductReference = {identifier('app')} /* BlazeMeshSample.app */;\n", "")
    assert f"{identifier('target')} (PBXNativeTarget) has no productReference" in reference_findings(broken.project())


def test_a_product_that_is_not_linked_is_found(broken: Sample) -> None:
    key = identifier("FaceMeshPackage build file")
    broken.replace(f"\t\t\t\t{key} /* FaceMeshPackage in Frameworks */,\n", "")
    (found,) = linked_findings(broken.project())
    assert identifier("FaceMeshPackage dependency") in found


def test_a_phase_that_is_gone_is_found(broken: Sample) -> None:
    broken.replace(f"\t\t\t\t{identifier('resources phase')} /* Resources */,\n", "")
    assert f"{identifier('target')} has no PBXResourcesBuildPhase" in linked_findings(broken.project())
