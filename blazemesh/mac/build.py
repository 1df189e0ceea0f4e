"""`make coreml` on a Mac: the packages, and Core ML's own verification on the CPU, which the build does there."""

from blazemesh.mac.outcome import Outcome, Row, failed, not_understood, summed
from blazemesh.mac.site import Site
from blazemesh.manifest import Entry

COMMAND = ("make", "coreml", "OUT=")
"""Into build/coreml, where the tests look for them."""
SECONDS = 1200.0


def build(site: Site) -> Outcome:
    """The step: a row for each output that Core ML was held to; failed where the build is or it made no such rows."""
    ran = site.runner.run(COMMAND, "coreml", SECONDS)
    rows = [row for entry in site.entries() for row in core_ml_rows(entry)]
    if ran.problem:
        return failed(ran.problem, rows)
    return summed(rows) if rows else failed(not_understood("make coreml left no manifest that can be read"))


def core_ml_rows(entry: Entry) -> list[Row]:
    """A package's rows of Core ML, as the manifest has them, each with its verdict; one that failed where none is."""
    rows = [row for row in entry["parity"] if row["executor"] == "coreml"]
    if not rows:
        return [{"package": entry["name"], **_bad("the manifest has no rows of Core ML itself")}]
    return [{"package": entry["name"], **row, **_judged(row)} for row in rows]


def _judged(row: Row) -> Row:
    within = row["max"] <= row["limit"] and row["mean"] <= row.get("mean_limit", row["mean"])
    return {"verdict": "held", "reason": ""} if within else _bad(f"{row['output']} is off by {row['max']:.3g}")


def _bad(reason: str) -> Row:
    return {"verdict": "failed", "reason": reason}
