"""A checker for iOS; for the other platforms too where SWIFT_PLATFORMS is "all" (half a minute more each, once)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apple_check.check import Checker, checker
from tests.apple_check.package import check_package
from tests.apple_check.rendering import rendered_package
from tests.apple_check.toolchain import IOS, TARGETS, CheckError, Toolchain, find_toolchain


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    try:
        return find_toolchain()
    except CheckError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=TARGETS, ids=lambda target: target.name)
def platform(request: pytest.FixtureRequest, toolchain: Toolchain) -> Iterator[Checker]:
    if request.param != IOS and os.environ.get("SWIFT_PLATFORMS") != "all":
        pytest.skip("only iOS is checked here; make applecheck checks the other platforms too")
    with checker(toolchain, request.param) as made:
        yield made


@pytest.fixture(scope="session")
def package(built: Path) -> Path:
    return rendered_package(built)


@pytest.fixture(scope="session")
def checked(platform: Checker, package: Path) -> Checker:
    """Has checked the package, whose modules can be imported."""
    assert check_package(platform, package) == []
    return platform
