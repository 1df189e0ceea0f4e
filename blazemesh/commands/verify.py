"""`blazemesh verify`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import add_json, new_command
from blazemesh.commands.reporting import report
from blazemesh.errors import InputError
from blazemesh.terminal import progress


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "verify",
        run,
        "execute a saved package and its original on the same inputs and compare every output",
        "blazemesh verify build/coreml/FaceMesh.mlpackage --against face_landmark.tflite",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    command.add_argument("--against", type=Path, required=True, metavar="MODEL.tflite")
    command.add_argument("--images", type=Path, metavar="DIR", help="show it these pictures; default: the astronaut")
    command.add_argument("--cases", type=int, metavar="N", help="how many inputs; default: 24, more for many pictures")
    command.add_argument(
        "--models", type=Path, metavar="DIR", help="take the detector that finds the faces in --images from DIR"
    )
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.conversion import judge
    from blazemesh.packages import read_model, refuse_unconvertible

    if options.cases is not None and not 1 <= options.cases <= 100_000:
        raise InputError(f"--cases {options.cases}: expected 1 to 100000")
    data, graph = read_model(options.against)
    refuse_unconvertible(graph)
    pictures = None if options.images is None else _pictures_in(options.images, options.models)
    return report(judge(options.package, data, options.against.name, pictures, options.cases), options.json)


def _pictures_in(folder: Path, models: Path | None) -> Any:
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from blazemesh.pictures import pictures_in

    catalog = load_catalog()
    detector = catalog.model("BlazeFaceShortRange")
    return pictures_in(folder, fetch([detector], catalog, models, progress)[detector.name].read_bytes())
