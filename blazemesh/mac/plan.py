"""Where operators would run: Core ML's own plan for every package, and which operators leave the Neural Engine."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from blazemesh.mac.answers import answer
from blazemesh.mac.outcome import Outcome, Row, not_understood, skipped, summed
from blazemesh.mac.site import NO_PACKAGES, Budget, Site
from blazemesh.manifest import Entry

SECONDS, SECONDS_IN_ALL = 180.0, 600.0
"""The first plan on a Mac has the Neural Engine's own compiler run."""
OPERATOR: Mapping[str, Any] = {"name": str, "kind": str, "preferred": str, "supported": list}


def plan_packages(site: Site) -> Outcome:
    """The step: a row for each package; skipped where Core ML tells no device for any operator."""
    if not (entries := site.entries()):
        return skipped(NO_PACKAGES)
    budget = Budget(SECONDS_IN_ALL)
    return summed([_plan(site, entry, budget) for entry in entries])


def _plan(site: Site, entry: Entry, budget: Budget) -> Row:
    compiled = site.compiled(entry)
    if not compiled.is_dir():
        return row(str(entry["name"]), {}, "there is no compiled package to plan", "skipped")
    command = (sys.executable, "-m", "blazemesh.mac.plan_worker", str(compiled))
    ran = site.runner.run(command, f"plan-{entry['name']}", budget.left(SECONDS))
    found, reason = answer(ran, {"devices": list, "operators": list})
    if found and not all(map(_is_operator, found["operators"])):
        found, reason = {}, not_understood("its operators are not described as expected")
    return row(str(entry["name"]), found, reason)


def _is_operator(found: Any) -> bool:
    described = isinstance(found, dict) and all(isinstance(found.get(name), kind) for name, kind in OPERATOR.items())
    return described and isinstance(found.get("weight"), float | int | None)


def row(package: str, found: Mapping[str, Any], reason: str, verdict: str = "failed") -> Row:
    """A package's row: how many operators prefer what, and each that leaves the Neural Engine where others stay."""
    operators: Sequence[Mapping[str, Any]] = found.get("operators", ())
    counts = Counter(operator["preferred"] for operator in operators)
    if not reason and not operators:
        reason = not_understood("the plan has no operators")
    elif not reason and counts["unknown"] == len(operators):
        # Seen with targets below iOS 17.4 (github.com/onnxsim/onnxsim, pull request 980); these packages are iOS 16's.
        reason, verdict = f"Core ML names no device for any of the {len(operators)} operators", "skipped"
    on_engine = counts["neural engine"] > 0
    return {
        "package": package,
        "devices": found.get("devices", []),
        "operators": len(operators),
        "preferred": {name: counts[name] for name in ("neural engine", "gpu", "cpu", "unknown")},
        "engine_could": sum("neural engine" in operator["supported"] for operator in operators),
        "leaving": [o for o in operators if o["preferred"] in ("gpu", "cpu")] if on_engine else [],
        "verdict": verdict if reason else "held",
        "reason": reason,
    }
