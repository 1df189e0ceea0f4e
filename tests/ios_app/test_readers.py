from collections.abc import Callable

import pytest

from tests.conftest import SAID
from tests.ios_app.conftest import Sample
from tests.ios_app.project_file import version_findings
from tests.ios_app.readers import has_plutil, kin_findings, openstep_findings, plutil_findings

SECOND = plutil_findings if has_plutil() else openstep_findings
TARGET = "\t\t\tproductType = "
FAULTS: dict[str, tuple[Callable[[str], str], bool, bool]] = {
    "semicolon": (lambda text: text.replace("name = Products;", "name = Products"), True, True),
    "closing brace": (lambda text: text.replace("\t\t};\n/* End PBXGroup", "\t\t;\n/* End PBXGroup"), True, True),
    "last brace": (lambda text: text.rstrip().removesuffix("}"), True, True),
    "comma": (lambda text: text.replace("/* Sources */,", "/* Sources */"), True, True),
    "unquoted space": (lambda text: text.replace("name = Products;", "name = My Products;"), True, True),
    "unquoted $": (lambda text: text.replace('"$(TARGET_NAME)"', "$(TARGET_NAME)"), True, True),
    "stray character": (lambda text: text.replace("name = Products;", "name = # Products;"), True, True),
    "open string": (lambda text: text.replace('"1,2";', '"1,2;'), True, True),
    "duplicate key": (lambda text: text.replace(TARGET, f'{TARGET}"a";\n{TARGET}'), True, False),
    "unknown isa": (lambda text: text.replace("isa = PBXGroup;", "isa = PBXGruop;"), True, False),
    "missing key": (lambda text: text.replace("\t\t\thasScannedForEncodings = 0;\n", ""), True, False),
    "trailing junk": (lambda text: f"{text}}} junk\n", False, True),
}
"""What is broken, and whether kin and the second reader refuse it."""


@pytest.fixture(scope="module", autouse=True)
def second_reader(request: pytest.FixtureRequest) -> None:
    """Says which one it is where it isn't the toolchain's."""
    if not has_plutil():
        said = "the project file's second reader is openstep_plist: there is no plutil on PATH"
        request.config.stash[SAID].append(said)


def test_both_readers_take_the_project(whole: Sample) -> None:
    assert kin_findings(whole.file) == []
    assert SECOND(whole.file) == []


def test_the_format_is_xcode_16_s(whole: Sample) -> None:
    assert version_findings(whole.project()) == []


@pytest.mark.parametrize("name", ["objectVersion", "preferredProjectObjectVersion"])
def test_another_format_is_found(broken: Sample, name: str) -> None:
    broken.replace(f"\t{name} = 77;", f"\t{name} = 56;")
    assert version_findings(broken.project()) == [f"{name} is 56; expected 77"]


def test_every_plist_is_one(whole: Sample) -> None:
    if has_plutil():
        assert plutil_findings(whole.privacy) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_refused(broken: Sample, fault: str) -> None:
    change, by_kin, by_second = FAULTS[fault]
    text = broken.file.read_text()
    assert change(text) != text
    broken.file.write_text(change(text))
    assert (bool(kin_findings(broken.file)), bool(SECOND(broken.file))) == (by_kin, by_second)


def test_the_reader_of_others_refuses_what_plutil_does(broken: Sample) -> None:
    """openstep_plist stands in for plutil, and gives the objects to all other checks."""
    text = broken.file.read_text()
    assert openstep_findings(broken.file) == []
    for change, _, by_second in FAULTS.values():
        broken.file.write_text(change(text))
        assert bool(openstep_findings(broken.file)) == by_second
