"""The check finds what it is for: each fault is refused in the expected words, and right code is accepted."""

from pathlib import Path

from tests.apple_check.check import ASIDE, Checker, checker
from tests.apple_check.faults import read_faults
from tests.apple_check.standard_library import CACHE
from tests.apple_check.toolchain import IOS, Toolchain

CLEAN = Path(__file__).with_name("clean.swift")


def test_right_code_is_accepted(platform: Checker) -> None:
    assert platform.check([CLEAN], "Clean") == []


def test_each_fault_is_refused_in_the_expected_words(platform: Checker) -> None:
    faults = [fault for fault in read_faults() if fault.target == platform.target.name]
    said = {fault: [each.message for each in platform.check([fault.path], "Fault")] for fault in faults}
    missed = [
        f"{fault.path.name}: expected '{fault.message}', found {messages}"
        for fault, messages in said.items()
        if not any(fault.message in message for message in messages)
    ]
    assert missed == []


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
