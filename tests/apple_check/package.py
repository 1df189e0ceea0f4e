"""The Swift package's modules, checked for a platform one after the other."""

from pathlib import Path

from tests.apple_check.check import Checker, Diagnostic
from tests.apple_check.toolchain import CheckError

CORE, LAYER = "BlazeMeshCore", "BlazeMesh"

ISOLATIONS = ((), ("-default-isolation", "MainActor"))
"""An app's module may have either; new ones of Xcode 26 have the second."""

ACCESSOR = Path(__file__).with_name("bundle_accessor.swift")
"""What the package manager writes into a module that has resources."""


def model_modules(package: Path) -> list[str]:
    """The modules of a rendered package that carry a model each."""
    return sorted(path.name for path in (package / "Sources").glob("*") if path.name not in (CORE, LAYER))


def check_package(checker: Checker, package: Path) -> list[Diagnostic]:
    """What the compiler finds in the first module of `package` (a rendered one) that is not right."""
    models = model_modules(package)
    for module in (CORE, LAYER, *models):
        sources = sorted((package / "Sources" / module).rglob("*.swift"))
        if not sources:
            raise CheckError(f"{package} has no sources of {module}; render the package first")
        accessor = [ACCESSOR] if module in models else []
        if found := checker.check([*sources, *accessor], module, ("-D", "SWIFT_PACKAGE"), keep=True):
            return found
    return []


def check_users(checker: Checker, package: Path) -> list[Diagnostic]:
    """What the compiler finds in the tests for a Mac and in the snippets, after check_package has made the modules."""
    tests = sorted((package / "Tests" / f"{LAYER}Tests").rglob("*.swift"))
    snippets = sorted((package / "Snippets").glob("*.swift"))
    if not tests or not snippets:
        raise CheckError(f"{package} has no tests of {LAYER} or no snippets; render the package first")
    found = checker.check(tests, f"{LAYER}Tests")
    for snippet in snippets:
        found += checker.check([snippet], f"{snippet.stem}Snippet")
    return found


def check_drop_in(checker: Checker, folder: Path) -> list[Diagnostic]:
    """What the compiler finds in the sources as files of an app's own module, whatever its default isolation is."""
    sources = sorted(folder.rglob("*.swift"))
    if not sources:
        raise CheckError(f"{folder} has no Swift sources; render the package first")
    return [found for flags in ISOLATIONS for found in checker.check(sources, "App", flags)]
