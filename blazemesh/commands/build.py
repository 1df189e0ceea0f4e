"""`blazemesh build`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.commands.parsing import add_expand_prelu, add_json, add_models, new_command
from blazemesh.errors import DONE, GateError
from blazemesh.options import PACKAGES
from blazemesh.terminal import print_json, print_text, progress

if TYPE_CHECKING:
    from blazemesh.manifest import Manifest

UNVERIFIED = "Core ML itself: unverified here (it runs on macOS only); the reference executed the saved packages."


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "build",
        run,
        "build every package, verified, with its manifest; what is up to date is left alone",
        "blazemesh build --out build/coreml --only FaceMesh IrisLandmarks",
    )
    command.add_argument("--out", type=Path, default=PACKAGES, metavar="DIR", help=f"default: {PACKAGES}")
    add_models(command)
    command.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these packages alone")
    command.add_argument("--force", action="store_true", help="convert again what is up to date")
    command.add_argument("--slots", type=int, default=16, metavar="K", help="faces that a detector holds (default: 16)")
    command.add_argument("--plain-vision", action="store_true", help="Vision pipelines without landmarks")
    add_expand_prelu(command)
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.build import build
    from blazemesh.catalog import load_catalog
    from blazemesh.manifest import TABLE_HEADER, read_manifest, table
    from blazemesh.options import BuildOptions
    from blazemesh.text_table import text_table

    chosen = BuildOptions(slots=options.slots, plain_vision=options.plain_vision, expand_prelu=options.expand_prelu)
    try:
        manifest = build(load_catalog(), options.out, options.models, options.only, options.force, chosen, progress)
    except GateError as error:
        if options.json:
            _print_build(options.out, read_manifest(options.out), str(error).splitlines())
        raise
    if options.json:
        _print_build(options.out, manifest, [])
        return DONE
    print_text(text_table(TABLE_HEADER, table(manifest.models)))
    if sys.platform != "darwin":
        print_text(
            "Core ML itself: unverified here (it runs on macOS only); the reference executed the saved packages."
        )
    print_text(f"{len(manifest.models)} packages in {options.out}")
    return DONE


def _print_build(out: Path, manifest: "Manifest", failures: list[str]) -> None:
    print_json({"out": str(out), "models": list(manifest.models), "failures": failures})
