"""The check finds what it is for: each fault is refused in the expected words, and right code is accepted."""

from pathlib import Path

from tests.apple_check.check import ASIDE, Checker, checker
from tests.apple_check.faults import Fault, missed, read_faults
from tests.apple_check.standard_library import CACHE
from tests.apple_check.toolchain import IOS, Toolchain

CLEAN = Path(__file__).with_name("clean.swift")


def test_right_code_is_accepted(platform: Checker) -> None:
    assert platform.check([CLEAN], "Clean") == []


def test_each_fault_is_refused_in_the_expected_words(platform: Checker) -> None:
    assert missed(platform, read_faults()) == []


def test_what_is_not_refused_is_named(platform: Checker) -> None:
    harmless = Fault(CLEAN, platform.target.name, "missing return")
    assert missed(platform, [harmless]) == ["clean.swift is not refused with 'missing return' but with []"]


def test_what_a_killed_check_left_is_removed(toolchain: Toolchain) -> None:
    with checker(toolchain, IOS) as first:
        left = CACHE / f"{ASIDE}left"
        left.mkdir()
        with checker(toolchain, IOS) as second:
            assert not left.exists()
            assert first.folder.is_dir()
        assert not second.folder.exists()


def test_there_are_enough_faults() -> None:
    faults = read_faults()
    assert len(faults) >= 30
    assert {"iOS", "macOS", "visionOS"} == {fault.target for fault in faults}


def test_modules_that_were_checked_can_be_imported(platform: Checker, tmp_path: Path) -> None:
    first, second = tmp_path / "first.swift", tmp_path / "second.swift"
    first.write_text("public func one() -> Int { 1 }\n")
    second.write_text("import First\n\nfunc two() -> Int { one() + one() }\n")
    assert platform.check([first], "First", keep=True) == []
    assert platform.check([second], "Second") == []
