"""Prediction times: each package on each compute unit, the median of warm predictions, and what loading takes."""

import sys

from blazemesh.mac.answers import answer
from blazemesh.mac.outcome import Outcome, Row, skipped, summed
from blazemesh.mac.site import NO_PACKAGES, Budget, Site
from blazemesh.mac.units import UNITS
from blazemesh.manifest import Entry

SECONDS, SECONDS_IN_ALL = 120.0, 600.0
FIELDS = {"load_milliseconds": float, "milliseconds": float, "predictions": int}


def measure(site: Site) -> Outcome:
    """The step: a row for each package and unit; figures, not a gate: failed only where there are none."""
    if not (entries := site.entries()):
        return skipped(NO_PACKAGES)
    budget = Budget(SECONDS_IN_ALL)
    return summed([_row(site, entry, unit, budget) for unit in UNITS for entry in entries])


def _row(site: Site, entry: Entry, unit: str, budget: Budget) -> Row:
    about = {"package": entry["name"], "units": unit, **dict.fromkeys(FIELDS)}
    if reason := site.missing(unit):
        return {**about, "verdict": "skipped", "reason": reason}
    command = (sys.executable, "-m", "blazemesh.mac.times_worker", str(site.package(entry)), unit)
    ran = site.runner.run(command, f"times-{entry['name']}-{unit}", budget.left(SECONDS))
    found, reason = answer(ran, FIELDS)
    figures = {name: found.get(name) for name in FIELDS}
    return {**about, **figures, "verdict": "failed" if reason else "held", "reason": reason}
