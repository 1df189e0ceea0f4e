"""The machine's facts, out of recorded output."""

from typing import Any

import pytest

from blazemesh.mac.machine import described, look, read_swift, read_sysctl, read_tree, read_xcodebuild
from tests.blazemesh.mac import recorded
from tests.blazemesh.mac.conftest import Place
from tests.blazemesh.mac.fakes import HOSTED, HUNG, MISSING, ended


def test_a_laptop_s_facts(place: Place) -> None:
    outcome = look(place())
    assert (outcome.verdict, outcome.reason) == ("held", "")
    facts = dict(outcome.rows[0])
    assert facts.pop("python").startswith("3.")
    assert facts.pop("coremltools").startswith(("8.", "9."))
    assert facts == {
        "model": "Mac15,12",
        "chip": "Apple M3",
        "cores": 8,
        "memory": 1 << 34,
        "virtual": False,
        "macos": "26.1",
        "macos_build": "25B78",
        "xcode": "26.6",
        "xcode_build": "17F113",
        "swift": "6.1",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "clean": True,
    }


def test_a_hosted_runner_is_a_virtual_machine(place: Place) -> None:
    facts = look(place(**HOSTED)).rows[0]
    assert (facts["model"], facts["virtual"], facts["cores"]) == ("VirtualMac2,1", True, 3)
    assert described(facts) == (
        "VirtualMac2,1 (Apple M1 (Virtual), a virtual machine), macOS 26.1 (25B78), Xcode 26.6 (17F113), "
        "commit 0123456789ab"
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"machine__xcodebuild": ended(err=recorded.NO_XCODE, code=1)},
            "xcodebuild -version ended with exit code 1: xc",
        ),
        ({"machine__swift": MISSING}, "there is no swift on PATH"),
        ({"machine__sw_vers": HUNG}, "sw_vers was ended after 180 s without an answer"),
        ({"machine__xcodebuild": ended("Ksoda 1\n")}, "not understood: xcodebuild -version told no xcode, xcode_build"),
        ({"machine__commit": ended("HEAD\n")}, "not understood: git rev-parse told no commit"),
        (
            {"machine__sysctl": ended("gibberish")},
            "not understood: sysctl hw.model told no model, chip, cores, memory, v",
        ),
    ],
)
def test_what_is_missing_or_not_understood_fails_with_a_reason(place: Place, changed: Any, reason: str) -> None:
    outcome = look(place(**changed))
    assert outcome.verdict == "failed"
    assert outcome.reason.startswith(reason)
    assert len(outcome.rows) == 1


def test_a_name_that_sysctl_does_not_know_costs_that_fact_alone(place: Place) -> None:
    known = recorded.LAPTOP.replace("hw.ncpu: 8\n", "")
    outcome = look(place(machine__sysctl=ended(known, "sysctl: unknown oid 'hw.ncpu'\n", code=1)))
    assert outcome.reason == "not understood: sysctl hw.model told no cores"
    assert outcome.rows[0]["chip"] == "Apple M3"


def test_changes_in_the_tree_are_told(place: Place) -> None:
    facts = look(place(machine__tree=ended(" M README.md\n"))).rows[0]
    assert facts["clean"] is False
    assert described(facts).endswith(" with changes")
    assert described({}).endswith("commit unknown (clean or not: unknown)")
    assert read_tree("\n") == {"clean": True}


def test_versions_in_other_words() -> None:
    assert read_swift("Apple Swift version 6.3.1 (swift-6.3.1-RELEASE)\n") == {"swift": "6.3.1"}
    assert read_swift("Swift version of the day") == {"swift": None}
    assert read_xcodebuild("Xcode 27.0\n") == {"xcode": "27.0", "xcode_build": None}
    assert read_sysctl("hw.model: VirtualMac2,1\n")["virtual"] is True
    assert read_sysctl("hw.ncpu: many\n")["cores"] is None
