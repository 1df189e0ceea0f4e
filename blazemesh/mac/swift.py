"""The Swift package, rendered and tested: there Core ML answers for every package, held to the golden vectors."""

import re
from pathlib import Path

from blazemesh.mac.compile import warnings
from blazemesh.mac.outcome import Outcome, failed, not_understood
from blazemesh.mac.site import Site

RENDER = ("make", "swift", "OUT=")
TEST = ("swift", "test", "--package-path", "build/swift/BlazeMesh", "--scratch-path", "build/swiftpm/mac")
RENDER_SECONDS, TEST_SECONDS = 300.0, 1800.0


def run_tests(site: Site) -> Outcome:
    """The step: one row with how many tests ran and what the compiler warned of."""
    rendered = site.runner.run(RENDER, "swift-render", RENDER_SECONDS)
    if rendered.problem:
        return failed(rendered.problem)
    golden = {"BLAZEMESH_GOLDEN": str(Path("tests/golden").resolve())}
    ran = site.runner.run(TEST, "swift-test", TEST_SECONDS, golden)
    text = f"{ran.out}\n{ran.err}"
    found = [{"tests": tests(text), "warnings": warnings(text)}]
    if ran.problem:
        return failed(failing(text) or ran.problem, found)
    if not tests(text):
        return failed(not_understood("swift test ended well and told of no test that passed"), found)
    return Outcome("held", f"{tests(text)} tests", tuple(found))


def tests(text: str) -> int:
    """How many tests passed, as swift-testing and XCTest say it; several bundles add up."""
    testing = re.findall(r"Test run with (\d+) tests? (?:in \d+ suites? )?passed", text)
    legacy = re.findall(
        r"Test Suite 'All tests' passed.*\n\s*Executed (\d+) tests?, with (?:\d+ tests? skipped and )?0 failures", text
    )
    return sum(map(int, (*testing, *legacy)))


def failing(text: str) -> str:
    """The tests that failed, named as either framework names them."""
    testing = re.findall(r"Test (\S.*?) failed after", text)
    legacy = re.findall(r"Test Case '(.+?)' failed", text)
    names = [name for name in (*testing, *legacy) if not name.startswith("run with")]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"failed: {', '.join(names[:3])}{more}" if names else ""
