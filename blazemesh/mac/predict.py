"""The tests through coremltools' predict, on one compute unit: every package held to the oracle's limits."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from blazemesh.mac.outcome import Outcome, Row, failed, not_understood, skipped, summed
from blazemesh.mac.site import NO_PACKAGES, Site

COMMAND = (sys.executable, "-m", "pytest", "tests/mac", "tests/test_packages.py", "-rfEs", "-p", "no:cacheprovider")
"""tests/mac measures; tests/test_packages.py asks for MediaPipe's own results on the same unit. -r names failures."""
SECONDS = 1200.0
ROW = {
    **dict.fromkeys(("package", "output", "executor", "arithmetic", "unit", "verdict", "reason"), str),
    **dict.fromkeys(("max", "mean", "limit"), float),
}


def predict(site: Site, unit: str) -> Outcome:
    """The step: a row for each package and output; held where the tests passed and every package has its rows."""
    if reason := site.missing(unit):
        return skipped(reason)
    if not (entries := site.entries()):
        return skipped(NO_PACKAGES)
    record = site.work / f"{unit}.jsonl"
    record.unlink(missing_ok=True)
    chosen = {"BLAZEMESH_UNITS": unit, "BLAZEMESH_RECORD": str(record)}
    ran = site.runner.run(COMMAND, f"predict-{unit}", SECONDS, chosen)
    rows, problem = read_record(record, unit)
    if ran.problem or problem:
        said = failing_tests(ran.out) or ran.problem
        return failed("; ".join(filter(None, (said, problem))), rows)
    if lacking := [entry["name"] for entry in entries if entry["name"] not in {row["package"] for row in rows}]:
        return failed(not_understood(f"the tests passed without figures of {', '.join(lacking)}"), rows)
    if (count := passed(ran.out)) is None:
        return failed(not_understood("pytest said nothing of how many tests passed"), rows)
    outcome = summed(rows)
    return Outcome(outcome.verdict, outcome.reason or f"{count} tests", outcome.rows)


def read_record(record: Path, unit: str) -> tuple[list[Row], str]:
    """The rows that the tests wrote, one a line, and what was wrong with them; none where there is no file."""
    rows: list[Row] = []
    for line in record.read_text(encoding="utf-8").splitlines() if record.exists() else ():
        try:
            found: Any = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in ROW.items()):
            return rows, not_understood(f"{record.name} has a line that is no row")
        rows.append({"units": unit, **found})
    return rows, ""


def passed(text: str) -> int | None:
    """How many tests pytest says passed, e.g. in "38 passed, 2 skipped in 61.2s"; None where none did."""
    found = re.search(r"^=*\s*(?:.*, )?(\d+) passed\b.* in [\d.]+", text, re.M)
    return int(found[1]) if found and int(found[1]) > 0 else None


def failing_tests(text: str) -> str:
    """The tests that failed, by pytest's own short summary."""
    names = re.findall(r"^(?:FAILED|ERROR) (\S+)", text, re.M)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"failed: {', '.join(name.rsplit('::', 1)[-1] for name in names[:3])}{more}" if names else ""
