"""A checker for iOS; for the other platforms too where SWIFT_PLATFORMS is "all" (half a minute more each, once)."""

import os
from collections.abc import Iterator

import pytest

from tests.apple_check.check import Checker, checker
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
