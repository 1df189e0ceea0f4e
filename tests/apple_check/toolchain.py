"""The Swift toolchain at hand, and the targets that its own text is rebuilt for."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


class CheckError(RuntimeError):
    """The check cannot run: one line that says what is missing or has changed."""


@dataclass(frozen=True)
class Target:
    """A platform at the oldest system that the Swift package serves."""

    name: str
    triple: str


TARGETS = (
    Target("iOS", "arm64-apple-ios17.0"),
    Target("macOS", "arm64-apple-macos14.0"),
    Target("Catalyst", "arm64-apple-ios17.0-macabi"),
    Target("visionOS", "arm64-apple-xros1.0"),
)
IOS = TARGETS[0]


@dataclass(frozen=True)
class Toolchain:
    """`frontend` is the compiler itself, `library` the folder lib/swift beside it, `version` what it says of itself."""

    frontend: Path
    library: Path
    version: str

    @property
    def plugins(self) -> Path:
        """Where the macros of the toolchain are."""
        return self.library / "host" / "plugins"

    def interface(self, module: str) -> str:
        """The text of one of the toolchain's own modules, as it was written for Linux."""
        for path in sorted((self.library / "linux" / f"{module}.swiftmodule").glob("*-linux-gnu.swiftinterface")):
            return path.read_text(encoding="utf-8")
        raise CheckError(f"this Swift toolchain has no text of its module {module}; use one for Linux, 6.2 or later")


@cache
def find_toolchain() -> Toolchain:
    """The one on PATH; CheckError in one line where there is none or it is too old."""
    found = shutil.which("swift-frontend")
    if found is None:
        raise CheckError("there is no Swift here: put a toolchain's swift-frontend on PATH (6.2 or later, for Linux)")
    # A toolchain's commands are links to one program, which asks by what name it was called.
    frontend = Path(found).parent.resolve() / "swift-frontend"
    said = subprocess.run([frontend, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    version = said.partition("\n")[0].strip()
    if not version.startswith("Swift version "):
        raise CheckError(f"{frontend} says {version!r} of its version; expected a Swift toolchain of 6.2 or later")
    library = frontend.parent.parent / "lib" / "swift"
    if not (library / "linux").is_dir():
        raise CheckError(f"{frontend} is not of a toolchain for Linux, whose library comes as text; use one of those")
    return Toolchain(frontend, library, version)


def first_error(said: str) -> str:
    """The first error in what a compiler said, in one line."""
    return next((line for line in said.splitlines() if " error: " in line), " ".join(said.split())[-400:])
