"""The machine: model, chip, system, tools and commit, as its own commands say them; nothing that names its owner."""

import re
from collections.abc import Mapping
from importlib.metadata import version
from platform import python_version
from typing import Any

from blazemesh.mac.outcome import Outcome, failed, not_understood
from blazemesh.mac.site import Site

SYSCTL = ("hw.model", "machdep.cpu.brand_string", "hw.ncpu", "hw.memsize", "kern.hv_vmm_present")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "sysctl": ("sysctl", *SYSCTL),
    "sw_vers": ("sw_vers",),
    "xcodebuild": ("xcodebuild", "-version"),
    "swift": ("swift", "--version"),
    "commit": ("git", "rev-parse", "HEAD"),
    "tree": ("git", "status", "--porcelain"),
}
TOOLS = ("macos", "macos_build", "xcode", "xcode_build", "swift")
FACTS = ("model", "chip", "cores", "memory", "virtual", *TOOLS, "commit", "clean")
"""What is asked of the commands; Python's and coremltools' versions are this process's own."""
SECONDS = 60.0


def read_sysctl(text: str) -> dict[str, Any]:
    """The facts in `sysctl hw.model …`: a line "name: value" each. `memory` is in bytes."""
    values = dict(_pair(line) for line in text.splitlines() if ":" in line)
    model, chip = values.get("hw.model"), values.get("machdep.cpu.brand_string")
    cores, memory = (_number(values.get(name)) for name in ("hw.ncpu", "hw.memsize"))
    guest = values.get("kern.hv_vmm_present") == "1" or (model or "").startswith("VirtualMac")
    return {"model": model, "chip": chip, "cores": cores, "memory": memory, "virtual": guest if model else None}


def read_sw_vers(text: str) -> dict[str, Any]:
    """The facts in `sw_vers`: ProductVersion and BuildVersion."""
    values = dict(_pair(line) for line in text.splitlines() if ":" in line)
    return {"macos": values.get("ProductVersion"), "macos_build": values.get("BuildVersion")}


def read_xcodebuild(text: str) -> dict[str, Any]:
    """The facts in `xcodebuild -version`: "Xcode 26.6", "Build version 17F113"."""
    release, build = re.search(r"^Xcode (\S+)", text, re.M), re.search(r"^Build version (\S+)", text, re.M)
    return {"xcode": release and release[1], "xcode_build": build and build[1]}


def read_swift(text: str) -> dict[str, Any]:
    """The fact in `swift --version`."""
    found = re.search(r"Swift version (\d\S*)", text)
    return {"swift": found and found[1]}


def read_commit(text: str) -> dict[str, Any]:
    """The fact in `git rev-parse HEAD`."""
    found = re.fullmatch(r"[0-9a-f]{40,64}", text.strip())
    return {"commit": found and found[0]}


def read_tree(text: str) -> dict[str, Any]:
    """Whether `git status --porcelain` lists nothing."""
    return {"clean": not text.strip()}


READERS = {
    "sysctl": read_sysctl,
    "sw_vers": read_sw_vers,
    "xcodebuild": read_xcodebuild,
    "swift": read_swift,
    "commit": read_commit,
    "tree": read_tree,
}


def look(site: Site) -> Outcome:
    """The step: one row with all facts, null where one is not known; failed where a command or a fact is missing."""
    facts: dict[str, Any] = dict.fromkeys(FACTS)
    facts |= {"python": python_version(), "coremltools": version("coremltools")}
    problems = []
    for name, command in COMMANDS.items():
        ran = site.runner.run(command, f"machine-{name}", SECONDS)
        if ran.problem and not (name == "sysctl" and ran.out):  # an unknown name among others is no problem by itself
            problems.append(ran.problem)
            continue
        found = READERS[name](ran.out)
        facts |= found
        if missing := [fact for fact, value in found.items() if value is None]:
            problems.append(not_understood(f"{' '.join(command[:2])} told no {', '.join(missing)}"))
    return failed("; ".join(problems), [facts]) if problems else Outcome("held", "", (facts,))


def described(facts: Mapping[str, Any]) -> str:
    """The machine in one line."""

    def told(name: str) -> str:
        return str(facts.get(name) or "unknown")

    guest = ", a virtual machine" if facts.get("virtual") else ""
    tree = {"True": "", "False": " with changes"}.get(str(facts.get("clean")), " (clean or not: unknown)")
    return (
        f"{told('model')} ({told('chip')}{guest}), macOS {told('macos')} ({told('macos_build')}), "
        f"Xcode {told('xcode')} ({told('xcode_build')}), commit {told('commit')[:12]}{tree}"
    )


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
