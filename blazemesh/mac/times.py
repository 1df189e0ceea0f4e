"""Prediction times: each package on each compute unit, the median of warm predictions, and what loading takes."""

import sys

from blazemesh.mac.answers import answer
from blazemesh.mac.outcome import Outcome, Row, skipped, summed
from blazemesh.mac.site import NO_PACKAGES, Site
from blazemesh.mac.units import UNITS
from blazemesh.manifest import Entry

SECONDS = 180.0
FIELDS = {"load_milliseconds": float, "milliseconds": float, "predictions": int}


def measure(site: Site) -> Outcome:
    """The step: a row for each package and unit; figures, not a gate: failed only where there are none."""
    entries = site.entries()
    return summed([_row(site, entry, unit) for unit in UNITS for entry in entries]) if entries else skipped(NO_PACKAGES)


def _row(site: Site, entry: Entry, unit: str) -> Row:
    about = {"package": entry["name"], "units": unit, **dict.fromkeys(FIELDS)}
    if reason := site.missing(unit):
        return {**about, "verdict": "skipped", "reason": reason}
    command = (sys.executable, "-m", "blazemesh.mac.times_worker", str(site.package(entry)), unit)
    found, reason = answer(site.runner.run(command, f"times-{entry['name']}-{unit}", SECONDS), FIELDS)
    figures = {name: found.get(name) for name in FIELDS}
    return {**about, **figures, "verdict": "failed" if reason else "held", "reason": reason}
