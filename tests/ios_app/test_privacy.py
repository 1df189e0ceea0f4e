import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.ios_app.conftest import Sample
from tests.ios_app.privacy import ACCESSED, CATEGORIES, NOTHING, PREFIX, privacy_findings

ENTRY = {"NSPrivacyAccessedAPIType": f"{PREFIX}UserDefaults", "NSPrivacyAccessedAPITypeReasons": ["CA92.1"]}


def manifest(folder: Path, **changes: Any) -> Path:
    path = folder / "PrivacyInfo.xcprivacy"
    path.write_bytes(plistlib.dumps({**NOTHING, ACCESSED: [], **changes}))
    return path


def test_it_declares_what_app_and_package_use(whole: Sample, package_sources: Mapping[str, str]) -> None:
    assert len(package_sources) > 50
    assert privacy_findings(whole.privacy, {**package_sources, **whole.sources()}) == []


def test_an_api_in_the_sources_must_be_declared(
    whole: Sample, broken: Sample, package_sources: Mapping[str, str]
) -> None:
    """Either in the app or in the package."""
    line = "let started = ProcessInfo.processInfo.systemUptime\n"
    (broken.home / "BlazeMeshSample" / "Planted.swift").write_text(line)
    expected = f"uses {PREFIX}SystemBootTime, which is not declared"
    (found,) = privacy_findings(broken.privacy, {**package_sources, **broken.sources()})
    assert found == f"Planted.swift {expected}"
    planted = {**package_sources, "BlazeMesh/X.swift": line}
    (found,) = privacy_findings(whole.privacy, {**planted, **whole.sources()})
    assert found == f"BlazeMesh/X.swift {expected}"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('@AppStorage("mirrored") var mirrored = true', "UserDefaults"),
        ("UserDefaults.standard.set(1, forKey: key)", "UserDefaults"),
        ("try FileManager.default.attributesOfItem(atPath: path)", "FileTimestamp"),
        ("url.resourceValues(forKeys: [.contentModificationDateKey])", "FileTimestamp"),
        ("stat(path, &found)", "FileTimestamp"),
        ("mach_absolute_time()", "SystemBootTime"),
        ("[.volumeAvailableCapacityForImportantUsageKey]", "DiskSpace"),
        ("UITextInputMode.activeInputModes", "ActiveKeyboards"),
    ],
)
def test_each_category_is_known_by_its_apis(tmp_path: Path, line: str, kind: str) -> None:
    expected = [f"A.swift uses {PREFIX}{kind}, which is not declared"]
    assert privacy_findings(manifest(tmp_path), {"A.swift": line}) == expected
    reasons = sorted(CATEGORIES[f"{PREFIX}{kind}"].reasons)
    entry = {"NSPrivacyAccessedAPIType": f"{PREFIX}{kind}", "NSPrivacyAccessedAPITypeReasons": reasons}
    assert privacy_findings(manifest(tmp_path, **{ACCESSED: [entry]}), {"A.swift": line}) == []


@pytest.mark.parametrize("line", ["ContinuousClock().now", "status(of: x)", "SHA256.hash(data: data)", "Date()"])
def test_other_apis_need_no_reason(tmp_path: Path, line: str) -> None:
    assert privacy_findings(manifest(tmp_path), {"A.swift": line}) == []


def test_a_declaration_that_nothing_needs_is_found(tmp_path: Path) -> None:
    found = privacy_findings(manifest(tmp_path, **{ACCESSED: [ENTRY]}), {"A.swift": ""})
    assert found == [f"{PREFIX}UserDefaults is declared and not used"]


@pytest.mark.parametrize("reasons", [[], ["C617.1"], ["CA92.1", "X"]])
def test_reasons_of_another_category_are_found(tmp_path: Path, reasons: list[str]) -> None:
    entry = {**ENTRY, "NSPrivacyAccessedAPITypeReasons": reasons}
    (found,) = privacy_findings(manifest(tmp_path, **{ACCESSED: [entry]}), {"A.swift": "UserDefaults()"})
    assert found.endswith("are no reasons")


@pytest.mark.parametrize(
    "changes",
    [
        {"NSPrivacyTracking": True},
        {"NSPrivacyTrackingDomains": ["example.com"]},
        {"NSPrivacyCollectedDataTypes": [{}]},
        {"NSPrivacyTraking": False},
    ],
)
def test_another_value_or_key_is_found(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert len(privacy_findings(manifest(tmp_path, **changes), {})) == 1


def test_what_is_no_property_list_is_found(tmp_path: Path) -> None:
    path = manifest(tmp_path)
    path.write_text(path.read_text().replace("</dict>", ""))
    (found,) = privacy_findings(path, {})
    assert "can't be read" in found
