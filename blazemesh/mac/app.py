"""The sample app, built by Xcode for any iPhone, unsigned: nothing is installed or run."""

from pathlib import Path

from blazemesh.mac.compile import warnings
from blazemesh.mac.outcome import Outcome, failed, not_understood, skipped
from blazemesh.mac.site import Site

PROJECT = Path("ios_app/BlazeMeshSample.xcodeproj")
DESTINATION = ("-destination", "generic/platform=iOS", "CODE_SIGNING_ALLOWED=NO")
SECONDS = 1500.0


def command(site: Site) -> tuple[str, ...]:
    """What builds the app."""
    about = ("-project", str(PROJECT), "-scheme", "BlazeMeshSample", "-derivedDataPath", str(site.work / "derived"))
    return ("xcodebuild", "build", *about, *DESTINATION)


def build_app(site: Site) -> Outcome:
    """The step: one row with Xcode's warnings; skipped where there is no project."""
    if not PROJECT.is_dir():
        return skipped(f"there is no {PROJECT}: make app renders it")
    ran = site.runner.run(command(site), "app", SECONDS)
    found = [{"warnings": warnings(f"{ran.out}\n{ran.err}")}]
    if ran.problem:
        return failed(ran.problem, found)
    if "** BUILD SUCCEEDED **" not in ran.out:
        return failed(not_understood("xcodebuild ended well without saying that the build succeeded"), found)
    return Outcome("held", "", tuple(found))
