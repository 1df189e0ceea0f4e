"""`make fuzz`: many mutations of every target, then a fuzzer that is guided by coverage, where one can be installed.

`python -m tests.fuzz [--count N] [TARGET[:SUBJECT[:FIRST[:COUNT]]]…]`: a finding is named as TARGET:SUBJECT:NUMBER, and
`python -m tests.fuzz TARGET:SUBJECT:NUMBER:1` makes it again.
"""

import argparse
import sys
import time

from tests.fuzz.campaign import Job, fuzz
from tests.fuzz.targets import TARGETS

MUTATIONS = 20_000
"""As many of each model and target unless told otherwise."""
SHARE = {"convert": 100, "judge": 10, "package": 10, "inspect": 10}
"""A mutation of these takes so many times longer than one that is only read, and is made so many times less often."""


def main(arguments: list[str]) -> int:
    """Fuzz; the exit code is 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--count", type=int, default=MUTATIONS)
    parser.add_argument("jobs", nargs="*", metavar="TARGET[:SUBJECT[:FIRST[:COUNT]]]")
    options = parser.parse_args(arguments)
    found = 0
    for job in _jobs(options.jobs or [name for name in TARGETS if name != "planted"], options.count):
        started = time.perf_counter()
        outcome = fuzz([job])[job.name]
        counts = f"{outcome.mutations:,} mutations, {outcome.results:,} results, {outcome.refusals:,} refusals"
        print(f"{job.name}: {counts}, {len(outcome.findings)} findings in {time.perf_counter() - started:.0f} s")
        for finding in outcome.findings:
            print(f"  {finding}", flush=True)
        found += len(outcome.findings)
    return min(found, 1)


def _jobs(words: list[str], count: int) -> list[Job]:
    jobs = []
    for word in words:
        target, *rest = word.split(":")
        subjects = TARGETS[target][1] if not rest else (rest[0],)
        first, share = (int(rest[1]) if len(rest) > 1 else 0), max(1, count // SHARE.get(target, 1))
        jobs += [Job(target, s, first, int(rest[2]) if len(rest) > 2 else share) for s in subjects]
    return jobs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
