"""`make coreml` on a Mac: the packages, and Core ML's own verification on the CPU, which the build does there."""

from blazemesh.mac.outcome import Outcome, Row, failed, not_understood, summed
from blazemesh.mac.site import Site
from blazemesh.manifest import Entry

COMMAND = ("make", "coreml", "OUT=")
"""Into build/coreml, where the tests look for them."""
SECONDS = 1200.0


def build(site: Site) -> Outcome:
    """The step: the manifest's parity rows; failed where the build is, or where it made no rows of Core ML."""
    ran = site.runner.run(COMMAND, "coreml", SECONDS)
    rows = [row for entry in site.entries() for row in parity_rows(entry)]
    if ran.problem:
        return failed(ran.problem, rows)
    return summed(rows) if rows else failed(not_understood("make coreml left no manifest that can be read"))


def parity_rows(entry: Entry) -> list[Row]:
    """A package's rows, the reference's and Core ML's, each with its verdict; a failed one where Core ML has none."""
    rows: list[Row] = [{"package": entry["name"], **row, **_judged(row)} for row in entry["parity"]]
    if not any(row["executor"] == "coreml" for row in rows):
        rows.append({"package": entry["name"], **_bad("the manifest has no rows of Core ML itself")})
    return rows


def _judged(row: Row) -> Row:
    within = row["max"] <= row["limit"] and row["mean"] <= row.get("mean_limit", row["mean"])
    return {"verdict": "held", "reason": ""} if within else _bad(f"{row['output']} is off by {row['max']:.3g}")


def _bad(reason: str) -> Row:
    return {"verdict": "failed", "reason": reason}
