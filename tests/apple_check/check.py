"""Swift sources checked for an Apple platform, down to the passes that find data races and missing returns."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from blazemesh.files import abandoned, held
from tests.apple_check.standard_library import CACHE, StandardLibrary, standard_library
from tests.apple_check.stubs import write_stubs
from tests.apple_check.toolchain import Target, Toolchain

ASIDE = ".check-"
DIAGNOSTIC = re.compile(r"^(?P<file>[^\n:]+):(?P<line>\d+):\d+: (?:error|warning): (?P<message>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Diagnostic:
    """What the compiler says of a line; warnings are errors."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Checker:
    """Checks for one platform, `folder` holding its stubs and what the compiler keeps of them."""

    toolchain: Toolchain
    target: Target
    library: StandardLibrary
    folder: Path

    def check(
        self, sources: Sequence[Path], module: str, flags: Sequence[str] = (), *, keep: bool = False
    ) -> list[Diagnostic]:
        """What the compiler finds in a module's sources; nothing in right ones.

        With `keep`, sources checked later may import the module.
        """
        command: list[str | Path] = [
            *(self.toolchain.frontend, "-emit-sil", "-o", "/dev/null", "-parse-as-library", "-module-name", module),
            *("-swift-version", "6", "-warnings-as-errors", "-target", self.target.triple, "-sdk", self.library.sdk),
            *("-module-cache-path", self.folder / "cache", "-I", self.library.modules, "-I", self.folder),
            *("-plugin-path", self.toolchain.plugins),
            *(("-emit-module-path", self.folder / f"{module}.swiftmodule") if keep else ()),
            *flags,
            *sources,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        found = [
            Diagnostic(match["file"], int(match["line"]), match["message"])
            for match in DIAGNOSTIC.finditer(done.stderr)
        ]
        if done.returncode and not found:
            found = [Diagnostic(module, 0, done.stderr.strip()[-800:] or f"the compiler ended with {done.returncode}")]
        return found


@contextmanager
def checker(toolchain: Toolchain, target: Target) -> Iterator[Checker]:
    """For sources of one platform, with a cache of its own that ends with the block."""
    library = standard_library(toolchain, target)
    with ExitStack() as stack:
        with held(CACHE):
            _remove_abandoned()
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=CACHE, prefix=ASIDE)))
            stack.enter_context(held(folder))
        write_stubs(toolchain, target, library, folder)
        yield Checker(toolchain, target, library, folder)


def _remove_abandoned() -> None:
    """Remove the caches of checks that were killed."""
    for folder in CACHE.glob(f"{ASIDE}*"):
        with abandoned(folder) as nobody_holds_it:
            if nobody_holds_it:
                shutil.rmtree(folder, ignore_errors=True)
