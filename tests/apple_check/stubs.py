"""Apple's frameworks as far as the Swift package speaks to them: texts without bodies, built when they are met."""

import shutil
import subprocess
from pathlib import Path

from tests.apple_check.standard_library import StandardLibrary
from tests.apple_check.toolchain import ROOT, CheckError, Target, Toolchain, first_error

FOLDER = ROOT / "tests" / "apple_stubs"

FLAGS = "-enable-library-evolution -swift-version 5"
"""Evolution mode leaves enumerations open, as Apple's are; Swift 5 lets classes be silent about Sendable."""

UIKIT = "UIKit"
APPKIT = "AppKit"


def texts(target: Target) -> list[Path]:
    """The stubs that `target` has: a Mac has no UIKit, the others no AppKit."""
    absent = UIKIT if target.name == "macOS" else APPKIT
    return [path for path in sorted(FOLDER.glob("*.swiftinterface")) if path.stem != absent]


def write_stubs(toolchain: Toolchain, target: Target, library: StandardLibrary, folder: Path) -> None:
    """Put into `folder` (absolute, empty) what the compiler finds the frameworks by; CheckError where one is broken."""
    header = f"// swift-interface-format-version: 1.0\n// swift-compiler-version: {toolchain.version}\n"
    for path in texts(target):
        module = path.stem
        flags = f"// swift-module-flags: {FLAGS} -target {target.triple} -module-name {module}\n"
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(f"{header}{flags}{text}", encoding="utf-8")
    shutil.copytree(FOLDER / "headers", folder, dirs_exist_ok=True)
    _build_objective_c(toolchain, target, library, folder)


def _build_objective_c(toolchain: Toolchain, target: Target, library: StandardLibrary, folder: Path) -> None:
    command: list[str | Path] = [
        *(toolchain.frontend, "-emit-module", "-module-name", "ObjectiveC", "-target", target.triple),
        *("-import-underlying-module", "-disable-objc-attr-requires-foundation-module", "-swift-version", "5"),
        *("-parse-as-library", "-enable-library-evolution", "-I", library.modules, "-I", folder, "-sdk", library.sdk),
        *("-module-cache-path", folder / "cache", "-o", folder / "ObjectiveC.swiftmodule"),
        FOLDER / "ObjectiveC.swift",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise CheckError(f"the stub of ObjectiveC does not build for {target.triple}: {first_error(done.stderr)}")
