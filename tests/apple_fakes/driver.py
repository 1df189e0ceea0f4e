"""The Apple layer built for Linux beside small frameworks with bodies, and run on cases."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.files import held
from tests.apple_check.app import SOURCES as APP
from tests.apple_check.toolchain import ROOT

FAKES = ROOT / "tests" / "apple_fakes"
BUILD = ROOT / "build" / "apple_fakes"


@dataclass(frozen=True)
class Case:
    """What the driver is to look at: see Sources/Driver/main.swift."""

    name: str
    picture: str
    width: int
    height: int
    orientation: int
    models: str
    kind: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out: faces as the driver writes them, and the crops [side, side, 3] by model, in order."""

    faces: list[dict[str, Any]]
    crops: list[tuple[str, NDArray[np.uint8]]]
    scalars: list[Mapping[str, float]]
    compilations: int
    timings: Mapping[str, float]
    error: str | None


def build(rendered: Path) -> Path:
    """The folder of both programs, built of the rendered package's and the sample app's unchanged sources.

    What has not changed is not built again.
    """
    package, scratch = BUILD / "package", BUILD / "scratch"
    package.mkdir(parents=True, exist_ok=True)
    with held(BUILD):
        for path in (FAKES / "Package.swift", *sorted((FAKES / "Sources").rglob("*.swift"))):
            _copy(path, package / path.relative_to(FAKES))
        links = {module: rendered / "Sources" / module for module in ("BlazeMeshCore", "BlazeMesh")}
        for name, sources in {**links, "Sample/App": APP}.items():
            link = package / "Sources" / name
            if not link.is_symlink() or link.readlink() != sources:
                link.unlink(missing_ok=True)
                link.symlink_to(sources)
        folders = ["--package-path", str(package), "--scratch-path", str(scratch)]
        # An index is for editors, and takes a quarter of the time.
        command = ["swift", "build", "--quiet", *folders, "--disable-index-store"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return scratch / "debug"


def _copy(path: Path, target: Path) -> None:
    """A file that is the same is left alone, or it would be built again."""
    if not target.is_file() or target.read_bytes() != path.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def run(programs: Path, cases: Sequence[Case], folder: Path) -> dict[str, Outcome]:
    """The outcomes by the cases' names; what Core ML compiles is kept in `folder`."""
    listed = folder / "cases.json"
    listed.write_text(json.dumps([asdict(case) for case in cases]))
    said = _run(programs / "Driver", listed, folder, keeping=folder)
    return {each["name"]: _outcome(each) for each in json.loads(said)}


def run_sample(programs: Path, models: Path, folder: Path) -> dict[str, list[str]]:
    """What the sample app's models did with the packages in `models`, by scenario: see Sources/Sample/main.swift."""
    outcomes: dict[str, list[str]] = json.loads(_run(programs / "Sample", models, keeping=folder))
    return outcomes


def _run(program: Path, *arguments: Path, keeping: Path) -> str:
    environment = {**os.environ, "HOME": str(keeping), "XDG_CACHE_HOME": str(keeping / "cache")}
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=300, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _outcome(record: dict[str, Any]) -> Outcome:
    crops = [(crop["model"], _pixels(crop)) for crop in record["crops"]]
    scalars = [crop["scalars"] for crop in record["crops"]]
    counts = record["compilations"], record["timings"]
    return Outcome(record["faces"], crops, scalars, *counts, record.get("error"))


def _pixels(crop: Mapping[str, Any]) -> NDArray[np.uint8]:
    """Red, green and blue of a file of blue, green, red and alpha."""
    stored = np.fromfile(crop["file"], np.uint8).reshape(crop["height"], crop["width"], 4)
    assert (stored[..., 3] == 255).all()
    return stored[..., 2::-1]
