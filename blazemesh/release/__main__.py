"""`python -m blazemesh.release`: make a release of the packages that were built, or check one."""

import argparse
import sys
from pathlib import Path

from blazemesh.commands.parsing import Parser
from blazemesh.errors import BAD_INPUT, DONE, GATE_FAILED, INTERRUPTED, GateError, InputError
from blazemesh.files import describe_os_error
from blazemesh.options import PACKAGES
from blazemesh.release.check import findings, has_repository
from blazemesh.release.making import make_release, read_release, refuse_tag, write_release
from blazemesh.release.names import REPOSITORY
from blazemesh.terminal import print_text, say

OUT = Path("build/release")


def main(arguments: list[str]) -> int:
    """Make or check a release; the exit code: 0 done, 1 its parts don't agree, 2 bad input."""
    options = _parser().parse_args(arguments)
    try:
        if options.tag:
            refuse_tag(options.tag)
        if options.check is not None:
            return _check(options.check)
        changed = write_release(make_release(options.packages), options.out)
        print_text(f"{options.out}: {'written' if changed else 'is up to date'}")
    except GateError as error:
        return _fail(str(error).splitlines())
    except InputError as error:
        say(f"error: {error}")
        return BAD_INPUT
    except OSError as error:
        say(f"error: {describe_os_error(error)}")
        return BAD_INPUT
    except KeyboardInterrupt:
        say("interrupted; nothing half-done was left")
        return INTERRUPTED
    return DONE


def _check(folder: Path) -> int:
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is no folder, expected a release; run `make release`")
    release = read_release(folder)
    if not release:
        raise InputError(f"{str(folder)!r} is empty, expected a release; run `make release`")
    if wrong := findings(release):
        return _fail(wrong)
    repository = "and repository" if has_repository(release) else f"(no {REPOSITORY} here, which was not checked)"
    print_text(f"{folder}: sums, archives, packages, bill of materials {repository} agree")
    return DONE


def _fail(lines: list[str]) -> int:
    for line in lines:
        say(f"failed: {line}")
    return GATE_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m blazemesh.release", description="Make a release, or check one.")
    parser.add_argument("--packages", type=Path, default=PACKAGES, metavar="DIR", help=f"default: {PACKAGES}")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"default: {OUT}")
    parser.add_argument("--tag", default="", help="refuse another tag than that of this version")
    parser.add_argument("--check", type=Path, metavar="DIR", help="check the release in DIR instead")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
