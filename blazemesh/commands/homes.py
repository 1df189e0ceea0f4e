"""`blazemesh homes`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import add_json, add_models, new_command
from blazemesh.errors import DONE
from blazemesh.terminal import print_json, print_text, progress


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "homes",
        run,
        "write every model as .keras and .onnx, verified, with a manifest (what `make keras` runs in .venv-train)",
        "blazemesh homes --out build --samples",
    )
    command.add_argument("--out", type=Path, default=Path("build"), metavar="DIR", help="default: build")
    add_models(command)
    command.add_argument("--samples", action="store_true", help="the models that only the tests convert, too")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.catalog import load_catalog
    from blazemesh.homes_build import build_homes, home_rows
    from blazemesh.manifest import PARITY_HEADER
    from blazemesh.text_table import text_table

    entries = build_homes(load_catalog(), options.out, options.models, options.samples, progress)
    if options.json:
        print_json({"out": str(options.out), "models": entries})
    else:
        print_text(text_table(("model", *PARITY_HEADER), home_rows(entries)))
    return DONE
