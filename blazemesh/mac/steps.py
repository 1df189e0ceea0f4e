"""The steps in their order, and how a run goes through them: every one, whatever became of those before."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from blazemesh.mac import app, build, compile, machine, plan, predict, swift, times
from blazemesh.mac.document import Document, made_step
from blazemesh.mac.outcome import Outcome, failed
from blazemesh.mac.site import Site
from blazemesh.mac.units import UNITS


@dataclass(frozen=True)
class Planned:
    """One step to be: its name, what it is for, what it runs as a person would type it, and what does it."""

    name: str
    title: str
    command: str
    carry_out: Callable[[Site], Outcome]


PREDICT = "BLAZEMESH_UNITS={} .venv/bin/pytest tests/mac tests/test_packages.py"


def _predicting(unit: str) -> Planned:
    command = PREDICT.format(unit)
    return Planned(f"predict/{unit}", f"Core ML's predict, {unit}", command, partial(predict.predict, unit=unit))


STEPS: tuple[Planned, ...] = (
    Planned("machine", "The machine", "sysctl, sw_vers, xcodebuild -version, swift --version, git", machine.look),
    Planned("coreml", "The packages, verified by the reference and by Core ML on the CPU", "make coreml", build.build),
    Planned("compile", "Xcode's model compiler", " ".join(compile.COMMAND), compile.compile_packages),
    Planned("plan", "Where operators would run", "python -m blazemesh.mac.plan_worker", plan.plan_packages),
    *map(_predicting, UNITS),
    Planned("swift", "The Swift package's tests", " ".join(swift.TEST), swift.run_tests),
    Planned("app", "The sample app for iOS", " ".join(("xcodebuild build …", *app.DESTINATION)), app.build_app),
    Planned("times", "Prediction times", "python -m blazemesh.mac.times_worker", times.measure),
)
"""Compiler and plan come before the tests: the plan says which compute units there are to test."""


def go(
    site: Site,
    document: Document,
    keep: Callable[[Document], None],
    say: Callable[[str], None],
    steps: Sequence[Planned] = STEPS,
) -> Document:
    """Go through `steps`; `keep` gets the document before and after each, so that an abort leaves what is known.

    KeyboardInterrupt is kept as where it stopped, and raised again.
    """
    for number, planned in enumerate(steps, 1):
        say(f"[{number}/{len(steps)}] {planned.title}: {planned.command}")
        document = replace(document, stopped=f"{planned.name}: it was running when this was written")
        keep(document)
        started = time.monotonic()
        try:
            outcome = _carried_out(planned, site)
        except KeyboardInterrupt:
            keep(replace(document, stopped=f"{planned.name}: interrupted"))
            raise
        site.outcomes[planned.name] = outcome
        seconds = time.monotonic() - started
        step = made_step(planned.name, planned.title, planned.command, seconds, outcome)
        packages = {str(entry["name"]): str(entry["sha256"]) for entry in site.entries()}
        document = replace(document.with_step(step), packages=packages)
        say(f"    {outcome.verdict} in {seconds:.1f} s" + (f": {outcome.reason}" if outcome.reason else ""))
    document = replace(document, stopped=None)
    keep(document)
    return document


def _carried_out(planned: Planned, site: Site) -> Outcome:
    """What came of a step; a fault of its own code is a failure of the step and no end of the run."""
    try:
        return planned.carry_out(site)
    except Exception as error:
        return failed(f"the step itself went wrong: {type(error).__name__}: {' '.join(str(error).split())}")
