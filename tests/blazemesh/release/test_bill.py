import json
from typing import Any

import pytest

from blazemesh.release import Tree
from blazemesh.release.bill import invalid
from blazemesh.release.names import BILL, SWIFT_ZIP
from blazemesh.release.sums import sha256


@pytest.fixture(scope="module")
def bill(release: Tree) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(release[BILL])
    return document


def components(bill: dict[str, Any], kind: str, suffix: str) -> dict[str, dict[str, Any]]:
    return {part["name"]: part for part in bill["components"] if part["type"] == kind and part["name"].endswith(suffix)}


def test_source_models_have_hash_licence_supplier_and_origin(bill: dict[str, Any]) -> None:
    models = components(bill, "machine-learning-model", ".tflite")
    assert len(models) == 5
    for model in models.values():
        assert len(model["hashes"][0]["content"]) == 64
        assert model["licenses"] == [{"license": {"id": "Apache-2.0"}}]
        assert model["supplier"]["name"] == "Google (MediaPipe)"
        assert model["externalReferences"][0]["url"] == "https://github.com/google-ai-edge/mediapipe"


def test_each_package_lists_its_files_and_depends_on_its_source(bill: dict[str, Any]) -> None:
    packages = components(bill, "machine-learning-model", ".mlpackage")
    assert len(packages) == 9
    assert all(len(package["components"]) >= 3 for package in packages.values())
    needs = {link["ref"]: link.get("dependsOn", []) for link in bill["dependencies"]}
    assert needs["FaceMesh.mlpackage"] == ["face_landmark.tflite"]
    assert packages.keys() < set(needs["BlazeMesh"])


def test_tables_tools_and_the_lock_are_there(bill: dict[str, Any]) -> None:
    assert len(components(bill, "data", ".json")) == 4
    tools = components(bill, "library", "")
    assert tools["coremltools"]["purl"] == "pkg:pypi/coremltools@" + tools["coremltools"]["version"]
    assert {tool["scope"] for tool in tools.values()} == {"excluded"}
    assert "requirements.lock" in components(bill, "file", ".lock")


def test_the_archive_is_named_with_its_hash(bill: dict[str, Any], release: Tree) -> None:
    named = {part["name"]: part["hashes"][0]["content"] for part in bill["metadata"]["component"]["components"]}
    assert named[SWIFT_ZIP] == sha256(release[SWIFT_ZIP])


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for item in part for name in references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["bom-ref"]] if "bom-ref" in part else []
    return own + [name for item in part.values() for name in references(item)]


def test_no_reference_is_given_twice_or_left_open(bill: dict[str, Any]) -> None:
    names = references(bill)
    assert len(names) == len(set(names)) > 60
    assert {name for link in bill["dependencies"] for name in (link["ref"], *link.get("dependsOn", []))} <= set(names)


@pytest.mark.parametrize(
    "change",
    [
        {"bomFormat": "Cyclone"},
        {"serialNumber": "1"},
        {"components": [{"name": "x"}]},
        {"components": [{"name": "x", "type": "neural-network"}]},
        {"unheardOf": 1},
    ],
)
def test_the_schema_refuses_what_is_no_bill(bill: dict[str, Any], change: dict[str, Any]) -> None:
    assert invalid(json.dumps(bill).encode()) is None
    assert invalid(json.dumps(bill | change).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    assert invalid(data)
