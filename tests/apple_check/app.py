"""The sample app, checked against the package's modules."""

from pathlib import Path

from tests.apple_check.check import Checker, Diagnostic
from tests.apple_check.toolchain import ROOT, CheckError

MODULE = "BlazeMeshSample"
SOURCES = ROOT / "swift_templates" / "app" / MODULE


def check_app(checker: Checker, sources: Path = SOURCES) -> list[Diagnostic]:
    """What the compiler finds in the app, which is iOS's alone, after check_package has made the package's modules."""
    files = sorted(sources.rglob("*.swift"))
    if not files:
        raise CheckError(f"{sources} has no Swift sources; expected the sample app")
    return checker.check(files, MODULE)
