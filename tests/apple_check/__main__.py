"""`make applecheck`: the Swift package, and the faults that must be found, checked for every Apple platform.

The sample app and its faults, where the platform is its own, iOS.

`python -m tests.apple_check PACKAGE [--platform NAME]…`: PACKAGE is the folder of a rendered package. The exit code is
1 where something was found, 2 where the check can't run.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.apple_check.app import check_app
from tests.apple_check.check import Checker, checker
from tests.apple_check.faults import APP, missed, read_faults
from tests.apple_check.package import check_package, check_users
from tests.apple_check.public_names import differing_names
from tests.apple_check.toolchain import IOS, TARGETS, CheckError, find_toolchain


def main(arguments: list[str]) -> int:
    """Check, a line a platform."""
    parser = argparse.ArgumentParser(prog="python -m tests.apple_check")
    parser.add_argument("package", type=Path, metavar="PACKAGE")
    names = [target.name for target in TARGETS]
    parser.add_argument("--platform", action="append", choices=names, help="all of them unless given")
    options = parser.parse_args(arguments)
    complaints = 0
    try:
        for target in TARGETS:
            if target.name in (options.platform or names):
                started = time.perf_counter()
                with checker(find_toolchain(), target) as platform:
                    found = list(_complaints(platform, options.package))
                print(f"{target.triple}: {len(found) or 'no'} complaints, {time.perf_counter() - started:.1f} s")
                print(*found, sep="\n", end="\n" if found else "")
                complaints += len(found)
    except CheckError as error:
        print(f"apple_check: {error}", file=sys.stderr)
        return 2
    return 1 if complaints else 0


def _complaints(platform: Checker, package: Path) -> Iterator[str]:
    """What is wrong in the package; in a right one its names, the app, and the faults that were not found."""
    if found := check_package(platform, package):
        yield from map(str, found)
        return
    yield from map(str, check_users(platform, package))
    yield from differing_names(platform, package)
    yield from missed(platform, read_faults())
    if platform.target == IOS:
        yield from map(str, check_app(platform))
        yield from missed(platform, read_faults(APP))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
