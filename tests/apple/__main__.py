"""Runs all of coremltools' operator cases (scripts/judge.sh prepares the environment) and writes what they say."""

import sys
from importlib.metadata import PackageNotFoundError, version

from tests.apple.runs import run_cases
from tests.apple.unjudged import unlisted, unneeded
from tests.apple.verdicts import DOCUMENT, OPSETS, document, summarize, write_record

FOLDERS = ("iOS14", "iOS15", "iOS16", "iOS17", "iOS18")


def main() -> int:
    """1 if a case fails that the table doesn't list, or a row of the table is not needed."""
    try:
        versions = {name: version(name) for name in ("coremltools", "onnxruntime", "torch", "scipy")}
    except PackageNotFoundError as error:
        print(f"judge: {error.name} is not installed here; run make judge", file=sys.stderr)
        return 2
    cases = run_cases(FOLDERS, ("--judge-opsets", ",".join(OPSETS)))
    for line in unlisted(cases):
        print(f"judge: not listed: {line}", file=sys.stderr)
    for row in unneeded(cases):
        print(f"judge: no case needs {row}", file=sys.stderr)
    if unlisted(cases) or unneeded(cases):
        return 1
    verdicts = summarize(cases, versions)
    write_record(verdicts)
    DOCUMENT.write_text(document(verdicts))
    print(f"judge: {verdicts.matched_cases:,} cases matched; {DOCUMENT.name} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
