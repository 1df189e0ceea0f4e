"""The toolchain's standard library for an Apple platform, rebuilt from the text that it ships for Linux.

That text carries Apple's availability, declaration for declaration; only what speaks of Linux or needs bodies that the
text leaves out is edited. Nothing built here runs: it is what the compiler checks sources against.
"""

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from blazemesh.files import held
from tests.apple_check.toolchain import ROOT, CheckError, Target, Toolchain, first_error

CACHE = ROOT / "build" / "apple_check"

MODULES = ("Swift", "SwiftOnoneSupport", "_Concurrency", "_RegexParser", "_StringProcessing", "Observation")
"""In the order in which they import each other. Synchronization begins with iOS 18 and is left out."""

POINTER = Path(__file__).with_name("autoreleasing_pointer.swift")
"""Missing from the Linux text; without it no Objective-C declaration is understood on an Apple platform."""


VISION_OS = {
    "Version": "1.0",
    "MaximumDeploymentTarget": "99.0",
    "VersionMap": {"iOS_visionOS": {"16.0": "1.0", "17.0": "1.0", "18.0": "2.0", "26.0": "26.0"}},
}
"""An SDK's settings, without which iOS's versions would be compared with visionOS's as numbers; their form is that of
clang's DarwinSDKInfo. The first visionOS has what iOS 17 has, as the pages of Apple's documentation give both."""


@dataclass(frozen=True)
class StandardLibrary:
    """The modules built for a platform, and the SDK that tells what its versions mean."""

    modules: Path
    sdk: Path


@dataclass(frozen=True)
class Edit:
    """In `module`, what matches `pattern` becomes `replacement`, at least once."""

    module: str
    pattern: str
    replacement: str = ""

    def apply(self, text: str) -> str:
        """The edited text; CheckError where nothing matches: then the toolchain's text is another than we know."""
        edited, count = re.subn(self.pattern, self.replacement, text, flags=re.MULTILINE)
        if count == 0:
            raise CheckError(
                f"the text of the Swift toolchain's module {self.module} holds nothing like '{self.pattern}'; "
                "adapt tests/apple_check/standard_library.py to this toolchain"
            )
        return edited


LINUX_TARGET = r" -target \S+-linux-gnu"
NO_OBJECTIVE_C = r" -disable-objc-interop"
BACK_DEPLOYED = r"^ *@backDeployed\(before: [^)]*\)(?:\n| )"
GLIBC = r"^import Glibc\n"

EDITS = (
    # What stands in the flags of a text wins over the command line.
    *(Edit(module, LINUX_TARGET) for module in MODULES),
    *(Edit(module, NO_OBJECTIVE_C) for module in MODULES),
    # These declarations must have bodies, and the text has none; their availability stays.
    *(Edit(module, BACK_DEPLOYED) for module in ("Swift", "_Concurrency")),
    # Float80 is not on arm64, and its C functions are not in Apple's headers.
    Edit("Swift", r"self = _stdlib_remainderl\(self, other\)", "fatalError()"),
    Edit("Swift", r"self = _stdlib_squareRootl\(self\)", "fatalError()"),
    Edit("Observation", GLIBC),
)


def standard_library(toolchain: Toolchain, target: Target) -> StandardLibrary:
    """The modules for `target`; built within 40 seconds where build/ does not have them.

    A module remembers where its text is: it is built where it stays, and counts once all is there.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / f"{target.triple}-{_key(toolchain, target)}"
    complete = folder / "complete"
    with held(CACHE):
        if not complete.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            _build(toolchain, target, folder)
            complete.touch()
    return StandardLibrary(folder / "modules", folder / "sdk")


def _key(toolchain: Toolchain, target: Target) -> str:
    """Of all that the modules depend on."""
    settings = repr((EDITS, MODULES, VISION_OS))
    parts = [toolchain.version, str(toolchain.library), str(CACHE), target.triple, settings]
    return hashlib.sha256("\0".join([*parts, POINTER.read_text(encoding="utf-8")]).encode()).hexdigest()[:16]


def _build(toolchain: Toolchain, target: Target, folder: Path) -> None:
    """With a module cache of its own: the locks that a killed compile leaves in one would be waited for."""
    texts, modules, sdk = folder / "texts", folder / "modules", folder / "sdk"
    for each in (texts, modules, sdk):
        each.mkdir(parents=True)
    if target.name == "visionOS":
        (sdk / "SDKSettings.json").write_text(json.dumps(VISION_OS), encoding="utf-8")
    for module in MODULES:
        text = texts / f"{module}.swiftinterface"
        text.write_text(edited(toolchain.interface(module), module), encoding="utf-8")
        command: list[str | Path] = [
            *(toolchain.frontend, "-compile-module-from-interface", "-target", target.triple),
            *("-sdk", sdk, "-module-cache-path", folder / "cache", "-I", modules, "-module-name", module),
            *(["-parse-stdlib"] if module in ("Swift", "_Concurrency") else []),
            *(["-disable-availability-checking"] if module != "Swift" else []),
            *("-o", modules / f"{module}.swiftmodule", text),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            error = first_error(done.stderr)
            raise CheckError(f"the toolchain's module {module} does not build for {target.triple}: {error}")
    shutil.rmtree(folder / "cache", ignore_errors=True)


def edited(text: str, module: str) -> str:
    """The text of the toolchain's `module` for an Apple platform."""
    for edit in EDITS:
        if edit.module == module:
            text = edit.apply(text)
    return f"{text}\n{POINTER.read_text(encoding='utf-8')}" if module == "Swift" else text
