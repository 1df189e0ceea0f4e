import re
import shutil
from pathlib import Path

import pytest

from tests.ios_app.conftest import Sample
from tests.ios_app.settings import (
    KNOWN,
    REQUIRED,
    bundle_identifier,
    effective_settings,
    is_bundle_identifier,
    setting_findings,
)
from tests.ios_app.usage import APIS, PREFIX


def specifications() -> dict[str, str]:
    """swift-build's own specifications, as a Swift toolchain installs them, by name."""
    swift = shutil.which("swift")
    share = Path(swift).resolve().parents[1] / "share" / "pm" if swift else Path("nowhere")
    return {path.name: path.read_text(encoding="utf-8") for path in share.rglob("*.xcspec")}


needs_specifications = pytest.mark.skipif(
    "CoreBuildSystem.xcspec" not in specifications(), reason="there is no Swift toolchain with swift-build's xcspecs"
)


def test_every_setting_is_known_and_what_it_must_be(whole: Sample) -> None:
    assert setting_findings(whole.project()) == []


def test_every_name_of_the_table_is_used(whole: Sample) -> None:
    assert {name for values in effective_settings(whole.project()).values() for name in values} == KNOWN.keys()


@needs_specifications
def test_swift_build_declares_every_name_of_the_table() -> None:
    texts = specifications()
    assert [name for name, file in KNOWN.items() if not re.search(rf"\b{name}\b", texts[file])] == []
    assert not re.search(r"\bSWIFT_VERSIONS\b", texts["Swift.xcspec"])


@needs_specifications
def test_swift_build_knows_every_usage_string() -> None:
    text = specifications()["CoreBuildSystem.xcspec"]
    assert [key for key in APIS if not re.search(rf"\b{PREFIX}{key}\b", text)] == []


@pytest.mark.parametrize("name", KNOWN)
def test_a_misspelt_name_is_found(broken: Sample, name: str) -> None:
    text = broken.file.read_text()
    broken.file.write_text(re.sub(rf"^(\t{{4}}{name})( = )", r"\1X\2", text, flags=re.MULTILINE))
    assert any(each.endswith(f"no setting is called {name}X") for each in setting_findings(broken.project()))


@pytest.mark.parametrize("name", REQUIRED)
def test_another_value_is_found(broken: Sample, name: str) -> None:
    text = broken.file.read_text()
    broken.file.write_text(re.sub(rf"^\t{{4}}{name} = [^;]*;", f"\t\t\t\t{name} = 0;", text, flags=re.MULTILINE))
    found = [each for each in setting_findings(broken.project()) if f": {name} is '0'; expected" in each]
    assert len(found) == 2


def test_what_must_not_be_set_is_found(broken: Sample) -> None:
    broken.replace("\t\t\t\tENABLE_PREVIEWS", "\t\t\t\tDEVELOPMENT_TEAM = ABCDE12345;\n\t\t\t\tENABLE_PREVIEWS")
    assert "Debug: DEVELOPMENT_TEAM is set; expected none" in setting_findings(broken.project())


def test_a_lost_orientation_is_found(broken: Sample) -> None:
    broken.replace(" UIInterfaceOrientationPortraitUpsideDown", "")
    (found,) = setting_findings(broken.project())
    assert found == "Debug: INFOPLIST_KEY_UISupportedInterfaceOrientations_iPad has 3 known orientations; expected 4"


@pytest.mark.parametrize("team", ["", "ABCDE12345"])
def test_the_bundle_identifier_is_one_with_a_team_and_without(whole: Sample, team: str) -> None:
    for values in effective_settings(whole.project()).values():
        identifier = bundle_identifier(values["PRODUCT_BUNDLE_IDENTIFIER"], team)
        assert identifier == f"com.example.BlazeMeshSample{team}"
        assert is_bundle_identifier(identifier)


@pytest.mark.parametrize("text", ["", "sample", "com.example.", "com..example", "com.example.a_b", "a.$(X)"])
def test_what_is_no_bundle_identifier_is_found(text: str) -> None:
    assert not is_bundle_identifier(text)
