"""`blazemesh inspect`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import add_json, new_command
from blazemesh.errors import DONE
from blazemesh.terminal import print_json, print_text


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "inspect",
        run,
        "show the inputs, outputs, operators, constants, size and metadata of a model",
        "blazemesh inspect build/coreml/FaceMesh.mlpackage",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="a .tflite or an .mlpackage")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.inspection import describe_report, inspect

    report = inspect(options.file)
    if options.json:
        print_json(report)
    else:
        print_text(describe_report(report))
    return DONE
