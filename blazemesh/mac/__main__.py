"""`python -m blazemesh.mac`, as `make mac` runs it: every step, build/mac.json and build/mac.html."""

import os
import platform
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from blazemesh.errors import BAD_INPUT, DONE, GATE_FAILED, INTERRUPTED, InputError
from blazemesh.files import describe_os_error
from blazemesh.mac.document import Document, write_document
from blazemesh.mac.page import write_page
from blazemesh.mac.runner import Processes, Runner
from blazemesh.mac.site import Site
from blazemesh.mac.steps import go
from blazemesh.mac.units import UNITS
from blazemesh.options import PACKAGES

OUT = Path("build/mac.json")
PAGE = Path("build/mac.html")
WORK = Path("build/mac")
OLDEST = 14
"""The oldest macOS that the environment and the Swift package are for; MLComputePlan wants 14.4."""

COMMIT = (
    "to commit what this Mac says: cp build/mac.json docs/mac.json && .venv/bin/python -m blazemesh.mac.readme && "
    "git add docs/mac.json README.md"
)


def refusal(system: str, machine: str, release: str) -> str | None:
    """Why this computer can't take the Mac's turn, in one line; None where it can. `release` is macOS's."""
    major = release.partition(".")[0]
    if system == "Darwin" and machine == "arm64" and major.isdecimal() and int(major) >= OLDEST:
        return None
    found = f"macOS {release or 'of an unknown version'}" if system == "Darwin" else system
    return f"make mac needs macOS {OLDEST} on Apple silicon; this is {found} on {machine}"


def chosen_units(text: str) -> tuple[str, ...]:
    """The compute units that UNITS names, all where it names none; InputError, one line, for another name."""
    asked = text.replace(",", " ").split()
    if unknown := [unit for unit in asked if unit not in UNITS]:
        raise InputError(f"UNITS names {unknown[0]!r}, expected some of {' '.join(UNITS)}")
    return tuple(unit for unit in UNITS if unit in asked) or UNITS


def run(runner: Runner, units: tuple[str, ...] = UNITS) -> int:
    """Every step, the document and the page written before and after each; the exit code."""

    def keep(document: Document) -> None:
        write_document(OUT, document)
        write_page(PAGE, document)

    document = Document(datetime.now(UTC).isoformat(timespec="seconds"), None, {}, ())
    try:
        document = go(Site(runner, PACKAGES, WORK, units), document, keep, _say)
    except KeyboardInterrupt:
        _say(f"interrupted; what is known stands in {OUT} and {PAGE}")
        return INTERRUPTED
    count = {verdict: sum(step.verdict == verdict for step in document.steps) for verdict in ("held", "failed")}
    others = len(document.steps) - sum(count.values())
    _say(f"{count['held']} held, {count['failed']} failed, {others} skipped: {PAGE}, {OUT}")
    _say(COMMIT)
    return GATE_FAILED if count["failed"] else DONE


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """What `make mac` does; 0 where nothing failed, 1 where something did, 2 where it can't run, 130 after Ctrl-C."""
    try:
        if no := refusal(platform.system(), platform.machine(), platform.mac_ver()[0]):
            raise InputError(no)
        units = chosen_units(os.environ.get("UNITS", ""))
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a job that is cancelled leaves what is known, too
        return run(Processes(WORK / "logs"), units)
    except InputError as error:
        _say(str(error))
    except OSError as error:
        _say(f"mac: {describe_os_error(error)}")
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
