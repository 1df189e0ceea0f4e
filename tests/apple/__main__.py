"""Runs coremltools' operator cases, writes what they say into a record, and the document from both records.

`python -m tests.apple part` runs what `make test` runs; `python -m tests.apple whole` runs everything, in the
environment that scripts/judge.sh prepares. `python -m tests.apple table` runs nothing: it goes once more through the
cases that the last whole run has kept, for when the table of those that judge nothing has changed.
"""

import sys
import time
from importlib.metadata import PackageNotFoundError, version

from tests.apple.cases import Case, append_case, read_cases
from tests.apple.runs import FOLDERS, ROOT, part_of_cases, run_shares
from tests.apple.unjudged import unlisted, unneeded
from tests.apple.verdicts import DOCUMENT, OPSETS, PART, WHOLE, document, read_record, summarize, write_record

SHARES = 16

KEPT = ROOT / "build/judge/cases.jsonl"
"""Every case of the last whole run, one a line, to look into."""


def main(arguments: list[str]) -> int:
    """1 if a case fails that the table doesn't list, or no case needs a row of it; 2 if it can't run."""
    commands = {"part": _part, "whole": _whole, "table": _table}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(f"usage: python -m tests.apple {'|'.join(commands)}", file=sys.stderr)
        return 2
    try:
        complaints = commands[arguments[0]]()
    except PackageNotFoundError as error:
        print(f"judge: {error.name} is not installed here; run make judge", file=sys.stderr)
        return 2
    except FileNotFoundError as error:
        print(f"judge: there is no {error.filename}; run make judge", file=sys.stderr)
        return 2
    if PART.exists() and WHOLE.exists():
        DOCUMENT.write_text(document(read_record(PART), read_record(WHOLE)))
    for line in complaints:
        print(f"judge: {line}", file=sys.stderr)
    return 1 if complaints else 0


def _part() -> list[str]:
    cases = part_of_cases()
    write_record(PART, summarize(cases, _versions("coremltools", "numpy", "onnxruntime")))
    return [f"not listed: {line}" for line in unlisted(cases)]


def _whole() -> list[str]:
    """Writes the record after each share: a run that is broken off leaves what it found, and how far it came."""
    versions = _versions("coremltools", "numpy", "onnxruntime", "scipy", "torch")
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.unlink(missing_ok=True)
    cases: list[Case] = []
    started = time.monotonic()
    for done, found in enumerate(run_shares(FOLDERS, ("--judge-opsets", ",".join(OPSETS)), SHARES), 1):
        for case in found:
            append_case(KEPT, case)
        cases += found
        write_record(WHOLE, summarize(cases, versions, (done, SHARES)))
        seconds = time.monotonic() - started
        print(f"judge: {len(cases):,} cases, share {done} of {SHARES}, {seconds:.0f} s", file=sys.stderr)
    return _unexplained(cases)


def _table() -> list[str]:
    """The same cases, with the versions and the extent of the run that they are from."""
    cases, last = read_cases(KEPT), read_record(WHOLE)
    if len(cases) != last.cases:
        return [f"{KEPT} has {len(cases):,} cases, the record {last.cases:,}: they are of two runs; run make judge"]
    write_record(WHOLE, summarize(cases, last.versions, last.shares))
    return _unexplained(cases) if last.is_complete else []


def _unexplained(cases: list[Case]) -> list[str]:
    lines = [f"not listed: {line}" for line in unlisted(cases)]
    return lines + [f"no case needs {row}" for row in unneeded(cases)]


def _versions(*names: str) -> dict[str, str]:
    return {name: version(name) for name in names}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
